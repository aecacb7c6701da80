"""A commit was made."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import Count, Name, SessionEvent


class CommitCreatedV1(SessionEvent):
    """A commit was made in the session's workspace."""

    revision: Name
    parents: Annotated[tuple[Name, ...], Field(max_length=16, fail_fast=True)] = ()
    files_changed: Count | None = None
