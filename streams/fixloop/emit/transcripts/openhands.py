"""Events of OpenHands: a trajectory as one list, an evaluation's lines with a `history`, or a file for each event in a folder `events`.

Both generations are read: actions and observations with `cause` (`run`, `edit`, `write`), and events of the agent SDK with `kind`. An
observation says all that is needed but for files that are written: their text stands in the action.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import STDIN, Source, found
from fixloop.emit.json_fields import Object, listing, mapping, text, whole_number
from fixloop.emit.transcripts.editor_tool import editor_change
from fixloop.emit.transcripts.json_documents import content_id, document, objects
from fixloop.emit.transcripts.moments import moment
from fixloop.emit.transcripts.places import Place, benchmark_repository
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_facts import ShellCall, shell_facts

AGENT: Final = "openhands"
_NUMBERED: Final = re.compile(r"(?:event-)?(\d+)(?:-.*)?")
_SHELL_KINDS: Final = re.compile(r"(ExecuteBash|Terminal)(Action|Observation)")
_EDITOR_KINDS: Final = re.compile(r"(FileEditor|StrReplaceEditor)(Action|Observation)")
_RUNNING: Final = -1
"""The exit code of a command that has not ended."""
_REFUSED: Final = re.compile(r"\s*\[?ERROR")
_MAX_WAITING: Final = 5_000

Event = tuple[str, Object]


def units(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """The files at `paths`; those that hold one event each, together with the others of their folder."""
    folders: dict[Path, list[Source]] = {}
    for path in found(paths, (".json", ".jsonl")):
        source = Source(path)
        single = path != STDIN and _NUMBERED.fullmatch(source.stem) and path.parent.name == "events"
        folders.setdefault(path.parent if single else path, []).append(source)
    return [tuple(sorted(unit, key=_number)) for unit in folders.values()]


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one session, or of each session of an evaluation."""
    first = unit[0]
    if len(unit) > 1 or (first.path.parent.name == "events" and _NUMBERED.fullmatch(first.stem)):
        yield from _session(_single(unit), asked, first.path.parent.parent.name)
    elif first.path.name.removesuffix(".gz").endswith(".jsonl") or first.path == STDIN:
        yield from _lines(first, asked)
    else:
        yield from _document(first, asked)


def _number(source: Source) -> int:
    match = _NUMBERED.fullmatch(source.stem)
    return int(match[1]) if match else 0


def _single(unit: Sequence[Source]) -> Iterator[Event | Unread]:
    for source in unit:
        event = document(source)
        if isinstance(event, dict):
            yield source.name, event
        else:
            yield event if isinstance(event, Unread) else Unread(source.name, "not an event")


def _document(source: Source, asked: Asked) -> Iterator[Fact | Unread]:
    content = document(source)
    if isinstance(content, Unread):
        yield content
        return
    events = content.get("history", content.get("trajectory")) if isinstance(content, dict) else content
    if not isinstance(events, list):
        yield Unread(source.name, "no trajectory of OpenHands: there is no list of events", broken=False)
        return
    outer = content if isinstance(content, dict) else {}
    yield from _of_list(events, outer, source, source.stem, asked)


def _lines(source: Source, asked: Asked) -> Iterator[Fact | Unread]:
    """Lines that are events, or a session each."""
    events: list[Event | Unread] = []
    for item in objects(source):
        if isinstance(item, Unread):
            yield item
        elif isinstance(item[1].get("history"), list):
            name = text(item[1], "instance_id") or item[0]
            yield from _of_list(item[1]["history"], item[1], source, name, asked)
        else:
            events.append(item)
    if events:
        first = next(event for event in events if not isinstance(event, Unread))
        yield from _session(events, asked, f"{source.stem}-{content_id(first[1])}")


def _of_list(
    events: list[Any], outer: Object, source: Source, name: str, asked: Asked
) -> Iterator[Fact | Unread]:
    # Old histories are pairs of action and observation.
    flat = [one for event in events for one in (event if isinstance(event, list) else [event])]
    known: list[Event | Unread] = [
        (f"{source.name}: event {number}", event)
        if isinstance(event, dict)
        else Unread(f"{source.name}: event {number}", "not an event")
        for number, event in enumerate(flat)
    ]
    instance = text(outer, "instance_id") or name
    llm = mapping(mapping(outer, "metadata"), "llm_config")
    session = f"{instance}-{content_id(flat[:1])}"
    yield from _session(known, asked, session, benchmark_repository(instance), text(llm, "model"))


def _session(
    events: Iterable[Event | Unread], asked: Asked, name: str, lineage: str | None = None, model: str = ""
) -> Iterator[Fact | Unread]:
    teller = SessionTeller(
        asked, f"{AGENT}/{name}", AGENT, Place(repository=lineage), {"gen_ai_request_model": model}
    )
    given: dict[str, Object] = {}
    latest: Object = {}
    began = False
    for number, event in enumerate(events):
        if isinstance(event, Unread):
            yield event
            continue
        place, fields = event
        time = moment(fields.get("timestamp"))
        if not began:
            began = True
            yield teller.started(time, **({"isolated": True} if lineage else {}))
        if used := _model(fields):
            teller.who["gen_ai_request_model"] = used
        key = str(fields.get("id", number))
        kind = text(fields, "kind")
        if "observation" in fields and kind in ("", "ObservationEvent"):
            asked_by = fields.get("action_id", fields.get("cause"))
            # An observation that names no cause follows its action.
            action = given.pop(str(asked_by), {}) if asked_by is not None else latest
            latest = {}
            yield from _observed(teller, f"{key}", fields, action, time)
        elif "action" in fields and kind in ("", "ActionEvent"):
            if len(given) >= _MAX_WAITING:
                given.pop(next(iter(given)))
            latest = given[key] = {**_arguments(fields), "_time": fields.get("timestamp")}
        elif not kind:
            yield Unread(place, "an event that is neither action nor observation", broken=False)


def _arguments(fields: Object) -> Object:
    action = fields.get("action")
    return action if isinstance(action, dict) else mapping(fields, "args")


def _observed(
    teller: SessionTeller, key: str, fields: Object, action: Object, time: str | None
) -> Iterator[Fact]:
    observation = fields.get("observation")
    answer = observation if isinstance(observation, dict) else mapping(fields, "extras")
    kind = text(answer, "kind") if isinstance(observation, dict) else str(observation)
    content = _content(answer) if isinstance(observation, dict) else text(fields, "content")
    if kind == "run" or _SHELL_KINDS.fullmatch(kind):
        call = _command(key, answer, action, content, time)
        if call is not None:
            yield from shell_facts(teller, call)
    elif kind in ("edit", "write") or _EDITOR_KINDS.fullmatch(kind):
        if _REFUSED.match(content) or answer.get("is_error") is True or answer.get("error"):
            return
        # `write` names its text `content`.
        given = {"command": "write" if kind == "write" else "", "file_text": action.get("content"), **action}
        change = editor_change("write" if kind == "write" else "str_replace_editor", given, answer)
        fact = teller.edit(key, change, time) if change else None
        if fact is not None:
            yield fact


def _command(key: str, answer: Object, action: Object, content: str, time: str | None) -> ShellCall | None:
    command = text(answer, "command") or text(action, "command")
    told = mapping(answer, "metadata")
    code = next(
        (code for fields in (answer, told) if (code := whole_number(fields.get("exit_code"))) is not None),
        None,
    )
    if not command or action.get("is_input") in (True, "true") or code == _RUNNING:
        return None
    return ShellCall(
        key=key,
        command=command,
        output=content,
        exit_code=code,
        began=moment(action.get("_time")),
        ended=time,
        folder=text(told, "working_dir"),
    )


def _content(answer: Object) -> str:
    if isinstance(answer.get("content"), str):
        return text(answer, "content")
    parts = listing(answer, "content") or listing(answer, "output")
    return "\n".join(text(part, "text") for part in parts if isinstance(part, dict)) or text(answer, "output")


def _model(fields: Object) -> str:
    response = mapping(mapping(fields, "tool_call_metadata"), "model_response")
    return text(response, "model")
