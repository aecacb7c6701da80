"""Whether somebody else wrote a test run into a session meanwhile: a runner's own plugin is the better source."""

from itertools import chain
from typing import Final

from fixloop.emit.emitter import Emitter
from fixloop.emit.events import RUN_STARTED
from fixloop.emit.session_file import folder_name, segment_path, segments

_SIGN: Final = f'"type":"{RUN_STARTED}"'.encode()
_SEQ: Final = b'"seq":'


def run_written_since(emitter: Emitter, seq: int) -> bool:
    """Whether a run was started in the emitter's session from number `seq` on, by any emitter of any language.

    Raises:
        OSError: the session's files cannot be read.
    """
    folder = emitter.spool_directory / "sessions" / folder_name(emitter.session_id)
    if not folder.is_dir():
        return False
    emitter.spool.take_in(folder)
    for segment in reversed(segments(folder)):
        try:
            with segment_path(folder, segment).open("rb") as lines:
                first = next(lines, b"")
                if any(_SIGN in line and _number(line) >= seq for line in chain((first,), lines)):
                    return True
        except FileNotFoundError:
            continue
        if _number(first) < seq:
            break  # what is older was there before
    return False


def _number(line: bytes) -> int:
    """The last `seq` of a line; its own stands behind everything else in `data`."""
    digits = line.rpartition(_SEQ)[2]
    end = next((at for at, byte in enumerate(digits) if not 48 <= byte <= 57), len(digits))
    return int(digits[:end] or b"-1")
