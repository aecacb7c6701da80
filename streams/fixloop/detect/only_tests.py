"""Red that became green, or silent, with no edit to the product: `gamed_fix`, or an expectation that follows the product."""

from collections.abc import Sequence

from fixloop.detect.detections import Ledger
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import RedAgain, WentAway
from fixloop.detect.state import Bug, EditNote, Reason, Return, SessionState, Sighting, TrackedTest
from fixloop.detect.windows import edits_between, named
from fixloop_schemas.vocabulary import Kind

_BY_TEST = Reason("test_alone", "The test went from red to green with edits to tests alone.", 0.1)
_SKIPPED = Reason("skipped", "The test was red, and is skipped since a test was edited.", 0.25)
_TRIED = Reason("tried_before", "Product edits had been tried before, and the test had stayed red.", 0.15)
_FOLLOWS = Reason(
    "expectation_follows",
    "The product had been edited before the test failed, and the test was edited to agree.",
    0.4,
)
_ASKS_ELSE = Reason(
    "asks_else", "The test had passed, was edited alone, and asks for something else now.", 0.4
)
_EXTENDED = Reason("test_extended", "Only tests were edited between its passing and its failing again.", 0.5)


def fold_test_only(state: SessionState, ledger: Ledger, sighting: Sighting, gone: Sequence[WentAway]) -> None:
    """Judge bugs that went away without a product edit; those that go away together, for the same reasons, are one detection."""
    found: dict[tuple[Kind, tuple[Reason, ...]], list[tuple[Bug, Return]]] = {}
    for change in gone:
        edits = edits_between(state.edits, change.red.code, sighting.code)
        tracked = state.tests[change.bug.test]
        kind, reasons = _reading(change)
        known = tracked.new or tracked.flip or ledger.naming(kind, change.bug.bug_id)
        if not known and any(edit.test for edit in edits):
            found.setdefault((kind, reasons), []).append((change.bug, _evidence(change, sighting, edits)))
    for (kind, reasons), pairs in found.items():
        ledger.found(kind, [as_named(bug) for bug, _ in pairs], [back for _, back in pairs], reasons)


def fold_red_again(
    state: SessionState, ledger: Ledger, sighting: Sighting, again: Sequence[RedAgain]
) -> None:
    """Judge fixed bugs that are red again after edits to tests alone."""
    for change in again:
        edits = edits_between(state.edits, change.clear.code, sighting.code)
        by_tests_alone(ledger, state.tests[change.bug.test], change.bug, edits)


def by_tests_alone(ledger: Ledger, tracked: TrackedTest, bug: Bug, edits: Sequence[EditNote]) -> bool:
    """Whether a test is red again because tests alone were edited, and if so, record it.

    A test that is being written is in development; one that had been there asks for something else now.
    """
    kind = by_tests_alone_kind(tracked, edits)
    if kind is None:
        return False
    if ledger.naming(kind, bug.bug_id) is None:
        reason = _EXTENDED if kind is Kind.TEST_IN_DEVELOPMENT else _ASKS_ELSE
        ledger.found(kind, [as_named(bug)], [], (reason,))
    return True


def by_tests_alone_kind(tracked: TrackedTest, edits: Sequence[EditNote]) -> Kind | None:
    """What a test is that edits to tests alone made red; None where they were not alone."""
    if not any(edit.test for edit in edits) or any(edit.product for edit in edits):
        return None
    return Kind.TEST_IN_DEVELOPMENT if tracked.new else Kind.REQUIREMENT_CHANGE


def _reading(change: WentAway) -> tuple[Kind, tuple[Reason, ...]]:
    if change.bug.opened.code.product_edits and not change.skipped:
        return Kind.EXPECTATION_CHURN, (_FOLLOWS,)
    tried = (_TRIED,) if change.bug.attempts else ()
    return Kind.GAMED_FIX, (_SKIPPED if change.skipped else _BY_TEST, *tried)


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
