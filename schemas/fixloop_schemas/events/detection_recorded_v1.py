"""What fixloop itself says: a detection, or a new version of one."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import Attribution, Count, Digest, Name, TestName, Version, WireModel
from fixloop_schemas.vocabulary import DetectionStatus, Kind

EventIds = Annotated[tuple[Name, ...], Field(max_length=200, fail_fast=True)]


class BugRef(WireModel):
    """A bug: (repository, test, signature)."""

    bug_id: Digest
    test_case_name: TestName
    signature_digest: Digest | None = None
    signature_version: Version | None = None
    error_type: Name | None = None


class Return(WireModel):
    """One bug that was red, went away, and came back: the evidence of a detection."""

    bug_id: Digest
    red_run: Name
    """The last run that showed the bug before the fix."""
    fixing_run: Name
    """The first run without it."""
    returning_run: Name
    """The first run that showed it again."""
    fixing_edits: EventIds = ()
    """Ids of the edits between the red run and the fixing run."""
    breaking_edits: EventIds = ()
    """Ids of the edits between the last run without the bug and the returning run."""
    shared_lines: Count | None = None
    """How many lines that the fixing edits put in were taken out by the breaking edits; absent when not known."""
    seq: Count
    """Where in the session the return was seen."""
    fixing_session: Name | None = None
    """The session in which it was fixed, when that was another one: `red_run`, `fixing_run` and `fixing_edits` are that session's."""


class Reason(WireModel):
    """One argument for or against, in words."""

    code: Name
    text: Annotated[str, Field(min_length=1, max_length=400)]
    weight: Annotated[float, Field(ge=-1, le=1)]
    """How far it moved the confidence; negative speaks against."""


class DetectionRecordedV1(Attribution):
    """A detection, or what was learned about it later. Readers take the latest version of each id."""

    detection_id: Digest
    """Derived from session, kind and founding evidence: the same events give the same id anywhere."""
    detection_version: Version
    detector_version: Name
    kind: Kind
    status: DetectionStatus = DetectionStatus.OPEN
    confidence: Annotated[float, Field(ge=0, le=1)]
    reasons: Annotated[tuple[Reason, ...], Field(max_length=50, fail_fast=True)] = ()
    bugs: Annotated[tuple[BugRef, ...], Field(min_length=1, max_length=100, fail_fast=True)]
    laps: Count = 0
    """Complete rounds of a cycle (A, B, A is one); 0 for what is no cycle."""
    returns: Annotated[tuple[Return, ...], Field(max_length=100, fail_fast=True)] = ()
    supersedes: Annotated[tuple[Digest, ...], Field(max_length=100, fail_fast=True)] = ()
    superseded_by: Digest | None = None
    first_seq: Count
    """The event that founded the detection."""
    last_seq: Count
    """The event that led to this version."""
