"""The test run that an agent's command was, as far as the agent was shown it: the second source, where no runner told it first.

A runner's own plugin knows more and is nearer. What it wrote since the last command that ran tests is this command's, and then nothing
is added. Commands of one session may run side by side, and both runs be told before the first command's hook comes: a run that counted
the same tests as the command shows, and was nobody's so far, is its run. What is in doubt is taken as the runner's, so that no outcome
is told twice.
"""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fixloop.emit.agents.hook_call import Command
from fixloop.emit.agents.telling import Telling
from fixloop.emit.events import RUN_STARTED
from fixloop.emit.inferred_passes import InferredPasses
from fixloop.emit.parsed_run import ParsedRun
from fixloop.emit.private_files import locked, make_directory, replace_whole
from fixloop.emit.run_events import run_events
from fixloop.emit.shell.programs import on_one_line, programs
from fixloop.emit.shell_output import parse, script_run
from fixloop.emit.spool.session_file import COUNTS
from fixloop.emit.told_names import told_names
from fixloop_schemas.vocabulary import Outcome, Scope

_NAME: Final = "shell-runs.json"
_MAX_TASKS: Final = 64
_LOCK_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 3.0
"""Nobody waits for the process that reads what a command printed."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the session's commands so far leave for the next one."""

    seen: int
    """Where the session stood after the last command that ran tests."""
    passes: InferredPasses
    """What was red in such commands."""
    tasks: tuple[str, ...] = ()
    """Of the agent, those in the background whose runs are told."""
    runs: tuple[str, ...] = ()
    """Of runners, those that some command was."""


def tell_run(telling: Telling, command: Command) -> None:
    """Write the run that the command was, if it was one and no runner wrote it.

    Raises:
        OSError: the session's files cannot be read.
    """
    emitter, folder = telling.emitter, telling.call.folder
    line = on_one_line(programs(command.line))
    run = parse(line, command.output, command.exit_code) or script_run(line, command.exit_code, telling.path)
    if run is None:
        return
    run = told_names(run, Path(folder) if folder else None, emitter.root, emitter.digester)
    make_directory(emitter.folder)
    with locked(
        emitter.folder / f"{_NAME}.lock", _LOCK_SECONDS
    ):  # hooks of commands side by side share what is remembered
        memory = _load(emitter.folder / _NAME)
        if command.task not in memory.tasks:  # an agent may ask more than once how it ended
            _save(emitter.folder / _NAME, _told(telling, command, run, memory))


def _told(telling: Telling, command: Command, run: ParsedRun, memory: _Memory) -> _Memory:
    """Write the run unless a runner did; what is to be remembered then."""
    emitter, task, known = telling.emitter, command.task, telling.emitter.memory()
    unclaimed = {name: counts for name, counts in known.runs.items() if name not in memory.runs}
    same = next((name for name, counts in unclaimed.items() if counts == _counts(run)), None)
    # Other commands may have run since one in the background ended: where a runner tells its runs at all, it told this one.
    told = same is not None or known.run_seq >= (0 if task else memory.seen)
    claimed = (same,) if same else () if task else tuple(unclaimed)
    passes = memory.passes
    # What the runner told is not in these outcomes' memory; a pass is deduced from what a command itself showed before.
    run = _second_hand(passes.completed(run, emitter.digester.text(command.line)))
    if not told:
        emitter.catch_up(budget_seconds=_LOOK_SECONDS)
        _write(telling, command, run)
    return _Memory(
        seen=emitter.spool.memory(emitter.session_id).next_seq,
        passes=passes,
        tasks=(*memory.tasks, task)[-_MAX_TASKS:] if task else memory.tasks,
        runs=tuple(name for name in (*memory.runs, *claimed) if name in known.runs),
    )


def _write(telling: Telling, command: Command, run: ParsedRun) -> None:
    emitter, folder = telling.emitter, telling.call.folder
    events = run_events(
        run,
        f"run-{os.urandom(16).hex()}",
        emitter.digester,
        command=command.line,
        folder=Path(folder) if folder else None,
        root=emitter.root,
    )
    beside = {"background": True} if command.task else {}
    for event_type, data in events:
        telling.emit(event_type, {**data, **beside} if event_type == RUN_STARTED else dict(data))


def _counts(run: ParsedRun) -> list[int] | None:
    """What the run counted, as the spool remembers it of a runner's; None where it counted nothing."""
    totals = run.totals
    return [getattr(totals, name) for name in COUNTS] if totals and totals.all else None


def _second_hand(run: ParsedRun) -> ParsedRun:
    """The run with its passes at lower confidence: what an agent is shown may be cut, filtered, or of another place than the session's."""
    results = (
        replace(result, inferred=True) if result.outcome is Outcome.PASS else result for result in run.results
    )
    return replace(run, results=tuple(results))


def _load(path: Path) -> _Memory:
    try:
        content: Any = json.loads(path.read_bytes())
        red = {
            (str(framework), str(name)): (str(runner), tuple(map(str, selectors)), Scope(scope))
            for framework, name, runner, selectors, scope in content["red"]
        }
        tasks, runs = (tuple(map(str, content.get(name, ()))) for name in ("tasks", "runs"))
        return _Memory(int(content["seen"]), InferredPasses(red), tasks, runs)
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return _Memory(0, InferredPasses())


def _save(path: Path, memory: _Memory) -> None:
    red = [
        [framework, name, runner, selectors, scope.value]
        for (framework, name), (runner, selectors, scope) in memory.passes.red.items()
    ]
    told = {"seen": memory.seen, "red": red, "tasks": memory.tasks, "runs": memory.runs}
    replace_whole(path, json.dumps(told, separators=(",", ":")).encode("utf-8", "surrogatepass"))
