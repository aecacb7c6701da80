"""A command with its output and exit code as a test run, or as none."""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from fixloop.emit.parsed_run import ParsedRun, Result, Totals, counted, status_of
from fixloop_schemas.commands import Called, called, is_test_run, shell
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

if TYPE_CHECKING:
    from fixloop.emit.shell_output.reading import Reading

_PARSERS: Final = (
    "pytest",
    "unittest",
    "sympy",
    "go",
    "vitest",
    "jest",
    "bun",
    "nextest",
    "cargo",
    "maven",
    "gradle",
    "rspec",
    "phpunit",
    "dotnet",
    "mocha",
    "node",
    "tap",
)
"""In the order in which they are asked: what cannot be mistaken comes first."""

_SPOKEN_BY: Final = {
    "pytest": ("pytest",),
    "unittest": ("unittest",),
    "django": ("unittest", "pytest"),
    "sympy": ("sympy",),
    "go": ("go",),
    "gotestsum": ("go",),
    "vitest": ("vitest",),
    "jest": ("jest", "mocha"),
    "bun": ("bun", "jest", "vitest"),
    "mocha": ("mocha", "tap"),
    "node": ("node", "tap"),
    "cargo": ("nextest", "cargo"),
    "maven": ("maven",),
    "gradle": ("gradle",),
    "rspec": ("rspec",),
    "phpunit": ("phpunit",),
    "dotnet": ("dotnet",),
}
"""Runners whose output has one form, or one of these; of any other program, every parser is asked."""

_NO_RUN: Final = frozenset(
    {
        "--version",
        "--help",
        "-h",
        "--collect-only",
        "--co",
        "--setup-plan",
        "--fixtures",
        "--markers",
        "-list",
        "--list",
        "--listTests",
        "--list-tests",
        "--showConfig",
        "--no-run",
        "--dry-run",
    }
)
"""Words with which a runner runs nothing."""

_STOPPED: Final = {
    124: RunStatus.TIMED_OUT,  # `timeout`
    130: RunStatus.ABORTED,
    137: RunStatus.ABORTED,
    143: RunStatus.ABORTED,
}
_STATUS_OF: Final = {0: RunStatus.SUCCESS, 1: RunStatus.FAILURE, **_STOPPED}
_NOT_STARTED: Final = (126, 127)


def parse(command: str, output: str, exit_code: int | None) -> ParsedRun | None:
    """The test run that a command was; None when it ran no tests that can be told.

    Args:
        command: the command line, as the shell got it.
        output: what it printed, standard output and error in one.
        exit_code: the shell's, where the caller knows it.
    """
    call = called(command)
    if call.runner is None or _runs_nothing(command):
        return None
    # What reads outputs is imported behind the question whether there is a run at all: hooks ask it of every command.
    from fixloop.emit.shell_output.reading import MAX_OUTPUT, lines_of
    from fixloop.emit.shell_output.single_test import the_one_asked_for

    reading = _reading(call, lines_of(output))
    if reading is None:
        return _unread(call, exit_code) if call.runner in _SPOKEN_BY else None
    results = (*reading.results, *the_one_asked_for(call, reading))
    status = _status(reading, results, call, exit_code)
    return ParsedRun(
        framework=reading.framework,
        results=results,
        status=status,
        totals=reading.totals,
        runner=call.runner,
        scope=call.scope,
        selectors=call.selectors,
        doubtful=call.doubtful,
        exit_code=exit_code,
        exit_code_reliable=exit_code is not None and call.exit_code_reliable,
        results_complete=len(output) <= MAX_OUTPUT and _all_named(reading.totals, results, call),
        duration=reading.duration,
    )


def _runs_nothing(command: str) -> bool:
    runs = [part.words for part in shell.parts(command) if is_test_run(part.words)]
    return bool(runs) and all(not _NO_RUN.isdisjoint(words) for words in runs)


def _reading(call: Called, lines: list[str]) -> "Reading | None":
    for name in _SPOKEN_BY.get(call.runner or "", _PARSERS):
        if (found := _parser(name)(lines)) is not None:
            return found
    return None


def _parser(name: str) -> "Callable[[list[str]], Reading | None]":
    module = importlib.import_module(f"fixloop.emit.shell_output.{name}")
    return cast("Callable[[list[str]], Reading | None]", module.read)


def _unread(call: Called, exit_code: int | None) -> ParsedRun | None:
    """A runner was called and what it printed went elsewhere, or was cut away: how it ended is all that is known."""
    if exit_code is None or not call.exit_code_reliable or exit_code in _NOT_STARTED:
        return None
    return ParsedRun(
        framework=call.runner or "unknown",
        status=_STATUS_OF.get(exit_code, RunStatus.UNKNOWN),
        runner=call.runner,
        scope=call.scope,
        selectors=call.selectors,
        doubtful=call.doubtful,
        exit_code=exit_code,
        exit_code_reliable=True,
    )


def _status(
    reading: "Reading", results: tuple[Result, ...], call: Called, exit_code: int | None
) -> RunStatus:
    """How the run ended: what stopped it, else what the runner says, else what its exit code does."""
    reliable = exit_code is not None and call.exit_code_reliable
    if exit_code is not None and reliable and (stopped := _STOPPED.get(exit_code)):
        return stopped
    if reading.status is not None:
        return reading.status
    group_failed = any(result.outcome.red and result.level is not Level.CASE for result in results)
    if reading.totals is not None or results:
        said = status_of(reading.totals or counted(results), group_failed=group_failed)
        group_passed = any(not result.outcome.red and result.level is not Level.CASE for result in results)
        if said is RunStatus.SKIPPED and group_passed:
            said = RunStatus.SUCCESS
        return RunStatus.FAILURE if reliable and exit_code and said is RunStatus.SUCCESS else said
    if not reliable:
        return RunStatus.UNKNOWN
    return RunStatus.FAILURE if exit_code else RunStatus.SUCCESS


def _all_named(totals: Totals | None, results: tuple[Result, ...], call: Called) -> bool:
    """Whether it is proven that every test that ran is named: the runner's own count equals the named ones, and nothing was cut."""
    if totals is None or not call.exit_code_reliable:
        return False
    if any(result.level is Level.GROUP and result.outcome is Outcome.ERROR for result in results):
        return False  # the tests of what could not be loaded or built were not counted
    named = sum(result.level is Level.CASE and not result.inferred for result in results)
    return totals.all == named > 0
