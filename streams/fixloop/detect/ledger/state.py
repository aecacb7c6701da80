"""What the ledger remembers of one test: what sessions told, bounded, and what it has said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop.detect.plain_form import decode, encode

LEDGER_VERSION: Final = 1
"""Raised when the meaning of a snapshot changes."""

MAX_ENTRIES: Final = 128
"""What sessions told that is kept: the latest."""
MAX_COUNTED: Final = 64
"""Bugs, and sessions that were told of flakiness, of which is known how often."""


@dataclass(frozen=True, slots=True)
class LedgerState:
    """One test over all sessions, so far."""

    entries: tuple[Entry, ...] = ()
    """In their order: by time, session and place in the session, however they arrived."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How much was told of each bug, and of flips: the version of what is said."""
    standing: tuple[str, ...] = ()
    """Ids of the detections that were said."""
    judged: Mapping[str, int] = field(default_factory=dict)
    """The sessions that were told that the test is flaky, and in how many others it is."""


def new_ledger() -> LedgerState:
    """A test of which nothing was told."""
    return LedgerState()


def ledger_snapshot(state: LedgerState) -> bytes:
    """`state` as bytes; equal states give equal bytes."""
    return encode(state, LEDGER_VERSION)


def ledger_restore(data: bytes) -> LedgerState:
    """The state that `ledger_snapshot` wrote.

    Raises:
        SnapshotError: not a snapshot, or one of another version.
    """
    return decode(data, LedgerState, LEDGER_VERSION)
