"""Which files came out of a stash: by their texts, for git's logs do not say where one was popped, and nothing of one that was applied."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from fixloop.emit.git.changed_files import committed_texts
from fixloop.emit.git.reflog import stashes
from fixloop.emit.git.told_edits import ABSENT

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter

_MOST_APPLIED: Final = 5
"""Of those that are there, the newest are compared: each takes git some milliseconds."""


def as_stashed(
    emitter: "Emitter", changed: Mapping[str, str | None], popped: Sequence[str], deadline: float
) -> frozenset[str]:
    """Those of the changed files that are as a stash changed them.

    Args:
        emitter: of the session.
        changed: paths, and the digests of what the files hold now.
        popped: the stashes that went, if any did; else one of those that are there may have been applied.
        deadline: until when git may be asked, on the clock that only goes forward.
    """
    git = emitter.copy.git if emitter.copy else None
    found: set[str] = set()
    for stash in popped or (stashes(git)[:_MOST_APPLIED] if git else ()):
        left = {path: digest for path, digest in changed.items() if path not in found}
        if not left:
            break
        found |= _as_in(emitter, stash, left, deadline)
    return frozenset(found)


def _as_in(emitter: "Emitter", stash: str, changed: Mapping[str, str | None], deadline: float) -> set[str]:
    def texts(revision: str) -> Mapping[str, str]:
        return committed_texts(emitter.root, revision, [*changed], deadline - time.monotonic())

    stashed = {**texts(f"{stash}^3"), **texts(stash)}  # the third parent has what was new
    before = texts(f"{stash}^1")
    return {
        path
        for path, now in changed.items()
        if stashed.get(path) != before.get(path)
        and now == (emitter.digester.text(stashed[path]) if path in stashed else ABSENT)
    }
