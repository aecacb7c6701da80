"""Red that became green, or silent, with no edit to the product: `gamed_fix`, or an expectation that follows the product."""

from collections.abc import Sequence

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import RedAgain, WentAway
from fixloop.detect.state import Bug, EditNote, Reason, Return, SessionState, Sighting, TrackedTest
from fixloop.detect.windows import edits_between, named
from fixloop_schemas.vocabulary import Kind

# Alone it does not alert: who finds a test red on arrival and edits it mostly follows a product that had been changed before, as each of
# the four recorded sessions in which that happened did.
_BY_TEST = Reason("test_alone", "The test went from red to green with edits to tests alone.", 0.1)
_SKIPPED = Reason("skipped", "The test was red, and is skipped since a test was edited.", 0.45)
_TRIED = Reason("tried_before", "Product edits had been tried before, and the test had stayed red.", 0.4)
_FOLLOWS = Reason(
    "expectation_follows",
    "The product had been edited before the test failed, and the test was edited to agree.",
    0.4,
)
_WRITTEN_HERE = Reason(
    "written_here",
    "The test was written in this session and had passed; the product was edited, and the test to agree.",
    0.4,
)
_BROKEN_BY_TEST = Reason(
    "broken_by_test", "Edits to tests alone had broken the test, and such edits repaired it.", 0.5
)
_WRITTEN = Reason("being_written", "The test is being written: edits to tests alone made it pass.", 0.5)
_ASKS_ELSE = Reason(
    "asks_else", "The test had passed, was edited alone, and asks for something else now.", 0.4
)
_TAKEN_BACK = Reason("taken_back", "The test was edited once more, and the product never followed.", -1.0)
_EXTENDED = Reason("test_extended", "Only tests were edited between its passing and its failing again.", 0.5)


def fold_test_only(
    state: SessionState, findings: Findings, sighting: Sighting, gone: Sequence[WentAway]
) -> None:
    """Judge bugs that went away without a product edit; those that go away together, for the same reasons, are one detection."""
    found: dict[tuple[Kind, tuple[Reason, ...]], list[tuple[Bug, Return]]] = {}
    for change in gone:
        edits = edits_between(state.edits, change.red.code, sighting.code)
        tracked = state.tests[change.bug.test]
        kind, reasons = _reading(state, tracked, change)
        known = tracked.flip or findings.naming(kind, change.bug.bug_id)
        if not known and any(edit.test for edit in edits):
            found.setdefault((kind, reasons), []).append((change.bug, _evidence(change, sighting, edits)))
    for (kind, reasons), pairs in found.items():
        if kind is Kind.TEST_IN_DEVELOPMENT:
            _nobody_followed(findings, [bug for bug, _ in pairs])
        findings.found(kind, [as_named(bug) for bug, _ in pairs], [back for _, back in pairs], reasons)


def _nobody_followed(findings: Findings, bugs: Sequence[Bug]) -> None:
    """Take back that a test asked for something else: it does no more, and the product was left as it is."""
    for bug in bugs:
        asked = findings.naming(Kind.REQUIREMENT_CHANGE, bug.bug_id)
        if asked is not None and not asked.returns:
            findings.withdraw(asked, _TAKEN_BACK)


def fold_red_again(
    state: SessionState, findings: Findings, sighting: Sighting, again: Sequence[RedAgain]
) -> None:
    """Judge fixed bugs that are red again after edits to tests alone."""
    for change in again:
        edits = edits_between(state.edits, change.clear.code, sighting.code)
        by_tests_alone(findings, state.tests[change.bug.test], change.bug, edits)


def by_tests_alone(findings: Findings, tracked: TrackedTest, bug: Bug, edits: Sequence[EditNote]) -> bool:
    """Whether a test is red again because tests alone were edited, and if so, record it.

    A test that is being written is in development, and so is one that is extended round by round; one that had been there asks for
    something else now.
    """
    kind = by_tests_alone_kind(tracked, edits)
    if kind is None:
        return False
    if any(findings.naming(Kind.REQUIREMENT_CHANGE, other.bug_id) for other in tracked.bugs if other != bug):
        kind = Kind.TEST_IN_DEVELOPMENT
    if findings.naming(kind, bug.bug_id) is None:
        reason = _EXTENDED if kind is Kind.TEST_IN_DEVELOPMENT else _ASKS_ELSE
        findings.found(kind, [as_named(bug)], [], (reason,))
    return True


def by_tests_alone_kind(tracked: TrackedTest, edits: Sequence[EditNote]) -> Kind | None:
    """What a test is that edits to tests made red; None where they were not alone, unless it is being written with the product."""
    if not any(edit.test for edit in edits):
        return None
    if tracked.new:
        return Kind.TEST_IN_DEVELOPMENT
    return None if any(edit.product for edit in edits) else Kind.REQUIREMENT_CHANGE


def _reading(state: SessionState, tracked: TrackedTest, change: WentAway) -> tuple[Kind, tuple[Reason, ...]]:
    if change.skipped and not tracked.new:
        return Kind.GAMED_FIX, (_SKIPPED, *_tried(change))
    bug = change.bug
    broken_by = edits_between(state.edits, bug.cleared.code, bug.opened.code) if bug.cleared else ()
    if any(edit.test for edit in broken_by) and not any(edit.product for edit in broken_by):
        return Kind.TEST_IN_DEVELOPMENT, (_BROKEN_BY_TEST,)
    if tracked.new:
        had_passed = bug.cleared is not None and bug.cleared.seq >= tracked.since
        if had_passed and any(edit.product for edit in broken_by):
            return Kind.REQUIREMENT_CHANGE, (_WRITTEN_HERE,)
        return Kind.TEST_IN_DEVELOPMENT, (_WRITTEN,)
    if bug.opened.code.product_edits:
        return Kind.EXPECTATION_CHURN, (_FOLLOWS,)
    return Kind.GAMED_FIX, (_BY_TEST, *_tried(change))


def _tried(change: WentAway) -> tuple[Reason, ...]:
    return (_TRIED,) if change.bug.attempts else ()


def _evidence(change: WentAway, sighting: Sighting, edits: Sequence[EditNote]) -> Return:
    return Return(
        bug_id=change.bug.bug_id,
        red_run=change.red.run_id,
        fixing_run=sighting.run_id,
        returning_run=sighting.run_id,
        fixing_edits=named(edit for edit in edits if edit.test),
        breaking_edits=(),
        shared_lines=None,
        seq=sighting.seq,
    )
