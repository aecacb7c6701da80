"""What became of one bug in one session: what the ledger across sessions is made of."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.digest import lineage
from fixloop_schemas.events.wire import (
    Attribution,
    Count,
    Digest,
    FilePath,
    LineHash,
    Name,
    TestName,
    Version,
    WireModel,
)
from fixloop_schemas.limits import MAX_TOLD_EDITS, MAX_TOLD_LINES
from fixloop_schemas.vocabulary import Transition

Lines = Annotated[tuple[LineHash, ...], Field(max_length=MAX_TOLD_LINES, fail_fast=True)]


class ToldEdit(WireModel):
    """An edit of the product, as far as another session can be compared with it."""

    event_id: Name
    path: FilePath | None = None
    """The file; absent when the whole workspace was restored."""
    before: Digest | None = None
    """Digest of the whole file before."""
    after: Digest | None = None
    """Digest of the whole file after."""
    added: Lines = ()
    removed: Lines = ()


class BugTransitionedV1(Attribution):
    """A bug opened, went away or came back in a session, or its test proved flaky there. Keyed by repository and test."""

    test_case_name: TestName
    bug_id: Digest
    signature_digest: Digest | None = None
    signature_version: Version | None = None
    signature_complete: bool = False
    error_type: Name | None = None
    transition: Transition
    run_id: Name
    """The run that showed it."""
    red_run_id: Name | None = None
    """The last run that had shown the bug, where it went away."""
    seen_clear: bool = False
    """The session had seen the test without this bug before the bug opened."""
    test_edited: bool = False
    """A test was edited in the same stretch of work."""
    inferred: bool = False
    """That it passed is deduced, not reported."""
    isolated: bool = False
    """The session's workspace was made for it alone and holds nothing that another session did."""
    began_at_revision: Name | None = None
    """The commit that was checked out when the session began."""
    edits: Annotated[tuple[ToldEdit, ...], Field(max_length=MAX_TOLD_EDITS, fail_fast=True)] = ()
    """Product edits since the bug was last seen (it went away), or since the session had last seen the test without it (it opened)."""
    seq: Count
    """Where in its session it was seen."""

    @property
    def partition_key(self) -> str:
        """One lineage of a test has one key, whichever session speaks."""
        return lineage(self.vcs_repository_name, self.test_case_name)
