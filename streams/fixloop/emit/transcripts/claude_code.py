"""Transcripts of Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`, one object a line, sub-agents in files of their own.

A tool call stands in an `assistant` line and what came of it in a later `user` line, with the structured answer in `toolUseResult`. A
resumed or forked session repeats lines of another one: a tool call's id is the same wherever it stands, so that each is taken once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from fixloop.emit.agents.claude_code import AGENT, EDIT_TOOLS
from fixloop.emit.agents.claude_code_texts import change_of
from fixloop.emit.file_change import FileChange
from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.json_fields import Object, mapping, objects_in, text, whole_number
from fixloop.emit.transcripts.claude_code_files import in_order, units_of
from fixloop.emit.transcripts.moments import moment
from fixloop.emit.transcripts.places import place_of
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_facts import ShellCall, shell_facts

_OUTPUT_TOOLS: Final = frozenset({"BashOutput", "TaskOutput", "AgentOutputTool"})
_QUIET: Final = frozenset(
    {"summary", "file-history-snapshot", "system", "progress", "queue-operation", "attachment", "last-prompt"}
    | {
        "custom-title",
        "ai-title",
        "agent-name",
        "tag",
        "pr-link",
        "mode",
        "permission-mode",
        "worktree-state",
    }
    | {"saved_hook_context", "content-replacement", "speculation-accept", "agent-color", "agent-setting"}
)
"""Types of lines that say nothing of edits and commands."""
_EXIT_CODE: Final = re.compile(r"(?:Error: )?Exit code (-?\d+)\n?")
_ID: Final = re.compile(r"(?:toolu|srvtoolu|call|tooluse)_\w{8,}")
_MAX_WAITING: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Call:
    """A tool call that waits for its answer."""

    key: str
    name: str
    given: Object
    time: str | None
    model: str


@dataclass(slots=True)
class _Told:
    """One session, and what of it is still open."""

    teller: SessionTeller
    waiting: dict[str, _Call] = field(default_factory=dict)
    background: dict[str, ShellCall] = field(default_factory=dict)
    began: bool = False


def units(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """The sessions at `paths`, the oldest first, each with the files of its sub-agents."""
    return units_of(paths)


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one transcript and those of its sub-agents."""
    sessions: dict[str, _Told] = {}
    for item in in_order(unit):
        if isinstance(item, Unread):
            yield item
            continue
        place, line = item
        kind = text(line, "type")
        if kind in ("assistant", "user"):
            if not isinstance(line.get("message"), dict):
                yield Unread(place, f"a line of type {kind} without a message", broken=False)
                continue
            session_id = text(line, "sessionId") or unit[0].stem
            told = sessions.get(session_id) or sessions.setdefault(
                session_id, _opened(line, session_id, asked)
            )
            yield from _said(told, line)
        elif kind not in _QUIET:
            yield Unread(place, "a line of an unknown type", broken=False)


def _opened(line: Object, session_id: str, asked: Asked) -> _Told:
    cwd = text(line, "cwd")
    place = place_of(cwd, asked.copy_at(cwd))
    return _Told(SessionTeller(asked, f"{AGENT}/{session_id}", AGENT, place, unique=True))


def _said(told: _Told, line: Object) -> Iterator[Fact]:
    """What one line tells."""
    teller, time = told.teller, moment(line.get("timestamp"))
    branch = text(line, "gitBranch")
    teller.place = replace(teller.place, branch=branch if branch != "HEAD" else None)
    teller.who |= {"gen_ai_provider_name": "anthropic", "gen_ai_agent_version": text(line, "version")}
    message = mapping(line, "message")
    model = text(message, "model")
    if model and not model.startswith("<"):
        teller.who["gen_ai_request_model"] = model
    if not told.began:
        told.began = True
        yield teller.started(time)
    blocks = objects_in(message, "content")
    for block in blocks:
        if block.get("type") == "tool_use":
            _wait(told, block, line, time, model)
    results = [block for block in blocks if block.get("type") == "tool_result"]
    for number, block in enumerate(results):
        call = told.waiting.pop(text(block, "tool_use_id"), None)
        if call is not None:
            answer = line.get("toolUseResult") if len(results) == 1 else None
            yield from _answered(told, call, block, answer, line, f"{call.key}{number or ''}", time)


def _wait(told: _Told, block: Object, line: Object, time: str | None, model: str) -> None:
    given = text(block, "id")
    # A filter that takes out secrets may have taken out ids.
    key = given if _ID.fullmatch(given) else f"{text(line, 'uuid')}-{given}"
    if len(told.waiting) >= _MAX_WAITING:
        told.waiting.pop(next(iter(told.waiting)))
    told.waiting[given] = _Call(key, text(block, "name"), mapping(block, "input"), time, model)


def _answered(
    told: _Told, call: _Call, block: Object, answer: Any, line: Object, key: str, time: str | None
) -> Iterator[Fact]:
    teller = told.teller
    if call.model and not call.model.startswith("<"):
        teller.who["gen_ai_request_model"] = call.model
    sub_agent = text(line, "agentId") or ("sidechain" if line.get("isSidechain") is True else "")
    failed = block.get("is_error") is True
    structured = answer if isinstance(answer, dict) else {}
    if call.name in EDIT_TOOLS and not failed:
        change = _change(call, structured)
        fact = teller.edit(key, change, time, text(line, "cwd"), sub_agent) if change else None
        if fact is not None:
            yield fact
    elif call.name == "Bash":
        yield from _shell(told, _command(call, block, structured, line, key, time, sub_agent), structured)
    elif call.name in _OUTPUT_TOOLS and not failed:
        yield from _finished(told, call, structured, time)


def _change(call: _Call, answer: Object) -> FileChange | None:
    path = text(call.given, "file_path", "notebook_path") or text(answer, "filePath")
    if "originalFile" not in answer and "originalFileContents" in answer:
        answer = {**answer, "originalFile": answer["originalFileContents"]}
    return change_of(call.name, path, call.given, answer)


def _command(
    call: _Call, block: Object, answer: Object, line: Object, key: str, time: str | None, sub_agent: str
) -> ShellCall:
    output = f"{text(answer, 'stdout')}\n{text(answer, 'stderr')}".strip("\n") if answer else _printed(block)
    exit_code: int | None = 0
    if block.get("is_error") is True:
        found = _EXIT_CODE.match(output)
        exit_code = int(found[1]) if found else None
        output = output[found.end() :] if found else output
    elif answer.get("interrupted") is True or answer.get("returnCodeInterpretation"):
        exit_code = None
    commit = mapping(mapping(answer, "gitOperation"), "commit")
    return ShellCall(
        key=key,
        command=text(call.given, "command"),
        output=output,
        exit_code=exit_code,
        began=call.time,
        ended=time,
        folder=text(line, "cwd"),
        sub_agent=sub_agent,
        background=call.given.get("run_in_background") is True,
        revision=text(commit, "sha") or None,
    )


def _shell(told: _Told, call: ShellCall, answer: Object) -> Iterator[Fact]:
    task = answer.get("backgroundTaskId") or answer.get("shellId")
    if task or call.background:
        # It goes on: what it printed is asked for later.
        if task and len(told.background) < _MAX_WAITING:
            told.background[str(task)] = replace(call, background=True, exit_code=None)
        return
    yield from shell_facts(told.teller, call)


def _finished(told: _Told, call: _Call, answer: Object, time: str | None) -> Iterator[Fact]:
    """A command in the background that ended, as far as its output was asked for."""
    given = next(
        (
            text(call.given, name)
            for name in ("bash_id", "task_id", "shell_id", "agentId")
            if name in call.given
        ),
        "",
    )
    task = mapping(answer, "task") or answer
    if given not in told.background or text(task, "status") not in ("completed", "failed", "killed"):
        return
    output = text(task, "output") or f"{text(task, 'stdout')}\n{text(task, 'stderr')}"
    code = whole_number(task.get("exitCode"))
    began = told.background.pop(given)
    yield from shell_facts(told.teller, replace(began, output=output, exit_code=code, ended=time))


def _printed(block: Object) -> str:
    """The text that the agent was shown."""
    content = block.get("content")
    if isinstance(content, list):
        return "\n".join(text(part, "text") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
