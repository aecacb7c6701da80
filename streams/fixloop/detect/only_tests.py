"""Red that became green, or silent, with no edit to the product: `gamed_fix`, or an expectation that follows the product."""

from collections.abc import Sequence

from fixloop.detect.detections import Ledger
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import RedAgain, WentAway
from fixloop.detect.state import EditNote, Reason, Return, SessionState, Sighting
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
_EXTENDED = Reason("test_extended", "Only tests were edited between its passing and its failing again.", 0.5)


def fold_test_only(state: SessionState, ledger: Ledger, sighting: Sighting, gone: Sequence[WentAway]) -> None:
    """Judge bugs that went away without a product edit."""
    for change in gone:
        tracked = state.tests[change.bug.test]
        edits = edits_between(state.edits, change.red.code, sighting.code)
        if tracked.new or tracked.flip or not any(edit.test for edit in edits):
            continue
        if change.bug.opened.code.product_edits and not change.skipped:
            kind, reasons = Kind.EXPECTATION_CHURN, (_FOLLOWS,)
        else:
            kind = Kind.GAMED_FIX
            reasons = (_SKIPPED if change.skipped else _BY_TEST, *((_TRIED,) if change.bug.attempts else ()))
        if ledger.naming(kind, change.bug.bug_id) is None:
            ledger.found(kind, [as_named(change.bug)], [_evidence(change, sighting, edits)], reasons)


def fold_red_again(
    state: SessionState, ledger: Ledger, sighting: Sighting, again: Sequence[RedAgain]
) -> None:
    """Judge fixed bugs that are red again after edits to tests alone: the test was extended."""
    for change in again:
        edits = edits_between(state.edits, change.clear.code, sighting.code)
        known = ledger.naming(Kind.TEST_IN_DEVELOPMENT, change.bug.bug_id)
        if known is None and any(edit.test for edit in edits):
            ledger.found(Kind.TEST_IN_DEVELOPMENT, [as_named(change.bug)], [], (_EXTENDED,))


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
