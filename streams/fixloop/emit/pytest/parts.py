"""The results of a run in parts, never too large for an event."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fixloop_schemas.cloudevents import dump
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART

FULL_BYTES: Final = MAX_EVENT_BYTES - 16 * 1024
"""Leaves room for the envelope and the attribution."""
_PLAIN: Final = 200
"""Outcome, duration, level and the names of the fields."""
_ESCAPED: Final = 6
"""What JSON makes of one character, at most."""


class Parts:
    """Collects results and hands them on as parts.

    Args:
        send: takes a part's number and its results; says whether it was written.
    """

    def __init__(self, send: Callable[[int, Sequence[Mapping[str, Any]]], bool]) -> None:
        self.sent = 0
        """How many parts there are so far."""
        self.complete = True
        """Every part was written."""
        self._send = send
        self._waiting: list[Mapping[str, Any]] = []
        self._bytes = 0

    def add(self, result: Mapping[str, Any]) -> None:
        """Take one result; send what waits when there is no room for it."""
        size = _at_most(result)
        if self._bytes + size > FULL_BYTES or len(self._waiting) >= MAX_RESULTS_PER_PART:
            self.flush()
        self._waiting.append(result)
        self._bytes += size

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting:
            self.complete = self._send(self.sent, self._waiting) and self.complete
            self.sent += 1
        self._waiting, self._bytes = [], 0


def _at_most(result: Mapping[str, Any]) -> int:
    """How many bytes a result takes, or a few more: to encode each one twice would be half of what the run pays."""
    if "signature" in result:
        return len(dump(result)) + 1
    return _PLAIN + _ESCAPED * len(result["test_case_name"]) + 16 * len(result.get("attempts", ()))
