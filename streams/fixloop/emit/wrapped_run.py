"""The run that a wrapped command was, written into the spool: from its report, or as far as its exit code tells. Never raises.

A runner with a plugin of its own is the better source: where it wrote a run of its own meanwhile, nothing is added.
"""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fixloop.emit.emit_log import note, note_for
from fixloop.emit.switch import switched_off

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter
    from fixloop.emit.imported.sources import Source
    from fixloop.emit.parsed_run import ParsedRun
    from fixloop_schemas.commands import Called

_HAVE_PLUGINS: Final = frozenset(
    {"pytest", "unittest", "django", "jest", "vitest", "mocha", "node", "bun", "playwright", "tox", "nox"}
)
"""Runners of which a plugin or reporter of ours may write the run: ours is written behind it, if at all."""
_USUAL_PLACES: Final = {
    "maven": ("target/surefire-reports", "target/failsafe-reports"),
    "gradle": ("build/test-results/test",),
}
"""Where runners leave JUnit reports without being asked."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that the command will write."""

    format: str
    path: Path


@dataclass(slots=True)
class WrappedRun:
    """One command, from before it runs until it has ended."""

    words: Sequence[str]
    reports: Sequence[Report]
    folder: Path
    emitter: "Emitter | None" = None
    began_at: float = 0.0
    began: float = 0.0
    first_seq: int = 0
    run_id: str = field(default_factory=lambda: f"run-{os.urandom(16).hex()}")
    said: bool = False
    """That it began is in the spool."""

    def environment(self, environment: Mapping[str, str]) -> Mapping[str, str]:
        """The command's environment: plugins are switched on, unless somebody said otherwise or a report is the source."""
        return environment if "FIXLOOP" in environment or self.reports else {**environment, "FIXLOOP": "1"}

    def before(self, environment: Mapping[str, str]) -> None:
        """Find edits that nobody told, remember where the session stands, and say that a run begins where nobody else will."""
        self.began_at, self.began = time.time(), time.monotonic()
        if switched_off(environment):
            return
        try:
            from fixloop.emit.emitter import Emitter

            self.emitter = Emitter.here(environment, self.folder)
            if self.emitter is None:
                return
            call = self._call()
            runner = call.runner if self._is_runner(call) else None
            if runner is not None:
                self.emitter.catch_up()
            self.first_seq = self.emitter.spool.memory(self.emitter.session_id).next_seq
            if runner is not None and runner not in _HAVE_PLUGINS:
                from fixloop.emit.parsed_run import ParsedRun

                self._emit(_asked_for(ParsedRun(framework=runner), call), began=True)
                self.said = True
        except Exception as error:
            note_for(environment, "fixloop run", error)

    def after(self, environment: Mapping[str, str], exit_code: int, signal: int | None) -> None:
        """Write what the command's report says, or that it ran."""
        if self.emitter is None:
            return
        try:
            if not self.said and self.emitter.memory().run_seq >= self.first_seq:
                return
            call = self._call()
            run = self._reported() or self._unreported(call)
            if run is not None:
                run = _asked_for(self._ended(run, exit_code, signal), call)
                self._emit(run, began=not self.said, ended=True)
        except Exception as error:
            note_for(environment, "fixloop run", error)

    def _call(self) -> "Called":
        from fixloop_schemas.commands import called_words

        return called_words(tuple(self.words))

    def _is_runner(self, call: "Called") -> bool:
        """Whether the program is a test runner, or a report says that it runs some."""
        from fixloop_schemas.commands import RUNNERS

        return bool(self.reports) or call.runner in RUNNERS

    def _reported(self) -> "ParsedRun | None":
        from fixloop.emit.reports.fresh import fresh_reports, read_reports

        asked = [(report.format, self.folder / report.path) for report in self.reports]
        usual = _USUAL_PLACES.get(self._call().runner or "", ())
        places = asked or [
            ("junit", self.folder / place) for place in usual if (self.folder / place).is_dir()
        ]
        told: list[str] = []
        units: list[tuple[str, tuple[Source, ...]]] = []
        for form, path in places:
            sources, stale = fresh_reports(form, path, self.began_at)
            told += stale
            units += [(form, sources)] if sources else []
        run, broken = read_reports(units)
        for reason in (*told, *broken):
            self._say(reason)
        return run

    def _unreported(self, call: "Called") -> "ParsedRun | None":
        from fixloop.emit.parsed_run import ParsedRun
        from fixloop_schemas.commands import RUNNERS

        if not (self.said or self.reports or call.runner in RUNNERS):
            return None
        return ParsedRun(framework=call.runner or "unknown")

    def _ended(self, run: "ParsedRun", exit_code: int, signal: int | None) -> "ParsedRun":
        from fixloop_schemas.vocabulary import RunStatus

        status = run.status
        if signal is not None or exit_code in (130, 143):
            status = RunStatus.ABORTED
        elif status is RunStatus.UNKNOWN:
            status = {0: RunStatus.SUCCESS, 1: RunStatus.FAILURE}.get(exit_code, RunStatus.UNKNOWN)
        elif exit_code and status in (RunStatus.SUCCESS, RunStatus.SKIPPED):
            status = RunStatus.FAILURE
        return replace(
            run,
            status=status,
            results_complete=run.results_complete and status is not RunStatus.ABORTED,
            exit_code=exit_code,
            exit_code_reliable=True,
            duration=time.monotonic() - self.began,
        )

    def _emit(self, run: "ParsedRun", *, began: bool = False, ended: bool = False) -> None:
        from fixloop.emit.events import RUN_STARTED
        from fixloop.emit.reports.facts import named_from
        from fixloop.emit.run_events import run_events

        emitter = self.emitter
        if emitter is None:
            return
        told: Iterable[tuple[str, Mapping[str, object]]] = run_events(
            named_from(run, emitter.root),
            self.run_id,
            emitter.digester,
            command="\0".join(self.words),
            folder=self.folder,
            root=emitter.root,
        )
        for type_, data in told:
            if began if type_ == RUN_STARTED else ended:
                emitter.emit(emitter.draft(type_, f"/runner/{run.runner or run.framework}", data))

    def _say(self, what: str) -> None:
        if self.emitter is not None:
            note(self.emitter.spool_directory, f"fixloop run: {what}")


def _asked_for(run: "ParsedRun", call: "Called") -> "ParsedRun":
    return replace(
        run, runner=call.runner, scope=call.scope, selectors=call.selectors, doubtful=call.doubtful
    )
