"""JUnit XML, of whichever writer. A folder of reports is one run, as Maven and Gradle write one file for each class."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source, UnreadableSourceError, found
from fixloop.emit.parsed_run import ParsedRun, Result, counted, status_of, worst
from fixloop.emit.reports.facts import Content, Reported, facts_of
from fixloop.emit.reports.junit_dialects import Dialect, dialect_of
from fixloop.emit.reports.junit_failures import failure_of
from fixloop.emit.reports.xml import BrokenXmlError, Element, Record, UnsafeXmlError, records
from fixloop_schemas.vocabulary import Level, Outcome

_FLAKY: Final = {"flakyFailure": Outcome.FAIL, "flakyError": Outcome.ERROR}
_RERUN: Final = {"rerunFailure": Outcome.FAIL, "rerunError": Outcome.ERROR}
_NOT_RUN: Final = frozenset({"notrun", "disabled", "skipped", "ignored"})
_WHOLE: Final = frozenset(
    {"initializationError", "executionError", "classMethod", "TestMain", "[build failed]", "[setup failed]"}
)
"""Names under which writers put what went wrong outside of any test."""
_MAX_ATTEMPTS: Final = 100
_MAX_SECONDS: Final = 1e9


def units(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """Each path is one run: a file, or all reports of a folder."""
    return [tuple(Source(file) for file in found([path], (".xml",))) for path in paths]


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one run."""
    return facts_of(runs(unit), asked)


def runs(unit: Sequence[Source]) -> Iterator[Reported | Unread]:
    """What the reports of one unit tell."""
    reading, content, whole = Reading(), Content(), True
    for source in unit:
        own = Reading()
        try:
            own.take(content.taken(chunk) for chunk in source.chunks())
        except (BrokenXmlError, UnsafeXmlError, UnreadableSourceError) as error:
            whole = False
            yield Unread(source.name, str(error))
        else:
            if not own.any:
                yield Unread(source.name, "no report of tests", broken=False)
            reading.add(own)
    run = reading.run(whole=whole)
    if run is not None:
        yield Reported(run, content.run_id)


@dataclass(slots=True)
class _Case:
    """The records of one name, in order."""

    dialect: Dialect
    results: list[Result] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """The records of a run's reports."""

    cases: dict[tuple[str, Level], _Case] = field(default_factory=dict)
    any: bool = False
    framework: str = "junit"
    time: str | None = None
    duration: float = 0.0

    def take(self, chunks: Iterable[bytes]) -> None:
        """Read one document.

        Raises:
            BrokenXmlError: it is not well-formed or breaks off.
            UnsafeXmlError: it declares entities or is too deep.
        """
        dialect: Dialect | None = None
        suites: set[int] = set()
        for record in records(chunks, ("testcase",)):
            if dialect is None:
                dialect = dialect_of(record)
                self.framework = dialect.framework
            self.any = True
            for suite in record.around:
                self._about(suite, seen=id(suite) in suites)
                suites.add(id(suite))
            self._say(dialect, _result(dialect, record))

    def add(self, other: "Reading") -> None:
        """Take over what another document of the same run said."""
        for key, case in other.cases.items():
            self.cases.setdefault(key, _Case(case.dialect)).results += case.results
        if other.any:
            self.framework, self.any = other.framework, True
        self.time = min((time for time in (self.time, other.time) if time), default=None)
        self.duration += other.duration

    def run(self, *, whole: bool) -> ParsedRun | None:
        """The run; None when there was nothing in it."""
        if not self.any:
            return None
        results = tuple(_collapsed(case) for case in self.cases.values())
        totals = counted(results)
        red_group = any(result.level is Level.GROUP and result.outcome.red for result in results)
        return ParsedRun(
            framework=self.framework,
            results=results,
            status=status_of(totals, group_failed=red_group),
            totals=totals,
            results_complete=whole,
            duration=self.duration,
            time=self.time,
        )

    def _about(self, suite: Element, *, seen: bool) -> None:
        if seen or suite.tag != "testsuite":
            return
        stamp = suite.attributes.get("timestamp")
        self.time = min((time for time in (self.time, stamp) if time), default=None)

    def _say(self, dialect: Dialect, result: Result) -> None:
        key = (result.name, result.level)
        self.cases.setdefault(key, _Case(dialect)).results.append(result)
        self.duration += result.duration or 0.0


def _result(dialect: Dialect, record: Record) -> Result:
    case = record.element
    name, level = _name(dialect, record)
    bad = case.first("failure", "error")
    flaky = [outcome for tag, outcome in _FLAKY.items() for _ in case.all(tag)]
    rerun = [_RERUN[child.tag] for child in case.children if child.tag in _RERUN]
    attempts: list[Outcome] = []
    if bad is not None:
        outcome = Outcome.ERROR if bad.tag == "error" else Outcome.FAIL
        attempts = [outcome, *rerun] if rerun else []
    elif rerun and not flaky:  # a writer that leaves out the first failure
        outcome, bad, attempts = rerun[-1], case.first(*_RERUN), rerun if len(rerun) > 1 else []
    elif case.first("skipped") is not None or case.attributes.get("status", "").lower() in _NOT_RUN:
        outcome = Outcome.SKIP
    else:
        outcome, attempts = Outcome.PASS, [*flaky, Outcome.PASS] if flaky else []
    if level is Level.GROUP and outcome is Outcome.FAIL:
        outcome = Outcome.ERROR
    return Result(
        name,
        outcome,
        level,
        failure_of(dialect, case, bad) if outcome.red and bad is not None else None,
        duration=_seconds(case.attributes.get("time")),
        attempts=tuple(attempts[-_MAX_ATTEMPTS:]),
    )


def _name(dialect: Dialect, record: Record) -> tuple[str, Level]:
    """The test's name, or what went wrong outside of any."""
    case = record.element.attributes
    owner, name = case.get("classname", "").strip(), case.get("name", "").strip()
    if dialect.framework == "go" and name in _WHOLE:
        return f"pkg:{owner}", Level.GROUP
    if dialect.framework == "pytest" and not owner:
        return dialect.name(record).strip() or "pytest", Level.GROUP
    if name in ("", owner) and dialect.framework != "jest":
        return owner or name or "suite", Level.GROUP
    if name in _WHOLE or name.endswith("Test suite failed to run"):
        return owner if name in _WHOLE else name, Level.GROUP
    return dialect.name(record).strip(), Level.CASE


def _collapsed(case: _Case) -> Result:
    """One result of several records of one name; an attempt is never the outcome."""
    results = case.results
    if len(results) == 1:
        return results[0]
    if not case.dialect.repeats_are_attempts:
        outcome = worst(result.outcome for result in results)
        return next(result for result in results if result.outcome is outcome)
    last = results[-1]
    earlier = [outcome for result in results[:-1] for outcome in result.attempts or (result.outcome,)]
    if case.dialect.hides_attempts:
        # What runs again had failed, whatever its record looks like.
        earlier = [Outcome.FAIL if outcome is Outcome.PASS else outcome for outcome in earlier]
    attempts = (*earlier, *(last.attempts or (last.outcome,)))
    return replace(last, attempts=attempts[-_MAX_ATTEMPTS:])


def _seconds(text: str | None) -> float | None:
    try:
        number = float((text or "").replace(",", ""))
    except ValueError:
        return None
    return number if 0 <= number < _MAX_SECONDS else None
