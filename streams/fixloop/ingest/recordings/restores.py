"""Git operations that were recorded as edits, as what they are: the workspace went back, or forward again."""

from typing import Any, Final

from fixloop.ingest.recordings.line import Line
from fixloop.ingest.recordings.repositories import inside_repository
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.workspace_restored_v1 import RestoredPath, WorkspaceRestoredV1
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import RestoreOperation

_OPERATIONS: Final = {
    "checkout": RestoreOperation.CHECKOUT,
    "switch": RestoreOperation.CHECKOUT,
    "restore": RestoreOperation.RESTORE,
    "show": RestoreOperation.RESTORE,  # `git show REVISION:file > file`
    "reset": RestoreOperation.RESET,
    "clean": RestoreOperation.CLEAN,
    "revert": RestoreOperation.REVERT,
}
_STASH: Final = {
    "push": RestoreOperation.STASH_PUSH,
    "save": RestoreOperation.STASH_PUSH,
    "pop": RestoreOperation.STASH_POP,
    "apply": RestoreOperation.STASH_POP,
}
_EVERYTHING: Final = frozenset({"*", ".", "./", ":/", "HEAD"})
_MAX_PATHS: Final = 1_000


def restore_operation(op: str) -> RestoreOperation | None:
    """The operation that the recorded `op` names; None when it is an ordinary edit."""
    words = op.lower().split()
    if len(words) < 2 or words[0] != "git":
        return None
    command, options = words[1], words[2:]
    if command == "stash":
        action = next((word for word in options if not word.startswith("-")), "push")
        return _STASH.get(action)
    if command == "apply":
        return RestoreOperation.REVERT if {"-r", "--reverse"} & set(options) else None
    return _OPERATIONS.get(command)


def restored(
    line: Line, operation: RestoreOperation, digester: Digester, seq: int, who: dict[str, Any]
) -> WorkspaceRestoredV1:
    """The restore that a recorded line is. Several paths stand in one field, parted by blanks."""
    paths = [path for path in (line.text("path") or "*").split() if not path.startswith("-")]
    everything = not paths or any(path in _EVERYTHING for path in paths) or len(paths) > _MAX_PATHS
    after = line.digest("new_sha256") if len(paths) == 1 and line.flag("full_text") else None
    relative = [inside_repository(path, who["vcs_repository_name"]) for path in paths]
    return WorkspaceRestoredV1(
        **who,
        seq=seq,
        operation=operation,
        everything=everything,
        paths=()
        if everything
        else tuple(
            RestoredPath(path=digester.path(path), path_role=path_role(path), file_digest_after=after)
            for path in relative
        ),
    )
