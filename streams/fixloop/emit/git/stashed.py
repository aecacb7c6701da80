"""Which files came out of a stash: by their texts, for git's logs do not say where one was popped, and nothing of one that was applied."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fixloop.emit.git.changed_files import committed_texts
from fixloop.emit.git.reflog import newest_stash
from fixloop.emit.git.told_edits import ABSENT

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter


def as_stashed(
    emitter: "Emitter", changed: Mapping[str, str | None], popped: str | None, deadline: float
) -> frozenset[str]:
    """Those of the changed files that are as a stash changed them.

    Args:
        emitter: of the session.
        changed: paths, and the digests of what the files hold now.
        popped: the stash that went, if one did; else the newest may have been applied.
        deadline: until when git may be asked, on the clock that only goes forward.
    """
    git = emitter.copy.git if emitter.copy else None
    stash = popped or (newest_stash(git) if git else "")
    if not changed or not stash:
        return frozenset()

    def texts(revision: str) -> Mapping[str, str]:
        return committed_texts(emitter.root, revision, [*changed], deadline - time.monotonic())

    stashed = {**texts(f"{stash}^3"), **texts(stash)}  # the third parent has what was new
    before = texts(f"{stash}^1")
    return frozenset(
        path
        for path, now in changed.items()
        if stashed.get(path) != before.get(path)
        and now == (emitter.digester.text(stashed[path]) if path in stashed else ABSENT)
    )
