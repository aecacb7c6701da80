"""Passes that a run shows without naming them: a test that was red and is not among the failures of a later run that had to run it.

Runners name their failures and count what passed. A pass is deduced where the later run counted as many failures as it named, something
passed, it was not cut short, and it was called as a run in which the test was red, or for everything that such a run was called for.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from fixloop.emit.parsed_run import ParsedRun, Result
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope

_MAX_REMEMBERED: Final = 5_000
_Calling = tuple[str, tuple[str, ...], Scope]


@dataclass(slots=True)
class InferredPasses:
    """The tests that were red when they were last seen, with how the run was called that showed it."""

    red: dict[tuple[str, str], _Calling] = field(default_factory=dict)

    def completed(self, run: ParsedRun, command: str) -> ParsedRun:
        """The run with the passes that it shows; what is red in it is remembered."""
        calling = (run.runner or command, run.selectors, run.scope)
        named = {result.name for result in run.results if result.level is Level.CASE}
        passes = tuple(
            Result(name, Outcome.PASS, inferred=True)
            for (framework, name), then in self.red.items()
            if framework == run.framework and name not in named and _covers(calling, then, name)
        )
        if not _says_what_failed(run):
            passes = ()
        found = replace(run, results=(*run.results, *passes)) if passes else run
        self._remember(found, calling)
        return found

    def _remember(self, run: ParsedRun, calling: _Calling) -> None:
        for result in run.results:
            if result.level is not Level.CASE:
                continue
            key = (run.framework, result.name)
            self.red.pop(key, None)
            if result.outcome.red:
                self.red[key] = calling
        while len(self.red) > _MAX_REMEMBERED:
            self.red.pop(next(iter(self.red)))


def _says_what_failed(run: ParsedRun) -> bool:
    if (
        run.totals is None
        or not run.totals.passed
        or run.status not in (RunStatus.SUCCESS, RunStatus.FAILURE)
    ):
        return False
    red = [result for result in run.results if result.outcome.red]
    named = sum(result.level is Level.CASE for result in red)
    return named == len(red) == run.totals.failed + run.totals.errors


def _covers(calling: _Calling, then: _Calling, name: str) -> bool:
    """Whether a run that was called so had to run a test that ran when it was called as `then`."""
    if calling == then:
        return True
    if calling[0] != then[0]:
        return False
    if calling[2] is Scope.ALL:
        return True
    file = name.partition("::")[0]
    return any(selector in (name, file) for selector in calling[1])
