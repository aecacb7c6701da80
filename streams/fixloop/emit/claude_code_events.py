"""A hook call of Claude Code as drafts of events. Reads the edited file where the call does not quote it; writes nothing.

Field names are those of Claude Code's hook input (`tool_input`, `tool_response`, ...). What is absent or of another shape is taken as
not known: the hook of a newer version must never fail here. Outcomes of test commands are not read from the shell: the test runner
itself is the one source of outcomes.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fixloop.emit.changes import Stretch, change_data, stretches_between, stretches_of_patch
from fixloop.emit.claude_code_texts import texts_of
from fixloop.emit.events import (
    COMMIT_CREATED,
    EDIT_APPLIED,
    MAX_NAME,
    SESSION_ENDED,
    SESSION_STARTED,
    WORKSPACE_RESTORED,
    Draft,
    text,
)
from fixloop_schemas.digest import Digester
from fixloop_schemas.path_role import path_role

if TYPE_CHECKING:
    from fixloop.emit.shell_restores import ShellRestore

SOURCE: Final = "/agent/claude-code"
EDIT_TOOLS: Final = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})
_START_REASONS: Final = frozenset({"startup", "resume", "clear", "compact", "fork"})
_END_REASONS: Final = {"clear": "clear", "logout": "logout", "prompt_input_exit": "exit"}
_AGENT: Final = ("gen_ai_agent_name", "gen_ai_provider_name")
_MAX_RESTORED: Final = 1_000
_MAX_FILE: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HookCall:
    """What the hook was told, and where it runs."""

    fields: Mapping[str, Any]
    session_id: str
    root: Path
    """The working copy's root: paths are relative to it."""
    digester: Digester
    attribution: Mapping[str, str]

    def text(self, name: str) -> str:
        """A field that should be a text; empty when it is not."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A field that should be an object; empty when it is not."""
        value = self.fields.get(name)
        return value if isinstance(value, dict) else {}

    def draft(self, event_type: str, data: Mapping[str, Any], model: str = "") -> Draft:
        """A draft by this agent, or by the sub-agent that called."""
        agent = {"gen_ai_agent_id": text(agent_id)} if (agent_id := self.text("agent_id")) else {}
        attribution = {**self.attribution, **agent}
        return Draft(self.session_id, event_type, SOURCE, data, attribution, self.remembered(model))

    def remembered(self, model: str) -> dict[str, str]:
        """What the session's other events, such as its test runs, should carry too."""
        agent = {name: self.attribution[name] for name in _AGENT if name in self.attribution}
        return {**agent, "gen_ai_request_model": model} if model else agent


def drafts_of(call: HookCall) -> tuple[Draft, ...]:
    """The events that the call amounts to; most amount to none."""
    match call.text("hook_event_name"):
        case "SessionStart":
            reason = call.text("source")
            data = {"reason": reason if reason in _START_REASONS else "unknown"}
            return (call.draft(SESSION_STARTED, data, call.text("model")),)
        case "SessionEnd":
            return (call.draft(SESSION_ENDED, {"reason": _END_REASONS.get(call.text("reason"), "unknown")}),)
        case "PostToolUse" if call.text("tool_name") in EDIT_TOOLS:
            return _edit(call)
        case "PostToolUse" | "PostToolUseFailure" if call.text("tool_name") == "Bash":
            return (*_restores(call), *_commits(call))
    return ()


def path_of(call: HookCall) -> str:
    """The edited file: relative to the working copy, or absolute where it lies outside; POSIX form."""
    given = call.mapping("tool_input").get("file_path") or call.mapping("tool_input").get("notebook_path")
    if not isinstance(given, str) or not given:
        return ""
    return _relative(call, given)


def model_switch(call: HookCall) -> dict[str, str]:
    """What to remember from now on when the call says that another model goes on."""
    if call.text("hook_event_name") != "PostModelSwitch" or not call.text("to_model"):
        return {}
    return call.remembered(call.text("to_model"))


def _edit(call: HookCall) -> tuple[Draft, ...]:
    response, path = call.mapping("tool_response"), path_of(call)
    if not path or response.get("staged") is True or response.get("error"):
        return ()
    texts = texts_of(call.text("tool_name"), call.mapping("tool_input"), response)
    after = texts.after if texts.after is not None else _on_disk(call.root / path)
    if texts.before is not None and texts.before == after:
        return ()
    data: dict[str, Any] = {
        "path": call.digester.path(path),
        "path_role": str(path_role(path)),
        "change": "created" if texts.created else "modified",
        "origin": "agent",
        "gen_ai_tool_name": call.text("tool_name"),
    }
    if response.get("userModified") is True:
        data["user_modified"] = True  # a person changed what the agent proposed, and it was applied so
    before = "" if texts.created else texts.before
    stretches = _stretches(response.get("structuredPatch"), before, after, texts.fragments)
    data |= change_data(call.digester, stretches, before=texts.before, after=after, fragments=texts.fragments)
    return (call.draft(EDIT_APPLIED, data),)


def _stretches(
    patch: Any, before: str | None, after: str | None, fragments: tuple[str, str] | None
) -> tuple[Stretch, ...]:
    if isinstance(patch, list) and patch and all(isinstance(hunk, dict) for hunk in patch):
        return stretches_of_patch(patch)
    if before is not None and after is not None:
        return stretches_between(before, after)
    return stretches_between(*fragments) if fragments else ()


def _restores(call: HookCall) -> tuple[Draft, ...]:
    command = call.mapping("tool_input").get("command")
    if not isinstance(command, str) or "git" not in command:
        return ()
    folder = Path(call.text("cwd") or call.root)
    failed = call.text("hook_event_name") == "PostToolUseFailure"
    # Of a failed command only the last part is sure to be in doubt: what stands before it was done.
    from fixloop.emit.shell_restores import (
        restores_in,  # most calls are no commands, and none of them waits for it
    )

    restores = restores_in(command, lambda path: (folder / path).is_file())
    done = [restore for restore in restores if not (failed and restore.last)]
    return tuple(call.draft(WORKSPACE_RESTORED, _restored(call, folder, restore)) for restore in done)


def _restored(call: HookCall, folder: Path, restore: "ShellRestore") -> dict[str, Any]:
    if not restore.paths:
        return {"operation": restore.operation, "everything": True}
    paths = []
    for given in restore.paths[:_MAX_RESTORED]:
        path = _relative(call, str(folder / given))
        content = _on_disk(call.root / path)
        entry = {"path": call.digester.path(path), "path_role": str(path_role(path))}
        paths.append(
            entry if content is None else {**entry, "file_digest_after": call.digester.text(content)}
        )
    return {"operation": restore.operation, "paths": paths}


def _commits(call: HookCall) -> tuple[Draft, ...]:
    operation = call.mapping("tool_response").get("gitOperation")
    commit = operation.get("commit") if isinstance(operation, dict) else None
    revision = commit.get("sha") if isinstance(commit, dict) else None
    if not isinstance(revision, str) or not revision:
        return ()
    return (call.draft(COMMIT_CREATED, {"revision": revision[:MAX_NAME]}),)


def _relative(call: HookCall, given: str) -> str:
    path = Path(os.path.normpath(Path(call.text("cwd") or call.root) / given))
    for candidate in (path, path.resolve()):
        if candidate.is_relative_to(call.root):
            return candidate.relative_to(call.root).as_posix()
    return path.as_posix()


def _on_disk(path: Path) -> str | None:
    try:
        if path.stat().st_size > _MAX_FILE:
            return None
        return path.read_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    except OSError:
        return None
