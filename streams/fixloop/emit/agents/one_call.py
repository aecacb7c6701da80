"""One call of an agent's hook, from the standard input into the spool."""

import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Final

from fixloop.emit.agents.hook_call import HookCall
from fixloop.emit.agents.telling import Telling, tell
from fixloop.emit.emit_log import note_for
from fixloop.emit.emitter import Emitter
from fixloop.emit.git.working_copy import root_around
from fixloop.emit.json_fields import Object

MAX_INPUT: Final = 64 * 1024 * 1024
LIMIT_SECONDS: Final = 0.9
"""For so long an agent waits at most, whatever happens."""
READING_SECONDS: Final = 10.0
"""For so long what a command printed is read, or the working copy looked at, when the agent does not wait any more."""


def listen(host: str, adapter: str, stream: BinaryIO, environment: Mapping[str, str]) -> None:
    """Take one call and write what it amounts to. Never raises; ends the process when it takes too long.

    Args:
        host: whose hook calls, as `fixloop-hook` names it.
        adapter: the module of this package that reads its calls.
        stream: the call, a JSON object.
        environment: the process's.
    """
    what = f"{host} hook"

    def aside(work: Callable[[], None]) -> None:
        _leave_to_a_child(lambda: _quietly(work, what, environment))

    _in_time(lambda: record(adapter, stream, environment, aside), what, environment)


def look(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Take one call of git's hooks. Never raises; ends the process when it takes too long.

    Args:
        arguments: the hook's name, and what git gave it.
        environment: the process's.
    """

    def hear() -> None:
        from fixloop.emit.git.hook import heard

        if arguments:
            heard(arguments[0], environment, Path.cwd())

    _in_time(hear, "git hook", environment)


def record(
    adapter: str,
    stream: BinaryIO,
    environment: Mapping[str, str],
    aside: Callable[[Callable[[], None]], None] = lambda work: work(),
) -> None:
    """Write what one hook call amounts to into the spool.

    Args:
        adapter: the module of this package that reads the call.
        stream: the call.
        environment: the process's.
        aside: does what takes longer, so that the agent need not wait for it.

    Raises:
        OSError: the input or the spool cannot be used.
        TypeError, ValueError: the input is no JSON object.
        UsageError: the settings cannot be read.
    """
    fields = json.loads(stream.read(MAX_INPUT))
    if not isinstance(fields, dict):
        raise TypeError("a hook's input is a JSON object")
    module = import_module(f"fixloop.emit.agents.{adapter}")
    read: Callable[[Object, Mapping[str, str]], HookCall] = module.read
    call, agent = read(fields, environment), module.AGENT
    if call.says_nothing:
        return
    emitter = Emitter.here(
        environment,
        _place(call),
        agent=agent,
        told=call.session or None,
        sub_agent=call.sub_agent or None,
    )
    if emitter is None:
        return
    telling = Telling(emitter, call, f"/agent/{agent}")
    tell(telling)
    if call.ended and emitter.copy and emitter.copy.git:
        from fixloop.emit.session.markers import unmark  # a session ends once

        unmark(emitter.copy.git, call.session)
    if call.started:
        aside(lambda: _remember(emitter))
    if call.command is None:
        return
    if call.command.may_be_tests:
        aside(lambda: _look_closer(telling))
    else:
        emitter.notice_moves()


def _remember(emitter: Emitter) -> None:
    """How the files are before the agent begins: what is changed without its tools is found later by what differs."""
    from fixloop.emit.git.catch_up import remember

    remember(emitter, budget_seconds=READING_SECONDS)


def _look_closer(telling: Telling) -> None:
    from fixloop.emit.agents.shell_runs import tell_run  # it knows every runner's output

    telling.emitter.notice_moves()
    command = telling.call.command
    if command is not None and command.task:
        from fixloop.emit.agents.background import begun

        line, folder = begun(command) or ("", "")
        telling.call = telling.call._replace(folder=folder or telling.call.folder)
        command = command._replace(line=line)
    if command is not None and command.line and command.may_be_tests:
        tell_run(telling, command)


def _in_time(work: Callable[[], None], what: str, environment: Mapping[str, str]) -> None:
    """Do the work quietly; the process ends when it takes too long."""
    _give_up_after(LIMIT_SECONDS)
    _quietly(work, what, environment)
    _give_up_after(0)


def _quietly(work: Callable[[], None], what: str, environment: Mapping[str, str]) -> None:
    """Do the work, with what goes wrong in the log."""
    try:
        work()
    except Exception as error:
        note_for(environment, what, error)


def _leave_to_a_child(work: Callable[[], None]) -> None:
    """Do the work in a process of its own that outlives this one; here, where there can be none."""
    if not hasattr(os, "fork"):
        work()
        return
    if os.fork():
        return
    try:
        os.setsid()  # an agent ends its hook's whole group
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):  # an agent may wait until its hook's output is closed
            os.dup2(nothing, stream)
        _give_up_after(READING_SECONDS)
        work()
    finally:
        os._exit(0)


def _place(call: HookCall) -> Path:
    """The working copy of the edited file, else of the agent's folder, else of its project; else one of these folders."""
    edited = Path(call.folder, call.changes[0].path).parent if call.changes else None
    for candidate in (edited, call.folder, call.project):
        if candidate and (root := root_around(Path(candidate))):
            return root
    return Path(call.project or call.folder or ".").resolve()


def _give_up_after(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _give_up)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)
