"""Simpler rules, written from their published descriptions, on the same sessions.

Repetition rules see tool calls: an edit with its arguments, a test command with its result. None of them reads a test's name.
Sources: Gemini CLI `packages/core/src/services/loopDetectionService.ts`; OpenHands `openhands/controller/stuck.py`;
Crush `internal/agent/loop_detection.go`; SWE-CI `summarize.py` (a regression is a drop in the count of passed tests).
Plain fail, pass, fail on one test is what flaky-test products count (Buildkite's transition score, Testkube's flip rate).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_GEMINI_LENGTHS: Final = range(1, 6)
_GEMINI_REPEATS: Final = 5
_OPENHANDS_EQUAL: Final = 4
_OPENHANDS_PING_PONG: Final = 6
_CRUSH_WINDOW: Final = 10
_CRUSH_EQUAL: Final = 5
_FLIP: Final = (False, True, False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool, as far as a recording knows it."""

    name: str
    arguments: str
    result: str


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A test run as far as the simple rules look."""

    scope: str
    passed: int | None
    outcomes: tuple[tuple[str, bool], ...]
    """(test, whether it passed), for tests that passed or failed."""


@dataclass(frozen=True, slots=True)
class Plainly:
    """A session as the simple rules see it."""

    calls: tuple[ToolCall, ...]
    runs: tuple[RunSummary, ...]


def gemini_cli(session: Plainly) -> bool:
    """A cycle of one to five calls with equal arguments, five times in a row."""
    symbols = [(call.name, call.arguments) for call in session.calls]
    return any(_repeats(symbols, length, _GEMINI_REPEATS) for length in _GEMINI_LENGTHS)


def openhands(session: Plainly) -> bool:
    """Four equal calls with equal results in a row, or two calls in turn over six."""
    symbols = [(call.name, call.arguments, call.result) for call in session.calls]
    return _repeats(symbols, 1, _OPENHANDS_EQUAL) or _repeats(symbols, 2, _OPENHANDS_PING_PONG // 2)


def crush(session: Plainly) -> bool:
    """More than five equal calls with equal results among any ten."""
    symbols = [(call.name, call.arguments, call.result) for call in session.calls]
    windows = (
        symbols[start : start + _CRUSH_WINDOW] for start in range(max(1, len(symbols) - _CRUSH_WINDOW + 1))
    )
    return any(window and max(Counter(window).values()) > _CRUSH_EQUAL for window in windows)


def fail_pass_fail(session: Plainly) -> bool:
    """Some test failed, passed, and failed again, whatever happened in between."""
    stage: dict[str, int] = {}
    for run in session.runs:
        for test, passed in run.outcomes:
            at = stage.get(test, 0)
            stage[test] = at + (passed == _FLIP[at])
            if stage[test] == len(_FLIP):
                return True
    return False


def count_drop(session: Plainly) -> bool:
    """Fewer tests passed than in the run of the same scope before."""
    last: dict[str, int] = {}
    for run in session.runs:
        if run.passed is None:
            continue
        if run.passed < last.get(run.scope, 0):
            return True
        last[run.scope] = run.passed
    return False


def _repeats(symbols: Sequence[tuple[str, ...]], length: int, times: int) -> bool:
    """Whether some stretch of `length` symbols comes `times` times in a row."""
    matched = 0
    for index in range(length, len(symbols)):
        matched = matched + 1 if symbols[index] == symbols[index - length] else 0
        if matched >= length * (times - 1):
            return True
    return False
