"""Recorded edits. The role is read from the path, and then the path goes; digests stay as they were recorded."""

from typing import Any, Final

from fixloop.ingest.recordings.line import Line
from fixloop.ingest.recordings.repositories import inside_repository
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1, Hunk
from fixloop_schemas.names import bounded
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import Change, DeadReason, Origin

_CREATING: Final = frozenset({"add", "create", "created", "new"})
_DELETING: Final = frozenset({"delete", "deleted", "remove", "rm"})
_MODIFYING: Final = frozenset(
    {"update", "edit", "multiedit", "str_replace", "insert", "replace", "sed", "patch", "append", "heredoc>>"}
)
_BROUGHT_IN: Final = frozenset({"git merge", "git pull", "git rebase", "git cherry-pick", "git am"})
"""Git operations that bring in other people's work: the edit is version control's, not the agent's."""


def edit_applied(line: Line, digester: Digester, seq: int, who: dict[str, Any]) -> EditAppliedV1:
    """The edit that a recorded line is.

    Raises:
        Rejected: it says of no file that it was changed.
    """
    path = line.text("path")
    if path is None:
        raise Rejected(DeadReason.INVALID_DATA, "a recorded edit needs path")
    relative = inside_repository(path, who["vcs_repository_name"])
    op = line.text("op")
    whole = line.flag("full_text")
    before = line.digest("old_sha256") if whole else None
    return EditAppliedV1(
        **who,
        seq=seq,
        path=digester.path(relative),
        path_role=path_role(relative),
        change=_change(op, before),
        origin=Origin.VCS if op and " ".join(op.lower().split()[:2]) in _BROUGHT_IN else Origin.AGENT,
        gen_ai_tool_name=bounded(op) if op else None,
        file_digest_before=before,
        file_digest_after=line.digest("new_sha256") if whole else None,
        change_digest=line.digest("diff_sha256"),
        lines_added=line.count("added"),
        lines_removed=line.count("removed"),
        hunks=_hunks(line),
    )


def _change(op: str | None, before: str | None) -> Change:
    """What the tool's name says; a file that had a text before was modified."""
    words = set((op or "").lower().replace(":", " ").split())
    if words & _DELETING:
        return Change.DELETED
    if before is not None:
        return Change.MODIFIED
    if words & _CREATING:
        return Change.CREATED
    return Change.MODIFIED if words & _MODIFYING else Change.UNKNOWN


def _hunks(line: Line) -> tuple[Hunk, ...]:
    """The replaced and the new fragment, each as one digest."""
    old, new = line.digest("frag_old_sha256"), line.digest("frag_new_sha256")
    if old is None and new is None:
        return ()
    return (Hunk(fragment_digest_before=old, fragment_digest_after=new),)
