"""Where emitters say what went wrong: one small file in the spool, since they may neither print nor raise.

Where the spool cannot be written, it lies in a folder of this user's among the temporary files. What it says already it does not say again.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from stat import S_IMODE, S_ISDIR
from typing import Final

from fixloop.emit.private_files import PRIVATE_FILE, make_directory
from fixloop.settings_sources import home

NAME: Final = "emit.log"
MAX_BYTES: Final = 256 * 1024
MAX_LINE: Final = 500
_SAID_LATELY: Final = 4 * 1024
"""So much of the log's end is looked at for the same line."""


def note(directory: Path, what: str, error: BaseException | None = None) -> None:
    """One line into the log of the spool at `directory`, else into the one for spools that cannot be written; else nothing."""
    # The error's text could quote what it was about; its type, errno and place cannot.
    said = f"{what}{_described(error)}"[:MAX_LINE].replace("\n", " ").encode("utf-8", "replace")
    try:
        make_directory(directory)
        _append(directory, said)
    except OSError:
        try:
            _append(_elsewhere(), said)
        except OSError:
            return


def note_for(environment: Mapping[str, str], what: str, error: BaseException | None = None) -> None:
    """`note`, for who has no settings because these may be what is wrong: the spool is the one that the environment says."""
    try:
        named = environment.get("FIXLOOP_SPOOL")
        state = home(environment, "XDG_STATE_HOME", ".local/state")
        note(Path(named) if named else state / "fixloop/spool", what, error)
    except Exception:
        return  # a host's own work is worth more than a line in a log


def _append(directory: Path, said: bytes) -> None:
    path = directory / NAME
    descriptor = os.open(
        path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE
    )
    try:
        size = os.fstat(descriptor).st_size
        if b" " + said + b"\n" in os.pread(descriptor, _SAID_LATELY, max(0, size - _SAID_LATELY)):
            return
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = f"{moment} {os.getpid()} ".encode() + said + b"\n"
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, size)
            raise OSError(f"{path} has no room")
    finally:
        os.close(descriptor)
    if size > MAX_BYTES:
        path.replace(directory / f"{NAME}.1")


def _elsewhere() -> Path:
    """A folder that this user alone can write.

    Raises:
        OSError: there is none, or it is somebody else's.
    """
    directory = Path(os.environ.get("TMPDIR") or "/tmp", f"fixloop-{os.getuid()}")  # noqa: S108 -- checked below
    make_directory(directory)
    status = directory.lstat()
    if status.st_uid != os.getuid() or not S_ISDIR(status.st_mode) or S_IMODE(status.st_mode) & 0o077:
        raise PermissionError(f"{directory} is not private")
    return directory


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
