"""The ledger: what is learned of one test over all sessions on its repository. Pure, as the rest of the core.

`tell` is the session's side: what one more fact changed in its bugs. `fold_entry` is the ledger's side, keyed by repository and test: it
orders what all sessions told, finds what one session fixed and a later one brought back, and counts in how many a test proved flaky.
"""

from fixloop.detect.ledger.entries import Entry, ToldEdit
from fixloop.detect.ledger.flakiness import Judgement
from fixloop.detect.ledger.fold import Learned, fold_entry
from fixloop.detect.ledger.state import LedgerState, ledger_restore, ledger_snapshot, new_ledger
from fixloop.detect.ledger.telling import tell

__all__ = [
    "Entry",
    "Judgement",
    "Learned",
    "LedgerState",
    "ToldEdit",
    "fold_entry",
    "ledger_restore",
    "ledger_snapshot",
    "new_ledger",
    "tell",
]
