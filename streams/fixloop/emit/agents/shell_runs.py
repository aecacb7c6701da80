"""The test run that an agent's command was, as far as the agent was shown it: the second source, where no runner told it first.

A runner's own plugin knows more and is nearer. What it wrote since the last command that ran tests is this command's, and then nothing is
added. Hooks of one session may run side by side: what is in doubt is taken as the runner's, so that no outcome is told twice.
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
from fixloop.emit.private_files import make_directory, replace_whole
from fixloop.emit.run_events import run_events
from fixloop.emit.shell.programs import on_one_line, programs
from fixloop.emit.shell_output import parse, script_run
from fixloop.emit.told_names import told_names
from fixloop_schemas.vocabulary import Outcome, Scope

_NAME: Final = "shell-runs.json"
_MAX_TASKS: Final = 64


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the session's commands so far leave for the next one."""

    seen: int
    """Where the session stood after the last command that ran tests."""
    passes: InferredPasses
    """What was red in such commands."""
    tasks: tuple[str, ...] = ()
    """Of the agent, those in the background whose runs are told."""


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
    memory = _load(emitter.folder / _NAME)
    task = command.task
    if task in memory.tasks:
        return  # an agent may ask more than once how it ended
    passes = memory.passes
    # Other commands may have run since one in the background ended: where a runner tells its runs at all, it told this one.
    told = emitter.run_written_since(0 if task else memory.seen)
    calling = emitter.digester.text(command.line)
    # What the runner told is not in these outcomes' memory; a pass is deduced from what a command itself showed before.
    run = _second_hand(passes.completed(run, calling))
    if not told:
        emitter.catch_up()
        events = run_events(
            run,
            f"run-{os.urandom(16).hex()}",
            emitter.digester,
            command=command.line,
            folder=Path(folder) if folder else None,
            root=emitter.root,
        )
        beside = {"background": True} if task else {}
        for event_type, data in events:
            telling.emit(event_type, {**data, **beside} if event_type == RUN_STARTED else dict(data))
    tasks = (*memory.tasks, task)[-_MAX_TASKS:] if task else memory.tasks
    seen = emitter.spool.memory(emitter.session_id).next_seq
    _save(emitter.folder / _NAME, _Memory(seen, passes, tasks))


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
        tasks = tuple(map(str, content.get("tasks", ())))
        return _Memory(int(content["seen"]), InferredPasses(red), tasks)
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return _Memory(0, InferredPasses())


def _save(path: Path, memory: _Memory) -> None:
    red = [
        [framework, name, runner, selectors, scope.value]
        for (framework, name), (runner, selectors, scope) in memory.passes.red.items()
    ]
    told = {"seen": memory.seen, "red": red, "tasks": memory.tasks}
    replace_whole(path, json.dumps(told, separators=(",", ":")).encode("utf-8", "surrogatepass"))
