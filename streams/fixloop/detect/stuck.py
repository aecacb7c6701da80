"""The same bug after many attempts to fix it."""

from collections.abc import Sequence
from typing import Final

from fixloop.detect.detections import Findings, merge_bugs
from fixloop.detect.evidence import as_named
from fixloop.detect.host import of_the_host
from fixloop.detect.outcomes import Fixed, StillRed
from fixloop.detect.replacing import replace
from fixloop.detect.state import Bug, Detection, Reason, SessionState
from fixloop_schemas.vocabulary import Kind

ATTEMPTS: Final = 6
"""Runs that still show the bug after a further product edit, before it counts as stuck; and again after as many more."""


def count_attempts(
    state: SessionState, still_red: Sequence[StillRed], fixed: Sequence[Fixed]
) -> tuple[SessionState, list[Bug]]:
    """The state with one more attempt for each bug that outlasted product edits, and these bugs.

    Edits that fixed something else were an attempt at that, and none at what stayed. What proved flaky, or fails in the host, went away
    by itself and was no aim.
    """
    if any(not _by_itself(state, change.bug) for change in fixed):
        return state, []
    tests = dict(state.tests)
    outlasted = []
    attempted = (
        change for change in still_red if change.before.code.product_changed_until(change.bug.last_red.code)
    )
    for change in attempted:
        bug = replace(change.bug, attempts=change.bug.attempts + 1)
        tracked = tests[bug.test]
        bugs = tuple(bug if each.bug_id == bug.bug_id else each for each in tracked.bugs)
        tests[bug.test] = replace(tracked, bugs=bugs)
        outlasted.append(bug)
    return replace(state, tests=tests), outlasted


def _by_itself(state: SessionState, bug: Bug) -> bool:
    return state.tests[bug.test].flip is not None or of_the_host(bug.failure)


def fold_stuck(state: SessionState, findings: Findings, outlasted: Sequence[Bug]) -> None:
    """Found or grow a detection when the attempts at a bug reach the next multiple.

    Bugs that are red side by side through the same attempts are one detection: nothing says at which of them the work was.
    """
    due = [bug for bug in outlasted if bug.attempts % ATTEMPTS == 0]
    known = {bug.bug_id: findings.naming(Kind.STUCK, bug.bug_id) for bug in due}
    for bug in due:
        found = known[bug.bug_id]
        if found is not None:
            findings.grow(findings.standing[found.detection_id], reasons=(_reason(bug.attempts),))
    fresh = [bug for bug in due if known[bug.bug_id] is None]
    if not fresh:
        return
    beside = next((found for found in findings.open_of(Kind.STUCK) if _still_red(state, found)), None)
    if beside is not None:
        findings.grow(beside, bugs=merge_bugs(beside.bugs, map(as_named, fresh)))
    else:
        findings.found(Kind.STUCK, map(as_named, fresh), [], (_reason(fresh[0].attempts),))


def _reason(attempts: int) -> Reason:
    weight = min(0.5 + 0.1 * (attempts // ATTEMPTS - 1), 0.9)
    return Reason("attempts", f"The bug is still there after {attempts} attempts to fix it.", weight)


def _still_red(state: SessionState, found: Detection) -> bool:
    """Whether a bug that a detection names is still open: the work at it goes on."""
    named = {bug.bug_id for bug in found.bugs}
    tests = (state.tests.get(bug.test) for bug in found.bugs)
    return any(bug.open and bug.bug_id in named for tracked in tests if tracked for bug in tracked.bugs)
