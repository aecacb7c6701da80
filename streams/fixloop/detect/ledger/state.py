"""What the ledger remembers of one test: what sessions told, bounded, and what it has said."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop.detect.snapshot import SnapshotError, reader, to_plain

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
    return json.dumps([LEDGER_VERSION, to_plain(state)], separators=(",", ":"), ensure_ascii=False).encode()


def ledger_restore(data: bytes) -> LedgerState:
    """The state that `ledger_snapshot` wrote.

    Raises:
        SnapshotError: not a snapshot, or one of another version.
    """
    try:
        version, values = json.loads(data)
        state: LedgerState | None = reader(LedgerState)(values) if version == LEDGER_VERSION else None
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise SnapshotError(f"not a snapshot of the ledger: {error}") from error
    if state is None:
        raise SnapshotError(f"the ledger's snapshot has version {version}, this is version {LEDGER_VERSION}")
    return state
