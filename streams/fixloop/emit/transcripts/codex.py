"""Rollouts of Codex CLI: `~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl`, and what `codex exec --json` prints. One object a line.

Read are `session_meta`, `turn_context`, `response_item` and `event_msg`, each with its `payload`; lines of 2025 without payloads; and
`item.completed`. A command's end is told by an event (`exec_command_end`) or by the call's output, a patch's by `patch_apply_end` or by its
output: what comes first counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fixloop.emit.git.working_copy import repository_name
from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.json_fields import Object, mapping, text, whole_number
from fixloop.emit.patches import envelope_changes
from fixloop.emit.transcripts.codex_calls import arguments_of, called_in_code, command_line, event_changes
from fixloop.emit.transcripts.codex_items import item_facts
from fixloop.emit.transcripts.codex_outputs import Output, output_of
from fixloop.emit.transcripts.json_documents import objects
from fixloop.emit.transcripts.moments import moment
from fixloop.emit.transcripts.places import Place, place_of
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_facts import ShellCall, shell_facts

AGENT: Final = "codex"
_SHELLS: Final = frozenset({"exec_command", "shell", "shell_command", "container.exec", "local_shell"})
_WRAPPED: Final = frozenset({"session_meta", "turn_context", "response_item", "event_msg"})
_BARE: Final = frozenset(
    {
        "function_call",
        "function_call_output",
        "local_shell_call",
        "custom_tool_call",
        "custom_tool_call_output",
    }
)
_QUIET: Final = frozenset(
    {
        "compacted",
        "message",
        "reasoning",
        "thread.started",
        "turn.started",
        "turn.completed",
        "turn.failed",
        "item.started",
    }
    | {"item.updated", "error", "inter_agent_communication", "world_state", "ghost_snapshot"}
)
_MAX_WAITING: Final = 5_000


@dataclass(slots=True)
class _Told:
    """The session, and what of it is still open."""

    teller: SessionTeller
    folder: str = ""
    began: bool = False
    commands: dict[str, ShellCall] = field(default_factory=dict)
    """By the call's id."""
    patches: dict[str, str] = field(default_factory=dict)
    """Envelopes by the call's id."""
    running: dict[str, ShellCall] = field(default_factory=dict)
    """Commands that go on, by the id under which more of their output is asked for."""
    polls: dict[str, str] = field(default_factory=dict)
    """Calls that ask for more of a running command's output."""


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one rollout."""
    (source,) = unit
    told = _Told(SessionTeller(asked, f"{AGENT}/{source.stem}", AGENT, unique=True))
    for item in objects(source):
        if isinstance(item, Unread):
            yield item
            continue
        place, line = item
        kind, time = text(line, "type"), moment(line.get("timestamp"))
        if kind in _WRAPPED and not isinstance(line.get("payload"), dict):
            yield Unread(place, f"a line of type {kind} without a payload", broken=False)
        elif kind == "session_meta" or (not kind and "id" in line and "timestamp" in line):
            yield from _opened(told, mapping(line, "payload") if kind else line, time)
        elif kind in ("thread.started", "turn_context"):
            _context(told, line if kind == "thread.started" else mapping(line, "payload"))
        elif kind in _WRAPPED:
            yield from _said(told, mapping(line, "payload"), time)
        elif kind in _BARE:
            yield from _said(told, line, time)
        elif kind == "item.completed":
            yield from _begin(told, time)
            yield from item_facts(told.teller, mapping(line, "item"), time, told.folder)
        elif kind not in _QUIET and "record_type" not in line:
            yield Unread(place, "a line of an unknown type", broken=False)


def _opened(told: _Told, meta: Object, time: str | None) -> Iterator[Fact]:
    """The session's own description; a second one is that of a session whose history was copied in."""
    if told.began:
        return
    teller = told.teller
    git, folder = mapping(meta, "git"), text(meta, "cwd")
    place = place_of(folder, teller.asked.copy_at(folder))
    teller.session_id = teller.asked.session_id or f"{AGENT}/{text(meta, 'id') or teller.session_id}"
    teller.place = Place(
        root=place.root,
        repository=repository_name(text(git, "repository_url")) or place.repository,
        branch=text(git, "branch") or None,
        revision=text(git, "commit_hash") or None,
    )
    told.folder = folder
    teller.who |= {
        "gen_ai_agent_version": text(meta, "cli_version"),
        "gen_ai_provider_name": text(meta, "model_provider"),
    }
    yield from _begin(told, moment(meta.get("timestamp")) or time)


def _begin(told: _Told, time: str | None) -> Iterator[Fact]:
    if not told.began:
        told.began = True
        yield told.teller.started(time)


def _context(told: _Told, context: Object) -> None:
    if (thread := text(context, "thread_id")) and not told.began:
        told.teller.session_id = told.teller.asked.session_id or f"{AGENT}/{thread}"
    if model := text(context, "model"):
        told.teller.who["gen_ai_request_model"] = model
    told.folder = text(context, "cwd") or told.folder
    if told.folder and not told.teller.place.root:
        told.teller.place = place_of(told.folder, told.teller.asked.copy_at(told.folder))


def _said(told: _Told, payload: Object, time: str | None) -> Iterator[Fact]:
    handler = _HANDLERS.get(text(payload, "type"))
    if handler is not None:
        yield from _begin(told, time)
        yield from handler(told, payload, time)


def _called(told: _Told, payload: Object, time: str | None) -> Iterator[Fact]:
    """`function_call` and `custom_tool_call`: remembered until its end is told."""
    name, call_id = text(payload, "name"), text(payload, "call_id") or text(payload, "id")
    arguments = arguments_of(payload)
    if name in _SHELLS:
        command = arguments.get("cmd", arguments.get("command"))
        _remember(told, call_id, command, text(arguments, "workdir"), time)
    elif name == "exec":
        command, patch = called_in_code(text(payload, "input"))
        _remember(told, call_id, command, "", time)
        if patch:
            told.patches[call_id] = patch
    elif name == "write_stdin":
        told.polls[call_id] = str(arguments.get("session_id", ""))
    elif name == "apply_patch":
        told.patches[call_id] = text(payload, "input") or text(arguments, "input") or text(arguments, "patch")
    yield from ()


def _called_locally(told: _Told, payload: Object, time: str | None) -> Iterator[Fact]:
    action = mapping(payload, "action")
    call_id = text(payload, "call_id") or text(payload, "id")
    _remember(told, call_id, action.get("command"), text(action, "working_directory"), time)
    yield from ()


def _remember(told: _Told, call_id: str, command: Any, folder: str, time: str | None) -> None:
    line = command_line(command)
    if not line or not call_id:
        return
    if len(told.commands) >= _MAX_WAITING:
        told.commands.pop(next(iter(told.commands)))
    told.commands[call_id] = ShellCall(call_id, line, "", None, time, folder=folder or told.folder)


def _ended(told: _Told, payload: Object, time: str | None) -> Iterator[Fact]:
    """`function_call_output` and `custom_tool_call_output`."""
    call_id = text(payload, "call_id")
    output = output_of(payload.get("output"))
    if (envelope := told.patches.pop(call_id, None)) is not None:
        if not output.failed:
            changes = envelope_changes(envelope, "apply_patch")
            yield from told.teller.edits(f"{call_id}:patch", changes, time, told.folder)
    elif (poll := told.polls.pop(call_id, None)) is not None:
        if (going := told.running.pop(poll, None)) is not None:
            yield from _more(told, poll, replace(going, output=f"{going.output}{output.text}"), output, time)
    elif (command := told.commands.pop(call_id, None)) is not None:
        yield from _more(told, output.running or call_id, replace(command, output=output.text), output, time)


def _more(told: _Told, handle: str, call: ShellCall, output: Output, time: str | None) -> Iterator[Fact]:
    if output.running is not None:
        told.running[handle] = replace(call, background=True)
    else:
        yield from shell_facts(told.teller, replace(call, exit_code=output.exit_code, ended=time))


def _executed(told: _Told, payload: Object, time: str | None) -> Iterator[Fact]:
    """`exec_command_end`."""
    call_id = text(payload, "call_id")
    call = told.commands.pop(call_id, None)
    line = call.command if call else command_line(payload.get("command"))
    if not line:
        return
    printed = text(payload, "aggregated_output") or f"{text(payload, 'stdout')}\n{text(payload, 'stderr')}"
    yield from shell_facts(
        told.teller,
        ShellCall(
            key=call_id,
            command=line,
            output=printed,
            exit_code=whole_number(payload.get("exit_code")),
            began=call.began if call else None,
            ended=time,
            folder=text(payload, "cwd") or (call.folder if call else told.folder),
        ),
    )


def _patch_begun(told: _Told, payload: Object, _: str | None) -> Iterator[Fact]:
    """`patch_apply_begin`: in older rollouts the only place that names the files."""
    told.patches.setdefault(text(payload, "call_id"), "")
    yield from ()


def _patch_ended(told: _Told, payload: Object, time: str | None) -> Iterator[Fact]:
    call_id = text(payload, "call_id")
    envelope = told.patches.pop(call_id, "")
    told.commands.pop(call_id, None)  # a patch that was applied through the shell
    if payload.get("success") is False:
        return
    changes = event_changes(mapping(payload, "changes")) or envelope_changes(envelope, "apply_patch")
    yield from told.teller.edits(f"{call_id}:patch", changes, time, told.folder)


_Handler = Callable[[_Told, Object, str | None], Iterator[Fact]]
_HANDLERS: Final[dict[str, _Handler]] = {
    "function_call": _called,
    "custom_tool_call": _called,
    "local_shell_call": _called_locally,
    "function_call_output": _ended,
    "custom_tool_call_output": _ended,
    "local_shell_call_output": _ended,
    "exec_command_end": _executed,
    "patch_apply_begin": _patch_begun,
    "patch_apply_end": _patch_ended,
}
