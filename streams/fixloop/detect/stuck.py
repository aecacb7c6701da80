"""The same bug after many attempts to fix it."""

from collections.abc import Sequence
from typing import Final

from fixloop.detect.detections import Ledger
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import StillRed
from fixloop.detect.state import Reason
from fixloop_schemas.vocabulary import Kind

ATTEMPTS: Final = 6
"""Runs that still show the bug after a further product edit, before it counts as stuck; and again after as many more."""


def fold_stuck(ledger: Ledger, still_red: Sequence[StillRed]) -> None:
    """Found or grow a detection for each bug whose attempts reach the next multiple."""
    for change in still_red:
        attempts = change.bug.attempts
        if attempts == 0 or attempts % ATTEMPTS:
            continue
        weight = min(0.2 + 0.1 * (attempts // ATTEMPTS - 1), 0.6)
        reason = Reason("attempts", f"The bug is still there after {attempts} attempts to fix it.", weight)
        known = ledger.naming(Kind.STUCK, change.bug.bug_id)
        if known is None:
            ledger.found(Kind.STUCK, [as_named(change.bug)], [], (reason,))
        else:
            ledger.grow(known, reasons=(reason,))
