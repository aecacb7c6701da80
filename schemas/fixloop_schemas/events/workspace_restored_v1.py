"""The workspace was set back by version control, or by a copy."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import Digest, FilePath, SessionEvent, WireModel
from fixloop_schemas.vocabulary import PathRole, RestoreOperation


class RestoredPath(WireModel):
    """One file that was set back."""

    path: FilePath
    """The file, as a keyed digest."""
    path_role: PathRole
    code_file_path: FilePath | None = None
    """The file in plain, relative to the working copy, where the level lets it."""
    file_digest_after: Digest | None = None


class WorkspaceRestoredV1(SessionEvent):
    """Files went back to an earlier text, or forward again (`stash_pop`)."""

    operation: RestoreOperation
    everything: bool = False
    """No path was named: the whole workspace."""
    paths: Annotated[tuple[RestoredPath, ...], Field(max_length=1_000, fail_fast=True)] = ()
