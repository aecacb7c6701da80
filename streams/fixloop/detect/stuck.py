"""The same bug after many attempts to fix it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fixloop.detect.detections import Ledger
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import StillRed
from fixloop.detect.state import Bug, Reason, SessionState
from fixloop_schemas.vocabulary import Kind

ATTEMPTS: Final = 6
"""Runs that still show the bug after a further product edit, before it counts as stuck; and again after as many more."""


def count_attempts(state: SessionState, still_red: Sequence[StillRed]) -> tuple[SessionState, list[Bug]]:
    """The state with one more attempt for each bug that outlasted product edits, and these bugs.

    To be asked only of runs in which nothing else moved: edits that fixed or broke something else were no attempts at what stayed.
    """
    tests = dict(state.tests)
    outlasted = []
    for change in still_red:
        if change.before.code.product_changed_until(change.bug.last_red.code):
            bug = replace(change.bug, attempts=change.bug.attempts + 1)
            tracked = tests[bug.test]
            bugs = tuple(bug if each.bug_id == bug.bug_id else each for each in tracked.bugs)
            tests[bug.test] = replace(tracked, bugs=bugs)
            outlasted.append(bug)
    return replace(state, tests=tests), outlasted


def fold_stuck(ledger: Ledger, outlasted: Sequence[Bug]) -> None:
    """Found or grow a detection for each bug whose attempts reach the next multiple."""
    for bug in outlasted:
        attempts = bug.attempts
        if attempts % ATTEMPTS:
            continue
        weight = min(0.2 + 0.1 * (attempts // ATTEMPTS - 1), 0.6)
        reason = Reason("attempts", f"The bug is still there after {attempts} attempts to fix it.", weight)
        known = ledger.naming(Kind.STUCK, bug.bug_id)
        if known is None:
            ledger.found(Kind.STUCK, [as_named(bug)], [], (reason,))
        else:
            ledger.grow(known, reasons=(reason,))
