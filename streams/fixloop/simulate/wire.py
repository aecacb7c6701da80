"""A chronicle as events: what a hook and a reporter would have told of it, and no more."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any, Final

from fixloop.simulate.chronicle import Change, Chronicle, Commits, Entry, FileEdit, Run, RunBegins, Shown
from fixloop.simulate.hunks import trimmed
from fixloop_schemas.digest import Digester
from fixloop_schemas.limits import MAX_HUNKS
from fixloop_schemas.signature import signature
from fixloop_schemas.vocabulary import Change as ChangeOfFile
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope

Data = dict[str, Any]

_DIGESTER: Final = Digester(b"fixloop simulate")
_PREFIX: Final = "dev.fixloop."


@dataclass(slots=True)
class Message:
    """An event without its place in the session."""

    type: str
    source: str
    data: Data
    entry: Entry | None = None
    """What it tells of."""
    shown: tuple[Shown, ...] = field(default=(), repr=False)
    """Of a part of a run: what it shows."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a session's emitters know."""

    agent: str
    framework: str
    runner: str
    capture: str
    """whole, lines, whole_and_lines: see `Profile.captures`."""
    results_per_part: int
    revisions: bool = False
    """Whether they know the commit that is checked out."""

    @property
    def whole_files(self) -> bool:
        """Whether edits tell the digests of whole files."""
        return "whole" in self.capture

    @property
    def lines(self) -> bool:
        """Whether edits tell the hashes of lines."""
        return "lines" in self.capture


def messages(chronicle: Chronicle, wiring: Wiring, rng: Random) -> Iterator[Message]:
    """The session's messages, in its own order, each with the commit that is checked out where that is known."""
    revision = chronicle.revision
    for message in _messages(chronicle, wiring, rng):
        if isinstance(message.entry, Commits):
            revision = message.entry.revision
        if wiring.revisions:
            message.data = {"vcs_ref_head_revision": revision, **message.data}
        yield message


def _messages(chronicle: Chronicle, wiring: Wiring, rng: Random) -> Iterator[Message]:
    agent = f"/agent/{wiring.agent}"
    own = {
        name: True
        for name, holds in (("independent", chronicle.independent), ("isolated", chronicle.isolated))
        if holds
    }
    yield Message("session.started.v1", agent, {"reason": "startup", **own})
    for entry in chronicle.entries:
        match entry:
            case Change():
                yield from _change(entry, wiring, agent)
            case RunBegins():
                yield _begins(entry, wiring)
            case Commits():
                parents = {"parents": [entry.parent]} if wiring.revisions else {}
                yield Message("commit.created.v1", agent, {"revision": entry.revision, **parents}, entry)
            case _:
                yield from _ends(entry, entry.run, wiring, rng)
    yield Message("session.ended.v1", agent, {"reason": "completed"})


def person(name: str) -> str:
    """A person, as events name one."""
    return _DIGESTER.person(name)


def _change(change: Change, wiring: Wiring, source: str) -> Iterator[Message]:
    if change.hidden:
        return
    if change.restore is None:
        for edit in change.edits:
            data = {**_agent(change.agent_id), **_edit(edit, wiring)}
            yield Message("edit.applied.v1", source, data, change)
        return
    paths = [
        {
            "path": _path(edit.path),
            "path_role": edit.role.value,
            **({"file_digest_after": _text(edit.after)} if wiring.whole_files else {}),
        }
        for edit in (() if change.everything else change.edits)
    ]
    data = {"operation": change.restore.value, "everything": change.everything, "paths": paths}
    yield Message("workspace.restored.v1", source, data, change)


def _edit(edit: FileEdit, wiring: Wiring) -> Data:
    kind = ChangeOfFile.CREATED if edit.before is None else ChangeOfFile.MODIFIED
    before = edit.before or ()
    removed, added = trimmed(before, edit.after)
    data: Data = {
        "path": _path(edit.path),
        "path_role": edit.role.value,
        "change": kind.value,
        "origin": "agent",
    }
    if wiring.whole_files:
        if edit.before is not None:
            data["file_digest_before"] = _text(before)
        data["file_digest_after"] = _text(edit.after)
    data |= {"lines_added": len(added), "lines_removed": len(removed)}
    if wiring.lines:
        old, new = _text(removed), _text(added)
        hunk = {"added": _lines(added), "removed": _lines(removed)}
        data["change_digest"] = _DIGESTER.text(f"{old}\0{new}")
        data["hunks"] = [{**hunk, "fragment_digest_before": old, "fragment_digest_after": new}][:MAX_HUNKS]
    return data


def _begins(entry: RunBegins, wiring: Wiring) -> Message:
    run = entry.run
    data: Data = {
        **_agent(run.agent_id),
        "run_id": run.run_id,
        "framework": wiring.framework,
        "command": {"runner": wiring.runner, "selectors": list(run.selectors)},
        "scope": (Scope.SELECTION if run.selectors else Scope.ALL).value,
    }
    if run.tree is not None:
        data["code_state"] = {"tree_digest": _DIGESTER.text(run.tree)}
    return Message("testsuiterun.started.v1", _source(wiring), data, entry)


def _ends(entry: Entry, run: Run, wiring: Wiring, rng: Random) -> Iterator[Message]:
    who = _agent(run.agent_id)
    size = wiring.results_per_part
    results: list[tuple[Shown | None, Data]] = [(shown, _result(shown)) for shown in run.shown]
    results += [(None, _not_loaded(path)) for path in run.unloaded]
    parts = [results[start : start + size] for start in range(0, len(results), size)] or [[]]
    for number, part in enumerate(parts):
        data = {**who, "run_id": run.run_id, "part": number, "results": [result for _, result in part]}
        shown = tuple(each for each, _ in part if each is not None)
        yield Message("testsuiterun.results.v1", _source(wiring), data, entry, shown)
    if not run.crashed:
        yield Message(
            "testsuiterun.finished.v1", _source(wiring), {**who, **_finished(run, len(parts), rng)}, entry
        )


def _finished(run: Run, parts: int, rng: Random) -> Data:
    count = {outcome: sum(shown.outcome is outcome for shown in run.shown) for outcome in Outcome}
    red = count[Outcome.FAIL] + count[Outcome.ERROR] + len(run.unloaded)
    return {
        "run_id": run.run_id,
        "parts": parts,
        "status": (RunStatus.FAILURE if red else RunStatus.SUCCESS).value,
        "totals": {
            "passed": count[Outcome.PASS],
            "failed": count[Outcome.FAIL],
            "errors": count[Outcome.ERROR] + len(run.unloaded),
            "skipped": count[Outcome.SKIP],
        },
        "exit_code": 1 if red else 0,
        "results_complete": not run.unloaded,
        "duration": round(rng.uniform(0.2, 40.0), 3),
    }


def _result(shown: Shown) -> Data:
    data: Data = {"test_case_name": shown.name, "outcome": shown.outcome.value}
    if shown.outcome.red and shown.failure is not None:
        made = signature(
            _DIGESTER, shown.failure.error_type, shown.message, shown.failure.frame, complete=shown.complete
        )
        data["signature"] = {
            "digest": made.digest,
            "version": made.version,
            "complete": made.complete,
            "error_type": made.error_type,
            "frame": made.frame,
        }
    if shown.attempts:
        data["attempts"] = [attempt.value for attempt in shown.attempts]
    return data


def _not_loaded(path: str) -> Data:
    return {"test_case_name": path, "outcome": Outcome.ERROR.value, "level": Level.GROUP.value}


def _agent(agent_id: str | None) -> Data:
    return {"gen_ai_agent_id": agent_id} if agent_id else {}


def _source(wiring: Wiring) -> str:
    return f"/runner/{wiring.framework}"


def _text(lines: tuple[str, ...]) -> str:
    return _DIGESTER.text("\n".join(lines))


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [digest for line in lines for digest in _line(line)]


@lru_cache(maxsize=65_536)
def _line(line: str) -> tuple[str, ...]:
    return _DIGESTER.lines((line,))


@lru_cache(maxsize=4_096)
def _path(path: str) -> str:
    return _DIGESTER.path(path)
