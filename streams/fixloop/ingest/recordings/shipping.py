"""Write the shipped recordings again: `FIXLOOP_RECORDINGS=… python -m fixloop.ingest.recordings.shipping`.

Which sessions are shipped is written here; everything else about them comes out of the reader. Branches are left out: they
carry people's names.
"""

import gzip
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from fixloop.errors import UsageError
from fixloop.ingest.recordings.line import parse
from fixloop.ingest.recordings.reader import read_lines
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected

SHIPPED: Final[Mapping[str, tuple[str, ...]]] = {
    "claude-code-cipher-box.jsonl.gz": ("f14fdf7d-05ad-45e0-b7ed-78c935442e2d",),
    "claude-code-entireio-cli.jsonl.gz": (
        "0a76fbfe-d767-433e-b4b1-a39e044f21e8",
        "4f8c1176-7025-4530-a860-c6fc4c63a150",
        "a318ad73-17a2-4575-845d-8952a1e5958b",
        "aa4038a5-34b6-41e4-8541-9cca654dcbc5",
        "b00b80af-879f-4265-b95b-48db0938673c",
    ),
    "codex-agentv.jsonl.gz": ("019ed99c-d00d-7613-b2e7-d2f512f78afd",),
    "mini-swe-agent-gemini-3-pro.jsonl.gz": (
        "astropy__astropy-13236",
        "astropy__astropy-13398",
        "django__django-11299",
        "pytest-dev__pytest-6197",
    ),
}
"""Sessions by the recording that they are in. `shipped/SOURCES.md` says where these come from, and what is in each."""

FOLDER: Final = Path(__file__).parent / "shipped"


def shipped_lines(recording: Path) -> Iterator[bytes]:
    """The event lines that are shipped of one recording.

    Raises:
        Rejected: a line of a shipped session cannot be read.
    """
    sessions = SHIPPED[recording.name]
    with gzip.open(recording) as lines:
        chosen = [(recording.name, line) for line in lines if parse(line).session in sessions]
    for _, event in read_lines(chosen):
        if isinstance(event, Rejected):
            raise event
        yield codec.to_json_line(_without_branch(event))


def write_shipped(recordings: Path, folder: Path) -> list[Path]:
    """Write the shipped recordings into `folder`; the same recordings give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SHIPPED:
        path = folder / name
        path.write_bytes(gzip.compress(b"".join(shipped_lines(recordings / name)), compresslevel=9, mtime=0))
        written.append(path)
    return written


def _without_branch(event: codec.Event) -> codec.Event:
    return event.model_copy(update={"data": event.data.model_copy(update={"vcs_ref_head_name": None})})


def main() -> None:
    """Write the shipped recordings of the recordings at `FIXLOOP_RECORDINGS` into the package."""
    source = os.environ.get("FIXLOOP_RECORDINGS")
    if not source:
        raise UsageError("Set FIXLOOP_RECORDINGS to the folder of recorded sessions.")
    for path in write_shipped(Path(source), FOLDER):
        sys.stdout.write(f"{path.stat().st_size:>8} {path.name}\n")


if __name__ == "__main__":
    main()
