"""What git's own hooks say: `post-checkout`, `post-commit`, `post-merge` and `post-rewrite`, by `fixloop-hook git HOOK ARGUMENTS...`.

What happened is read from git's logs and from the files, as at any other look: a hook is only the moment at which to look, so that what it
says and what an agent says of the same command is one fact. git's arguments add nothing to it. https://git-scm.com/docs/githooks.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fixloop.emit.emitter import Emitter

HOOKS: Final = ("post-checkout", "post-commit", "post-merge", "post-rewrite")


def heard(hook: str, environment: Mapping[str, str], folder: Path) -> None:
    """Look at what a hook of git is about.

    Args:
        hook: its name.
        environment: the process's.
        folder: where git runs its hooks: the root of the working copy.

    Raises:
        OSError: the spool cannot be used.
        UsageError: the settings cannot be read.
    """
    if hook not in HOOKS:
        return
    emitter = Emitter.here(environment, folder)
    if emitter is not None:
        emitter.catch_up("checkout" if hook == "post-checkout" else None)
