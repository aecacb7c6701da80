"""What broke and was repaired, what was there before, and what only another filter hides: look-alikes of a whole run."""

from collections.abc import Sequence

from fixloop.detect.detections import Ledger
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import Fixed, StillRed
from fixloop.detect.state import Bug, Reason, ScopeNote, SessionState, Sighting
from fixloop_schemas.vocabulary import Kind

_REPAIRED = Reason("repaired", "It passed, broke after a product edit, and was repaired.", 0.5)
_BASELINE = Reason(
    "baseline",
    "What fails now failed before the first product edit; what had broken since is repaired.",
    0.5,
)
_NOT_RUN = Reason("not_run", "The green run in between did not run this test: absent is not passed.", 0.5)


def fold_first_regressions(ledger: Ledger, fixed: Sequence[Fixed]) -> None:
    """Bugs that broke after a run without them, and were repaired: nothing that had been fixed came back."""
    repaired = [change.bug for change in fixed if not change.fix.displaced and change.bug.returns == 0]
    first = [
        bug
        for bug in repaired
        if bug.cleared is not None
        and bug.cleared.code.product_changed_until(bug.opened.code)
        and ledger.naming(Kind.FIRST_REGRESSION, bug.bug_id) is None
    ]
    if first:
        ledger.found(Kind.FIRST_REGRESSION, [as_named(bug) for bug in first], [], (_REPAIRED,))


def fold_preexisting(
    state: SessionState, ledger: Ledger, before: ScopeNote | None, red: Sequence[Bug]
) -> None:
    """A run shows only failures that were there at the start, after one of the same scope that showed others."""
    if before is None or not red or any(bug.returns for bug in red):
        return
    baseline, ids = set(state.baseline), {bug.bug_id for bug in red}
    repaired = set(before.red) - baseline
    if ids <= baseline and repaired and not any(ledger.naming(Kind.PREEXISTING, bug_id) for bug_id in ids):
        ledger.found(Kind.PREEXISTING, [as_named(bug) for bug in red], [], (_BASELINE,))


def fold_different_scopes(
    state: SessionState, ledger: Ledger, sighting: Sighting, still_red: Sequence[StillRed]
) -> None:
    """A bug that never went away is red on both sides of a green run that did not run its test."""
    green = state.last_green
    if green is None:
        return
    hidden = [change.bug for change in still_red if change.before.seq < green.seq < sighting.seq]
    hidden = [bug for bug in hidden if ledger.naming(Kind.DIFFERENT_SCOPE, bug.bug_id) is None]
    if hidden:
        ledger.found(Kind.DIFFERENT_SCOPE, [as_named(bug) for bug in hidden], [], (_NOT_RUN,))
