"""A test run: started, its results in parts, finished (the subject is CDEvents' `testsuiterun`).

A run without `finished` crashed: what its parts say counts, and what they do not say proves nothing.
"""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import (
    Count,
    Digest,
    ExitCode,
    Name,
    Seconds,
    SessionEvent,
    TestName,
    Version,
    WireModel,
)
from fixloop_schemas.limits import MAX_RESULTS_PER_PART
from fixloop_schemas.signature import MAX_MASKED
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope


class Command(WireModel):
    """How the tests were called, without its text."""

    runner: Name | None = None
    """The program, such as `pytest` or `go`."""
    selectors: Annotated[tuple[TestName, ...], Field(max_length=256, fail_fast=True)] = ()
    """What was asked for: files, packages, name filters. Empty with scope `all` means everything."""
    digest: Digest | None = None
    """The whole command line."""


class CodeState(WireModel):
    """What the tests ran against."""

    edits: Count | None = None
    """The number of edits so far in the session, where the emitter counts them."""
    tree_digest: Digest | None = None
    """The tree that was tested; equal digests mean equal code."""


class Signature(WireModel):
    """A failure's masked identity; see `fixloop_schemas.signature` for the rules and their versions."""

    digest: Digest | None = None
    """Of error type, masked message and first in-project frame; absent when nothing is known of the failure."""
    version: Version
    complete: bool = True
    """False when the message was cut or missing: such a signature is compatible with any of the same test."""
    error_type: Name | None = None
    frame: Digest | None = None
    masked_message: Annotated[str, Field(min_length=1, max_length=MAX_MASKED)] | None = None
    """The failure's message, masked, where the level lets it; nothing is told apart by it."""


class CaseResult(WireModel):
    """What one test did in this run."""

    test_case_name: TestName
    """OpenTelemetry `test.case.name`, as the runner writes it."""
    outcome: Outcome
    level: Level = Level.CASE
    inferred: bool = False
    """Deduced rather than reported; counts at lower confidence."""
    signature: Signature | None = None
    duration: Seconds | None = None
    """In seconds."""
    attempts: Annotated[tuple[Outcome, ...], Field(max_length=100, fail_fast=True)] = ()
    """Outcomes of retries inside this run, in order, when there were any; `outcome` is the last word."""


class Totals(WireModel):
    """What the runner counted, named or not."""

    passed: Count = 0
    failed: Count = 0
    errors: Count = 0
    skipped: Count = 0


class SuiteRunStartedV1(SessionEvent):
    """A test run begins."""

    run_id: Name
    framework: Name
    command: Command = Command()
    scope: Scope = Scope.UNKNOWN
    code_state: CodeState = CodeState()
    background: bool = False
    """The run was started beside other work, so edits may fall inside of it."""


class SuiteRunResultsV1(SessionEvent):
    """A part of a run's results, at most 256 KiB encoded."""

    run_id: Name
    part: Count
    """From 0, without gaps."""
    results: Annotated[tuple[CaseResult, ...], Field(max_length=MAX_RESULTS_PER_PART, fail_fast=True)]


class SuiteRunFinishedV1(SessionEvent):
    """A test run ended by itself."""

    run_id: Name
    parts: Count
    """How many parts the run had; fewer seen means that some were lost."""
    status: RunStatus
    totals: Totals | None = None
    exit_code: ExitCode | None = None
    exit_code_reliable: bool = True
    """False behind a pipe or another command, where it may speak for something else."""
    results_complete: bool = False
    """Every test that ran is named in the parts, so that a name's absence means that it did not run."""
    duration: Seconds | None = None
    """In seconds."""
