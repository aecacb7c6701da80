"""What one runner's parser makes of an output, before the command and its exit code are taken into account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fixloop.emit.parsed_run import Result, Totals
from fixloop_schemas.failures import Failure, extract
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

MAX_OUTPUT: Final = 4 * 1024 * 1024
"""Characters of an output that are read; of a longer one, the beginning and the end."""
MAX_LINE: Final = 4_000
"""Characters of a line: no runner says more on one, and a pattern need not be tried on a megabyte."""
MAX_RESULTS: Final = 50_000
MAX_ATTEMPTS: Final = 100
_MAX_BLOCK: Final = 400
"""Lines of one failure that are read."""
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x07\n]{0,2000}(?:\x07|\x1b\\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A runner's own account of a run."""

    framework: str
    results: tuple[Result, ...] = ()
    totals: Totals | None = None
    """What its summary counted; None when none was seen."""
    status: RunStatus | None = None
    """Where it says more than the counts do: interrupted, nothing run."""
    duration: float | None = None


@dataclass(slots=True)
class Named:
    """The results of a run by name while its output is read; what is said later of a test is the last word."""

    found: dict[tuple[str, Level], Result] = field(default_factory=dict)
    attempts: dict[str, list[Outcome]] = field(default_factory=dict)

    def say(
        self,
        name: str,
        outcome: Outcome,
        failure: Failure | None = None,
        *,
        level: Level = Level.CASE,
        duration: float | None = None,
    ) -> None:
        """Take in what one line says; what was known of the same test's failure stays when nothing new is."""
        name = name.strip()
        key = (name, level)
        before = self.found.get(key)
        if not name or (before is None and len(self.found) >= MAX_RESULTS):
            return
        if before is not None and before.outcome is outcome:
            failure = failure or before.failure
            duration = before.duration if duration is None else duration
        self.found[key] = Result(name, outcome, level, failure, duration=duration)

    def attempt(self, name: str, outcome: Outcome) -> None:
        """Take in an attempt that was not the last: it is no outcome."""
        if len(self.attempts) < MAX_RESULTS:
            self.attempts.setdefault(name.strip(), []).append(outcome)

    def explain(self, failures: Mapping[str, Failure]) -> None:
        """Put the failures where their tests are red and nothing better is known."""
        for name, failure in failures.items():
            for level in (Level.CASE, Level.GROUP):
                result = self.found.get((name, level))
                if result and result.outcome.red and not (result.failure and result.failure.complete):
                    self.say(name, result.outcome, failure, level=level)

    def results(self) -> tuple[Result, ...]:
        """All of them, in the order in which they were first named."""
        return tuple(self._with_attempts(result) for result in self.found.values())

    def _with_attempts(self, result: Result) -> Result:
        earlier = self.attempts.get(result.name) if result.level is Level.CASE else None
        return replace(result, attempts=(*earlier, result.outcome)[-MAX_ATTEMPTS:]) if earlier else result


def lines_of(output: str) -> list[str]:
    """The output's lines as a person sees them: no colours, of a line that was written over what was last there, none endless."""
    if len(output) > MAX_OUTPUT:
        output = output[: MAX_OUTPUT // 2] + "\n" + output[-MAX_OUTPUT // 2 :]
    bare = _ESCAPES.sub("", output).replace("\r\n", "\n")
    return [line.rpartition("\r")[2][:MAX_LINE] for line in bare.split("\n")]


def failure_in(framework: str, block: list[str]) -> Failure:
    """The failure that a runner printed as these lines."""
    return extract(framework, "\n".join(block[:_MAX_BLOCK]))


def seconds(number: str, unit: str = "s") -> float | None:
    """A duration as runners write it."""
    factor = {"ms": 0.001, "s": 1.0, "m": 60.0, "sec": 1.0}.get(unit)
    try:
        return None if factor is None else float(number.replace(",", "")) * factor
    except ValueError:
        return None
