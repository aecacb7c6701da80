"""Trajectories of SWE-agent: `<instance>.traj`, one JSON document with steps of action and observation, without times and exit codes.

An action is a shell command, or one of the agent's own tools: `str_replace_editor`, and of older versions `create`, `edit` and `insert` on
the open file.
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fixloop.emit.changes import Stretch
from fixloop.emit.file_change import FileChange
from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.json_fields import Object, mapping, text
from fixloop.emit.transcripts.editor_tool import editor_change
from fixloop.emit.transcripts.json_documents import content_id, document
from fixloop.emit.transcripts.places import Place, benchmark_repository
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_facts import ShellCall, shell_facts

AGENT: Final = "swe-agent"
_REFUSED: Final = re.compile(
    r"\s*(ERROR|No replacement was performed|Invalid|Your (proposed )?edit (has introduced|was not applied)|Error|Parameter|Text not found"
    r"|The path .* (does not exist|is not)|File already exists|usage:)"
)
_WINDOWED: Final = re.compile(
    r"(?P<tool>edit|insert)\b[^\n]*\n(?P<text>.*?)(?:\n(?:end_of_edit|end_of_insert|EOF))?\s*$", re.DOTALL
)
_OWN_TOOLS: Final = frozenset(
    {
        "open",
        "goto",
        "scroll_down",
        "scroll_up",
        "search_dir",
        "search_file",
        "find_file",
        "submit",
        "filemap",
        "exit_cost",
    }
    | {"exit_format", "exit_context", "skip", "view_image", "click_mouse", "review_on_submit"}
)
_ENDS: Final = {"submitted": "completed"}


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one trajectory."""
    (source,) = unit
    found = document(source)
    if isinstance(found, Unread):
        yield found
    elif isinstance(found, dict) and isinstance(found.get("trajectory"), list):
        yield from _session(found, source, asked)
    else:
        yield Unread(source.name, "no trajectory of SWE-agent: there is no list of steps", broken=False)


def _session(document: Object, source: Source, asked: Asked) -> Iterator[Fact | Unread]:
    steps: list[Any] = document["trajectory"]
    instance = source.stem
    lineage = benchmark_repository(instance)
    model = _model(document)
    name = f"{AGENT}/{model or 'unknown'}/{instance}-{content_id(steps)}"
    info = mapping(document, "info")
    who = {"gen_ai_request_model": model, "gen_ai_agent_version": text(info, "swe_agent_version")}
    teller = SessionTeller(asked, name, AGENT, Place(_root(steps), lineage), who)
    yield teller.started(None, **({"isolated": True} if lineage else {}))
    folder = open_file = ""
    for number, step in enumerate(steps):
        if not isinstance(step, dict) or not isinstance(step.get("action"), str):
            yield Unread(f"{source.name}: step {number}", "a step without an action", broken=False)
            continue
        yield from _step(teller, f"{number}", step, folder, open_file)
        state = _state(step)
        folder, open_file = text(state, "working_dir") or folder, text(state, "open_file") or open_file
    if status := text(info, "exit_status"):
        yield teller.ended(None, _ENDS.get(status, "unknown"))


def _step(teller: SessionTeller, key: str, step: Object, folder: str, open_file: str) -> Iterator[Fact]:
    action, observation = text(step, "action").strip(), text(step, "observation")
    tool = action.split(maxsplit=1)[0] if action else ""
    if not action or tool in _OWN_TOOLS:
        return
    change: FileChange | None = None
    if tool in ("str_replace_editor", "edit_anthropic"):
        change = _editor(action)
    elif tool == "create":
        words = action.split()
        change = FileChange(words[1], "create", "created") if len(words) > 1 else None
    elif (windowed := _WINDOWED.match(action)) or tool in ("edit", "insert"):
        change = _in_window(windowed, tool, _opened_now(step) or open_file)
    else:
        yield from shell_facts(teller, ShellCall(key, action, observation, None, folder=folder))
        return
    fact = teller.edit(key, change, None, folder) if change and not _REFUSED.match(observation) else None
    if fact is not None:
        yield fact


def _in_window(match: "re.Match[str] | None", tool: str, open_file: str) -> FileChange | None:
    """`edit 12:14` with the new lines behind it: which lines go is not said in a way that is sure."""
    if not open_file or open_file == "n/a":
        return None
    added = match["text"].splitlines() if match else []
    return FileChange(
        open_file, tool, stretches=(Stretch((), tuple(added)),) if added and tool == "insert" else ()
    )


def _editor(action: str) -> FileChange | None:
    try:
        words = shlex.split(action)
    except ValueError:
        return None
    if len(words) < 3:
        return None
    given: dict[str, str] = {"command": words[1], "path": words[2]}
    rest = iter(words[3:])
    for word in rest:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            given[name] = value if equals else next(rest, "")
    return editor_change(words[0], given)


def _opened_now(step: Object) -> str:
    return text(_state(step), "open_file")


def _state(step: Object) -> Object:
    state = step.get("state")
    if isinstance(state, str):
        try:
            state = json.loads(state)
        except (ValueError, RecursionError):
            return {}
    return state if isinstance(state, dict) else {}


def _root(steps: Sequence[Any]) -> str:
    """The folder that the first step was in, or a folder above the files: the image's root of the repository."""
    for step in steps:
        if isinstance(step, dict) and (folder := text(_state(step), "working_dir")):
            return folder
    return ""


def _model(document: Object) -> str:
    replay = document.get("replay_config")
    try:
        config = json.loads(replay) if isinstance(replay, str) else replay
    except (ValueError, RecursionError):
        return ""
    agent = mapping(config, "agent") if isinstance(config, dict) else {}
    model = mapping(agent, "model")
    return text(model, "name") or text(model, "model_name")
