"""Recorded sessions of coding agents, as fixloop's own events. `docs/recordings.md` has every rule in words.

One idea a module, and all of them pure: `line` checks a recorded line, `naming` gives the keys, `repositories` says what code
it was about, `edits`, `restores` and `runs` convert the three sorts of facts, `commands` and `signatures` reduce text to what
may leave, `order` puts right what one command did, and `reader` joins them.
"""

from pathlib import Path


def shipped_paths() -> list[Path]:
    """The event files of the recorded sessions inside this package, sorted; facts only, see `shipped/SOURCES.md`."""
    return sorted((Path(__file__).parent / "shipped").glob("*.jsonl.gz"))
