"""What broke and was repaired, what was there before, and what only another filter hides: look-alikes of a whole run."""

from collections.abc import Sequence

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import as_named
from fixloop.detect.host import of_the_host
from fixloop.detect.outcomes import Fixed, StillRed
from fixloop.detect.state import Bug, CodeState, Reason, ScopeNote, SessionState, Sighting
from fixloop_schemas.vocabulary import Kind

_REPAIRED = Reason("repaired", "It passed, broke after a product edit, and was repaired.", 0.5)
_BASELINE = Reason(
    "baseline",
    "What fails now failed before the first product edit; what had broken since is repaired.",
    0.5,
)
_NOT_RUN = Reason("not_run", "The green run in between did not run this test: absent is not passed.", 0.5)


def fold_first_regressions(findings: Findings, fixed: Sequence[Fixed]) -> None:
    """Bugs that broke after a run without them, and were repaired: nothing that had been fixed came back."""
    repaired = [change.bug for change in fixed if not change.fix.displaced and change.bug.returns == 0]
    first = [
        bug
        for bug in repaired
        if bug.cleared is not None
        and not of_the_host(bug.failure)
        and bug.cleared.code.product_changed_until(bug.opened.code)
        and findings.naming(Kind.FIRST_REGRESSION, bug.bug_id) is None
    ]
    if first:
        findings.found(Kind.FIRST_REGRESSION, [as_named(bug) for bug in first], [], (_REPAIRED,))


def fold_preexisting(
    state: SessionState, findings: Findings, before: ScopeNote | None, red: Sequence[Bug]
) -> None:
    """A run shows only failures that were there at the start, after one of the same scope that showed some that had come since.

    Of tests that proved flaky nothing is said: whether they fail tells neither of the start nor of what was repaired.
    """
    red = [bug for bug in red if state.tests[bug.test].flip is None]
    if before is None or not red or any(bug.returns for bug in red):
        return
    ids = {bug.bug_id for bug in red}
    repaired = [
        bug
        for bug in _bugs_of(state, before.red)
        if bug.bug_id not in ids
        and _came_since(state, bug)
        and not findings.naming(Kind.RESTORE_CHECK, bug.bug_id)
    ]
    known = any(findings.naming(Kind.PREEXISTING, bug_id) for bug_id in ids)
    if ids <= set(state.baseline) and repaired and not known:
        findings.found(Kind.PREEXISTING, [as_named(bug) for bug in red], [], (_BASELINE,))


def at_the_start(state: SessionState, code: CodeState) -> bool:
    """Whether the product was as when the session began: not edited, or set back as a whole with nothing committed since."""
    if code.product_edits == 0:
        return True
    before = (edit for edit in reversed(state.edits) if edit.product and edit.number <= code.edits)
    last = next(before, None)
    return last is not None and last.to_commit and state.committed_at < 0


def _bugs_of(state: SessionState, ids: Sequence[str]) -> list[Bug]:
    wanted = set(ids)
    return [bug for tracked in state.tests.values() for bug in tracked.bugs if bug.bug_id in wanted]


def _came_since(state: SessionState, bug: Bug) -> bool:
    """Whether a bug was not there at the start, or is one from the start that had been away and was there again."""
    return bug.bug_id not in state.baseline or bug.returns > 0


def fold_different_scopes(
    state: SessionState, findings: Findings, sighting: Sighting, still_red: Sequence[StillRed]
) -> None:
    """A bug that never went away is red on both sides of a green run that did not run its test."""
    green = state.last_green
    if green is None:
        return
    hidden = [change.bug for change in still_red if change.before.seq < green.seq < sighting.seq]
    hidden = [bug for bug in hidden if findings.naming(Kind.DIFFERENT_SCOPE, bug.bug_id) is None]
    if hidden:
        findings.found(Kind.DIFFERENT_SCOPE, [as_named(bug) for bug in hidden], [], (_NOT_RUN,))
