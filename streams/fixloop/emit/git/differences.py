"""What differs between a working copy and what its session heard of it, as events. `catch_up.py` finds it; most looks find nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from fixloop.emit.capture import fitting
from fixloop.emit.changes import hashed_change_data
from fixloop.emit.events import EDIT_APPLIED, WORKSPACE_RESTORED
from fixloop.emit.git.stashed import as_stashed
from fixloop.emit.git.told_edits import ABSENT
from fixloop.emit.git.tree_memory import Difference
from fixloop.emit.names_book import write_name

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter
    from fixloop.emit.git.moves import Moves

SOURCE: Final = "/workspace"


def report(
    emitter: "Emitter", found: Sequence[Difference], moves: "Moves", operation: str | None, deadline: float
) -> tuple[int, int]:
    """Emit what differs; how many edits and restores that makes.

    A file that is its commit's again was restored, unless a commit took the change in meanwhile.

    Args:
        emitter: of the session.
        found: the differences.
        moves: of git's head and stash, since the files were last looked at.
        operation: what git did, where that is known.
        deadline: until when git may be asked, on the clock that only goes forward.
    """
    changed = {one.path: one.now.digest for one in found if not one.clean}
    unstashed = as_stashed(emitter, changed, moves.unstashed, deadline)
    restored: list[Difference] = []
    edited: list[Difference] = []
    for one in found:
        # A new file that is gone is as it is in the commit; unless git did something, somebody deleted it.
        as_committed = one.clean and (one.now.digest != ABSENT or operation is not None)
        set_back = (as_committed and not moves.committed_since) or one.path in unstashed
        (restored if set_back else edited).append(one)
    for one in edited:
        emitter.emit(emitter.draft(EDIT_APPLIED, SOURCE, _edit(emitter, one)))
        write_name(emitter.spool_directory, emitter.digester.path(one.path), one.path)
    if restored:
        paths = fitting([_restored(emitter, one) for one in restored[:1_000]])
        data = {"operation": "stash_pop" if unstashed else operation or "restore", "paths": paths}
        emitter.emit(emitter.draft(WORKSPACE_RESTORED, SOURCE, data))
    return len(edited), int(bool(restored))


def _edit(emitter: "Emitter", one: Difference) -> dict[str, Any]:
    created, deleted = one.before.digest == ABSENT, one.now.digest == ABSENT
    agent = "gen_ai_agent_name" in emitter.attribution
    data: dict[str, Any] = {
        **emitter.digester.file(one.path),
        "change": "created" if created else "deleted" if deleted else "modified",
        "origin": "agent" if agent else "person",
        "unobserved": True,
    }
    if not created:
        data["file_digest_before"] = one.before.digest
    if not deleted:
        data["file_digest_after"] = one.now.digest
    before = () if created else one.before.lines
    after = () if deleted else one.now.lines
    if before is not None and after is not None:
        data |= hashed_change_data(emitter.digester, before, after)
    return data


def _restored(emitter: "Emitter", one: Difference) -> dict[str, Any]:
    entry = emitter.digester.file(one.path)
    return entry if one.now.digest == ABSENT else {**entry, "file_digest_after": one.now.digest}
