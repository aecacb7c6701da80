"""Where emitters say what went wrong: one small file in the spool, since they may neither print nor raise."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fixloop.emit.private_files import PRIVATE_FILE, make_directory

NAME: Final = "emit.log"
MAX_BYTES: Final = 256 * 1024
MAX_LINE: Final = 500


def note(directory: Path, what: str, error: BaseException | None = None) -> None:
    """One line into the log of the spool at `directory`; when even that fails, nothing."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    # The error's text could quote what it was about; its type, errno and place cannot.
    line = f"{moment} {os.getpid()} {what}{_described(error)}"[:MAX_LINE].replace("\n", " ") + "\n"
    try:
        make_directory(directory)
        path = directory / NAME
        if path.exists() and path.stat().st_size > MAX_BYTES:
            path.replace(directory / f"{NAME}.1")
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            os.write(descriptor, line.encode("utf-8", "replace"))
        finally:
            os.close(descriptor)
    except OSError:
        return


def _described(error: BaseException | None) -> str:
    if error is None:
        return ""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    if isinstance(error, OSError):
        return f": {type(error).__name__} {error.strerror or error}{place}"
    return f": {type(error).__name__}{place}"
