"""An edit was applied to a file."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import Count, Digest, FilePath, LineHash, Name, SessionEvent, WireModel
from fixloop_schemas.limits import MAX_HUNKS, MAX_LINE_HASHES_PER_HUNK
from fixloop_schemas.vocabulary import Change, Origin, PathRole

LineHashes = Annotated[tuple[LineHash, ...], Field(max_length=MAX_LINE_HASHES_PER_HUNK, fail_fast=True)]


class Hunk(WireModel):
    """One stretch of changed lines. What is not known is absent; an empty list means that there is none."""

    added: LineHashes | None = None
    """Hashes of the lines put in, in order."""
    removed: LineHashes | None = None
    """Hashes of the lines taken out, in order."""
    fragment_digest_before: Digest | None = None
    """The text that was replaced, as one digest."""
    fragment_digest_after: Digest | None = None
    """The text that replaced it, as one digest."""


class EditAppliedV1(SessionEvent):
    """One file was changed by one tool call or save."""

    path: FilePath
    """The file, as a keyed digest."""
    path_role: PathRole
    code_file_path: FilePath | None = None
    """The file in plain, relative to the working copy, where the level lets it; nothing is told apart by it."""
    change: Change = Change.UNKNOWN
    origin: Origin = Origin.AGENT
    gen_ai_tool_name: Name | None = None
    file_digest_before: Digest | None = None
    """The whole file before the edit; absent when not known."""
    file_digest_after: Digest | None = None
    """The whole file after the edit; absent when not known."""
    change_digest: Digest | None = None
    """The edit itself: equal digests mean that the same change was made again."""
    lines_added: Count | None = None
    lines_removed: Count | None = None
    unobserved: bool = False
    """Nobody told it when it was made: it was found afterwards, in the files."""
    user_modified: bool = False
    """A person changed what the agent proposed before it was applied."""
    hunks: Annotated[tuple[Hunk, ...], Field(max_length=MAX_HUNKS, fail_fast=True)] = ()
