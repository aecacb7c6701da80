"""Write sessions that never happened, and beside them the truth about each.

DIR takes event files (`sessions-00000.jsonl.gz`, a thousand sessions each) and `truth.json`. The same seed and profile give the same
files; session number 7 is the same whether ten or ten thousand are asked for. docs/simulator.md describes the profiles.

Examples:
  fixloop simulate --sessions 1000 --seed 1 --out simulated/
  fixloop simulate --sessions 200 --seed 7 --profile hostile --out hostile/
"""

import argparse
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fixloop.errors import UsageError

if TYPE_CHECKING:
    from fixloop.simulate import Profile, SessionTruth

_SESSIONS_PER_FILE: Final = 1_000
_LEVEL: Final = 3
"""Of compression: as small as needed, as fast as possible."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop simulate`."""
    parser.add_argument("--sessions", type=int, required=True, metavar="N", help="how many sessions")
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="which ones: any whole number")
    parser.add_argument(
        "--profile", default="default", metavar="P", help="default, hostile or clean (default: default)"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where to; made when it is not there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the event files and the truth."""
    from fixloop.simulate import PROFILES
    from fixloop.simulate.truth import as_document

    profile = PROFILES.get(arguments.profile)
    if profile is None:
        raise UsageError(f"There is no profile {arguments.profile!r}: take one of {', '.join(PROFILES)}.")
    if arguments.sessions < 1:
        raise UsageError("--sessions has to be at least 1.")
    out: Path = arguments.out
    try:
        out.mkdir(parents=True, exist_ok=True)
        truths = _write(out, profile, arguments.seed, arguments.sessions)
        document = as_document(profile.name, arguments.seed, truths)
        (out / "truth.json").write_text(json.dumps(document, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}.") from None
    events = sum(truth.events for truth in truths)
    print(
        f"{len(truths)} sessions with {events} events in {out}; the truth about them is in {out / 'truth.json'}"
    )
    return 0


def _write(out: Path, profile: "Profile", seed: int, sessions: int) -> "list[SessionTruth]":
    from fixloop.simulate import simulate
    from fixloop_schemas.cloudevents import dump

    truths = []
    for start in range(0, sessions, _SESSIONS_PER_FILE):
        path = out / f"sessions-{start // _SESSIONS_PER_FILE:05d}.jsonl.gz"
        # Neither name nor time goes into the file, so that equal sessions make equal files.
        with path.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as file:
            for index in range(start, min(start + _SESSIONS_PER_FILE, sessions)):
                session = simulate(profile, seed, index)
                file.write(b"".join(dump(event) + b"\n" for event in session.events))
                truths.append(session.truth)
    return truths
