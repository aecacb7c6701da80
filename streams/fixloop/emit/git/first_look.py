"""A session's first look at a large working copy, in a process of its own that nobody waits for: `python -P -m` this, SESSION ROOT.

A look that is given up leaves nothing behind, and an edit before the next one would never be told. This one remembers how the files were a
moment after the session began, and tells nothing.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter

SECONDS: Final = 20.0
_DETACHED: Final = 'nice "$@" </dev/null >/dev/null 2>&1 &'
"""The shell ends at once: the test run that begins this has no child that it did not start, and none to wait for."""


def begin(emitter: "Emitter") -> None:
    """Let another process make the first look. Nothing where none can be started.

    Raises:
        OSError: there is no shell.
    """
    if not hasattr(os, "posix_spawn"):
        return
    words = (sys.executable, "-P", "-m", __name__, emitter.session_id, str(emitter.root))
    # What measures a test run's processes would count this one among them.
    environment = {name: value for name, value in emitter.environment.items() if not name.startswith("COV")}
    shell = os.posix_spawn("/bin/sh", ("sh", "-c", _DETACHED, "sh", *words), environment, setsid=True)
    os.waitpid(shell, 0)


def look(session_id: str, root: Path) -> None:
    """Remember the files of the working copy for the session. Never raises."""
    from fixloop.emit.emit_log import note_for
    from fixloop.emit.emitter import Emitter
    from fixloop.emit.git.catch_up import remember

    try:
        emitter = Emitter.here(os.environ, root)
        if emitter is not None:
            remember(emitter._replace(session_id=session_id), budget_seconds=SECONDS)
    except Exception as error:
        note_for(os.environ, "first look", error)


if __name__ == "__main__":
    look(sys.argv[1], Path(sys.argv[2]))
