"""TRX, as `dotnet test --logger trx` writes it: results first, and who they are of behind them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source, UnreadableSourceError, found
from fixloop.emit.parsed_run import ParsedRun, Result, counted, status_of
from fixloop.emit.reports.facts import Content, Reported, facts_of
from fixloop.emit.reports.xml import BrokenXmlError, Element, Record, UnsafeXmlError, records
from fixloop.emit.shell_output.dotnet import failure_of
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Outcome, RunStatus

_OUTCOMES: Final = {
    "Passed": Outcome.PASS,
    "PassedButRunAborted": Outcome.PASS,
    "Warning": Outcome.PASS,
    "Failed": Outcome.FAIL,
    "Error": Outcome.ERROR,
    "Timeout": Outcome.ERROR,
    "Aborted": Outcome.ERROR,
    "NotExecuted": Outcome.SKIP,
    "Inconclusive": Outcome.SKIP,
    "Pending": Outcome.SKIP,
    "NotRunnable": Outcome.SKIP,
    "Disconnected": Outcome.ERROR,
}
_DURATION: Final = re.compile(r"(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?)")
_MAX_ATTEMPTS: Final = 100
_WANTED: Final = ("UnitTestResult", "UnitTest", "ResultSummary", "Times")


def units(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """Each path is one run: a file, or all reports of a folder (one for each project)."""
    return [tuple(Source(file) for file in found([path], (".trx",))) for path in paths]


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one run."""
    return facts_of(runs(unit), asked)


def runs(unit: Sequence[Source]) -> Iterator[Reported | Unread]:
    """What the reports of one unit tell."""
    reading, content, whole = _Reading(), Content(), True
    for source in unit:
        own = _Reading()
        try:
            for record in records((content.taken(chunk) for chunk in source.chunks()), _WANTED):
                own.take(record)
        except (BrokenXmlError, UnsafeXmlError, UnreadableSourceError) as error:
            whole = False
            yield Unread(source.name, str(error))
        else:
            reading.add(own)
    run = reading.run(whole=whole)
    if run is not None:
        yield Reported(run, content.run_id)


@dataclass(slots=True)
class _Reading:
    """What the documents of a run say."""

    cases: list[Element] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    aborted: bool = False
    time: str | None = None

    def take(self, record: Record) -> None:
        """Take in one record."""
        element = record.element
        if element.tag == "UnitTestResult":
            inner = element.first("InnerResults")
            # The rows of a test with data are tests; the result around them repeats the worst.
            self.cases += inner.all("UnitTestResult") if inner is not None else [element]
        elif element.tag == "UnitTest":
            method = element.first("TestMethod")
            if method is not None:
                owner = method.attributes.get("className", "").partition(",")[0]
                self.classes[element.attributes.get("id", "")] = owner
        elif element.tag == "ResultSummary":
            self.aborted = self.aborted or element.attributes.get("outcome") in (
                "Aborted",
                "Timeout",
                "Error",
            )
        elif element.tag == "Times":
            self.time = self.time or element.attributes.get("start")

    def add(self, other: "_Reading") -> None:
        """Take over what another document of the same run says."""
        self.cases += other.cases
        self.classes.update(other.classes)
        self.aborted = self.aborted or other.aborted
        self.time = min((time for time in (self.time, other.time) if time), default=None)

    def run(self, *, whole: bool) -> ParsedRun | None:
        """The run; None when there was nothing in it."""
        if not self.cases:
            return None
        results = self._results()
        totals = counted(results)
        return ParsedRun(
            framework="dotnet",
            results=results,
            status=RunStatus.ABORTED if self.aborted else status_of(totals),
            totals=totals,
            results_complete=whole and not self.aborted,
            time=self.time,
        )

    def _results(self) -> tuple[Result, ...]:
        """A test that was run again has several results: the one that began last is the word."""
        by_name: dict[str, list[Element]] = {}
        for case in sorted(self.cases, key=lambda case: case.attributes.get("startTime", "")):
            if case.attributes.get("outcome", "Passed") in _OUTCOMES:
                by_name.setdefault(self._name(case), []).append(case)
        return tuple(_result(name, cases) for name, cases in by_name.items())

    def _name(self, case: Element) -> str:
        name = case.attributes.get("testName", "") or "?"
        owner = self.classes.get(case.attributes.get("testId", ""), "")
        return name if not owner or name.startswith(f"{owner}.") else f"{owner}.{name}"


def _result(name: str, cases: list[Element]) -> Result:
    outcomes = [_OUTCOMES[case.attributes.get("outcome", "Passed")] for case in cases]
    last = cases[-1]
    return Result(
        name,
        outcomes[-1],
        failure=_failure(last) if outcomes[-1].red else None,
        duration=_seconds(last.attributes.get("duration", "")),
        attempts=tuple(outcomes[-_MAX_ATTEMPTS:]) if len(outcomes) > 1 else (),
    )


def _failure(case: Element) -> Failure:
    output = case.first("Output")
    info = output.first("ErrorInfo") if output is not None else None
    if info is None:
        return Failure(complete=False)
    message, stack = info.first("Message"), info.first("StackTrace")
    said = message.text if message is not None else ""
    return failure_of(f"{said}\nStack Trace:\n{stack.text}" if stack is not None else said)


def _seconds(text: str) -> float | None:
    took = _DURATION.fullmatch(text)
    return int(took["hours"]) * 3600 + int(took["minutes"]) * 60 + float(took["seconds"]) if took else None
