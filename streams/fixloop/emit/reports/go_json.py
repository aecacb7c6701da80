"""`go test -json`: events of tests and packages.

What came from the cache did not run. What began and did not end has no outcome, or is an error where the program died in it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.parsed_run import ParsedRun, Result, counted, status_of, worst
from fixloop.emit.reports.facts import Content, Reported, facts_of
from fixloop_schemas.failures import Failure, extract
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

_OUTCOMES: Final = {"pass": Outcome.PASS, "fail": Outcome.FAIL, "skip": Outcome.SKIP}
_MAX_OUTPUT: Final = 64 * 1024
_MAX_ATTEMPTS: Final = 100
_DIED: Final = ("panic: ", "fatal error: ", "\npanic: ", "\nfatal error: ")


@dataclass(slots=True)
class _Test:
    verdicts: list[Outcome] = field(default_factory=list)
    """Of this stretch: several with `-count`."""
    earlier: list[Outcome] = field(default_factory=list)
    """Of stretches that the package had before: a tool ran what had failed again."""
    running: bool = False
    output: str = ""
    failure: Failure | None = None
    duration: float | None = None


@dataclass(slots=True)
class _Package:
    tests: dict[str, _Test] = field(default_factory=dict)
    output: str = ""
    verdict: Outcome | None = None
    cached: bool = False
    unbuilt: str | None = None
    duration: float | None = None


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one report."""
    return facts_of(runs(unit), asked)


def runs(unit: Sequence[Source]) -> Iterator[Reported | Unread]:
    """What the reports of one unit tell."""
    for source in unit:
        content = Content()
        lines = (content.taken(line) for _, line in source.lines())
        run = read_lines(lines)
        if run is None:
            yield Unread(source.name, "no output of go test -json")
        else:
            yield Reported(run, content.run_id)


def read_lines(lines: Iterable[bytes]) -> ParsedRun | None:
    """The run that the lines tell of; what is no JSON between them is passed over. None when no line is an event."""
    packages: dict[str, _Package] = {}
    builds: dict[str, str] = {}
    time: str | None = None
    for line in lines:
        event = _event(line)
        if event is None:
            continue
        stamp = event.get("Time")
        time = time or (stamp if isinstance(stamp, str) else None)
        if isinstance(path := event.get("ImportPath"), str):
            builds[path] = (builds.get(path, "") + _text(event, "Output"))[:_MAX_OUTPUT]
            continue
        package = packages.setdefault(_text(event, "Package"), _Package())
        _take(package, event, builds)
    if not packages:
        return None
    results = tuple(result for name, package in packages.items() for result in _results(name, package))
    return _run(packages, results, time)


def _run(packages: Mapping[str, _Package], results: tuple[Result, ...], time: str | None) -> ParsedRun:
    totals = counted(results)
    open_ended = any(package.verdict is None for package in packages.values())
    failed = any(package.verdict is Outcome.FAIL for package in packages.values())
    status = RunStatus.ABORTED if open_ended else status_of(totals, group_failed=failed)
    if status is RunStatus.SKIPPED and any(package.verdict is Outcome.PASS for package in packages.values()):
        status = RunStatus.SUCCESS
    unbuilt = any(package.unbuilt for package in packages.values())
    return ParsedRun(
        framework="go",
        results=results,
        status=status,
        totals=totals,
        results_complete=not open_ended and not unbuilt and totals.all > 0,
        duration=sum(package.duration or 0.0 for package in packages.values()),
        time=time,
    )


def _event(line: bytes) -> Mapping[str, Any] | None:
    if not line.startswith(b"{"):
        return None
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = isinstance(event, dict) and isinstance(event.get("Action"), str)
    return event if known and ("Package" in event or "ImportPath" in event) else None


def _take(package: _Package, event: Mapping[str, Any], builds: Mapping[str, str]) -> None:
    action, name = event["Action"], _text(event, "Test")
    if not name:
        _take_of_package(package, event, builds)
        return
    if package.verdict is not None:
        _again(package)
    test = package.tests.setdefault(name, _Test())
    if action == "run":
        test.running, test.output = True, ""
    elif action == "output":
        test.output = (test.output + _text(event, "Output"))[-_MAX_OUTPUT:]
    elif action in _OUTCOMES:
        test.running = False
        test.verdicts.append(_OUTCOMES[action])
        test.duration = _seconds(event)
        if action == "fail":
            test.failure = extract("go", test.output)


def _take_of_package(package: _Package, event: Mapping[str, Any], builds: Mapping[str, str]) -> None:
    action = event["Action"]
    if action == "start" and package.verdict is not None:
        _again(package)
    elif action == "output":
        said = _text(event, "Output")
        package.cached = package.cached or (said.startswith("ok  ") and "(cached)" in said)
        package.output = (package.output + said)[-_MAX_OUTPUT:]
    elif action in _OUTCOMES:
        package.verdict = _OUTCOMES[action]
        package.duration = _seconds(event)
        build = event.get("FailedBuild")
        if isinstance(build, str):
            package.unbuilt = f"{builds.get(build, '')}\n{package.output}"
        elif "[build failed]" in package.output or "[setup failed]" in package.output:
            package.unbuilt = package.output


def _again(package: _Package) -> None:
    """The package runs once more: what was said of its tests are attempts now."""
    package.verdict, package.cached, package.unbuilt, package.output = None, False, None, ""
    for test in package.tests.values():
        if test.verdicts:
            test.earlier.append(worst(test.verdicts))
        test.verdicts, test.running = [], False


def _results(name: str, package: _Package) -> Iterator[Result]:
    if package.cached:
        return
    alive = [
        test
        for test, one in package.tests.items()
        if one.running and not any(other.startswith(f"{test}/") for other in package.tests)
    ]
    for test, one in package.tests.items():
        dead = package.verdict is Outcome.FAIL and one.running and (alive == [test] or _died(one))
        if result := _result(f"{name}::{test}", one, dead=dead):
            yield result
    if (
        package.verdict is not None
        and package.verdict is not Outcome.SKIP
        and "[no test files]" not in package.output
    ):
        yield _of_package(name, package)


def _result(name: str, test: _Test, *, dead: bool) -> Result | None:
    verdicts = [*test.verdicts, *([Outcome.ERROR] if dead else [])]
    if not verdicts and not test.earlier:
        return None
    outcome = worst(verdicts) if verdicts else test.earlier[-1]
    attempts = (*test.earlier, outcome) if test.earlier and verdicts else tuple(test.earlier)
    failure = extract("go", test.output) if dead else test.failure
    result = Result(name, outcome, failure=failure if outcome.red else None, duration=test.duration)
    return replace(result, attempts=attempts[-_MAX_ATTEMPTS:] if len(attempts) > 1 else ())


def _of_package(name: str, package: _Package) -> Result:
    if package.unbuilt is not None:
        failure = extract("go", package.unbuilt)
        return Result(f"pkg:{name}", Outcome.ERROR, Level.GROUP, failure)
    explained = any(outcome.red for test in package.tests.values() for outcome in test.verdicts)
    outcome = package.verdict or Outcome.ERROR
    said = extract("go", package.output) if outcome.red and not explained else None
    return Result(f"pkg:{name}", outcome, Level.GROUP, said, duration=package.duration)


def _died(test: _Test) -> bool:
    return test.output.startswith(_DIED[:2]) or any(sign in test.output for sign in _DIED[2:])


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _seconds(event: Mapping[str, Any]) -> float | None:
    value = event.get("Elapsed")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
