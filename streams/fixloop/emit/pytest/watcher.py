"""Watches one pytest run and writes what happened into the spool. No hook of it raises, prints, or returns anything."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import pytest

from fixloop.emit.emit_log import note
from fixloop.emit.emitter import Emitter
from fixloop.emit.events import RUN_FINISHED, RUN_RESULTS, RUN_STARTED, text
from fixloop.emit.pytest.cases import ERROR, FAIL, PASS, SKIP, Case, green_test
from fixloop.emit.pytest.parts import Parts
from fixloop.emit.pytest.scope import run_scope

SOURCE: Final = "/runner/pytest"
_STATUS: Final = {0: "success", 1: "failure", 2: "failure", 3: "aborted", 4: "aborted", 5: "skipped"}
_TOTALS: Final = {PASS: "passed", FAIL: "failed", ERROR: "errors", SKIP: "skipped"}
_MAX_TEST_NAME: Final = 1024
_NOTHING: Final[Mapping[str, Any]] = {}
FULL_REPORTS: Final = 600
"""Of some 200 tests."""
FULL_SECONDS: Final = 2.0
"""The most that a crash of a slow run costs."""


class Watcher:
    """A plugin object; one for each run that is watched.

    Reports wait until there are many, or for a moment: to take them in one by one, each time with nothing of it in the processor's
    caches, costs twice as much as all at once. The terminal's reporter keeps them to the end anyway.

    Args:
        config: pytest's configuration.
        emitter: of the session.
        clock: seconds that only grow.
    """

    def __init__(
        self, config: pytest.Config, emitter: Emitter, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.spool_directory = emitter.spool_directory
        self._config = config
        self._emitter = emitter
        self._digester = emitter.digester
        self._root = emitter.root
        rootdir = Path(str(config.rootpath)).resolve()
        self._prefix = "" if rootdir == self._root else rootdir.relative_to(self._root).as_posix() + "/"
        self._run_id = os.urandom(16).hex()
        self._parts = Parts(self._send_part)
        self._reports: list[pytest.TestReport] = []
        self._cases: dict[str, Case] = {}
        self._words: dict[str, str] = {}
        self._aborted = False
        self._clock = clock
        self._began = self._since = clock()

    @classmethod
    def for_run(cls, config: pytest.Config, environment: Mapping[str, str]) -> Self | None:
        """The watcher of the run that `config` describes; None where nothing is to be said."""
        emitter = Emitter.here(environment, Path(str(config.rootpath)))
        if emitter is None:
            return None
        if emitter.copy is not None:
            import fixloop.emit.git.catch_up  # noqa: F401 -- is needed as soon as the session starts, and imports are cheaper here
        return cls(config, emitter)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Say that the run begins."""
        with self._quiet():
            self._emitter.catch_up()
            self._began = self._clock()
            scope = run_scope(self._config, self._root, self._digester)
            arguments = "\0".join(str(argument) for argument in self._config.invocation_params.args)
            command = {
                "runner": "pytest",
                "selectors": [text(selector, _MAX_TEST_NAME) for selector in scope.selectors],
                "digest": self._digester.text(f"pytest\0{arguments}"),
            }
            self._emit(
                RUN_STARTED,
                {
                    "framework": "pytest",
                    "command": command,
                    "scope": "all" if scope.everything else "selection",
                },
            )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be collected is a result of its own: none of its tests has one."""
        with self._quiet():
            if report.failed:
                name = self._name(report.nodeid or ".")
                found = self._signature(report.longrepr)
                self._words[report.nodeid] = ERROR
                self._parts.add(
                    {"test_case_name": name, "outcome": ERROR, "level": "group", "signature": found}
                )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep one phase of one test."""
        self._reports.append(report)
        if len(self._reports) >= FULL_REPORTS or self._clock() - self._since >= FULL_SECONDS:
            self._take_in()

    def pytest_keyboard_interrupt(self) -> None:
        """The run was stopped from outside, or by `pytest.exit`."""
        with self._quiet():
            self._aborted = True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Say what is still to be said, and that the run ended by itself."""
        self._take_in()
        with self._quiet():
            for case in self._cases.values():
                if not case.done:
                    self._add(case)
            self._parts.flush()
            exit_code = int(session.exitstatus)
            words = list(self._words.values())
            self._emit(
                RUN_FINISHED,
                {
                    "parts": self._parts.sent,
                    "status": "aborted" if self._aborted else _STATUS.get(exit_code, "unknown"),
                    "totals": {field: words.count(outcome) for outcome, field in _TOTALS.items()},
                    "exit_code": exit_code,
                    "results_complete": self._parts.complete,
                    "duration": round(self._clock() - self._began, 6),
                },
            )

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """With `--fixloop -v`, one line that says where the run was written."""
        with self._quiet():
            if self._config.getoption("fixloop", default=False) and self._config.getoption("verbose", 0) > 0:
                terminalreporter.write_line(f"fixloop: run recorded in {self.spool_directory}")

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Whatever goes wrong inside is noted in the spool and nowhere else."""
        try:
            yield
        except Exception as error:
            note(self.spool_directory, "pytest plugin", error)

    def _take_in(self) -> None:
        """Take in the reports that wait, and send what they say."""
        reports, self._reports, self._since = self._reports, [], self._clock()
        at = 0
        while at < len(reports):
            try:
                green = green_test(reports, at)
                if green is not None and green[0] not in self._words and green[0] not in self._cases:
                    self._say(green[0], PASS, green[1])
                    at += 3
                    continue
                self._take(reports[at])
            except Exception as error:
                note(self.spool_directory, "pytest plugin", error)
            at += 1
        with self._quiet():
            self._parts.flush()

    def _take(self, report: pytest.TestReport) -> None:
        case = self._cases.get(report.nodeid)
        if case is None:
            # A green test is not kept; when it is repeated, its first word is an attempt.
            earlier = self._words.get(report.nodeid)
            case = self._cases[report.nodeid] = Case(report.nodeid, attempts=(earlier,) if earlier else ())
        case.add(report)
        if case.done:
            self._add(case)
            if case.outcome == PASS and not case.attempts:
                del self._cases[report.nodeid]

    def _add(self, case: Case) -> None:
        verdict = case.verdict()
        if verdict is None or self._words.get(case.nodeid) == verdict[0]:
            return  # nothing known yet, or a repeated test that did what it had done before
        outcome, failure = verdict
        more: dict[str, Any] = {}
        if outcome in (FAIL, ERROR):
            more["signature"] = self._signature(failure, crashed=case.crashed)
        if case.attempts:
            more["attempts"] = case.all_attempts()
        case.failure = None
        self._say(case.nodeid, outcome, case.seconds, more)

    def _say(self, nodeid: str, outcome: str, seconds: float, more: Mapping[str, Any] = _NOTHING) -> None:
        self._words[nodeid] = outcome
        result = {"test_case_name": self._name(nodeid), "outcome": outcome, "duration": round(seconds, 6)}
        self._parts.add({**result, **more} if more else result)

    def _name(self, nodeid: str) -> str:
        name = self._prefix + nodeid
        name = name if name.isascii() else text(name, 1 << 20)
        if len(name) <= _MAX_TEST_NAME:
            return name
        return f"{name[: _MAX_TEST_NAME - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"

    def _signature(self, failure: Any, *, crashed: bool = False) -> dict[str, Any]:
        # A run in which nothing fails does not wait for what reads failures.
        from fixloop.emit.pytest.failures import failure_text
        from fixloop_schemas.failures import Failure

        said = Failure("WorkerCrash") if crashed else failure_text(failure, self._root)
        return self._digester.failure(said.error_type, said.message, said.frame, complete=said.complete)

    def _send_part(self, part: int, results: Sequence[Mapping[str, Any]]) -> bool:
        return self._emit(RUN_RESULTS, {"part": part, "results": list(results)})

    def _emit(self, event_type: str, data: Mapping[str, Any]) -> bool:
        return self._emitter.emit(self._emitter.draft(event_type, SOURCE, {"run_id": self._run_id, **data}))
