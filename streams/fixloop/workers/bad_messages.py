"""When too much is bad to go on. Pure: the time, in seconds of any clock that does not go back, comes in with each call.

A few bad messages go to the dead letters and stop nobody. When most messages are bad it is rather the worker that is wrong, such as one
that is older than what is sent; it stops, instead of emptying the topic into the dead letters.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

_SLICES: Final = 60
"""The window moves on in this many steps."""


@dataclass(frozen=True, slots=True)
class BadMessagePolicy:
    """More than `share` of at least `least` messages within `seconds` are too many."""

    share: float = 0.5
    """From 0 to 1; 1 stops never."""
    least: int = 1_000
    seconds: float = 60.0


@dataclass(slots=True)
class _Slice:
    start: float
    messages: int = 0
    bad: int = 0


class BadMessages:
    """Counts the messages of the last while."""

    def __init__(self, policy: BadMessagePolicy) -> None:
        self._policy = policy
        self._slices: deque[_Slice] = deque()
        self._messages = 0
        self._bad = 0

    def count(self, now: float, messages: int, bad: int) -> None:
        """Take in so many messages, of which so many were bad."""
        self._forget(now)
        if not self._slices or now - self._slices[-1].start >= self._policy.seconds / _SLICES:
            self._slices.append(_Slice(now))
        self._slices[-1].messages += messages
        self._slices[-1].bad += bad
        self._messages += messages
        self._bad += bad

    def mostly_bad(self, now: float) -> bool:
        """Whether more than the allowed share is bad, be it of ever so few: what looks like this may turn out to be too much."""
        self._forget(now)
        return self._bad > self._policy.share * self._messages

    def too_many(self, now: float) -> bool:
        """Whether it is time to stop."""
        return self.mostly_bad(now) and self._messages >= self._policy.least

    def __str__(self) -> str:
        return f"{self._bad} of {self._messages} messages within {self._policy.seconds:g} seconds"

    def _forget(self, now: float) -> None:
        while self._slices and now - self._slices[0].start > self._policy.seconds:
            gone = self._slices.popleft()
            self._messages -= gone.messages
            self._bad -= gone.bad
