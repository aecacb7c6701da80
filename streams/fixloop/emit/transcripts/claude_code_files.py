"""Which files of Claude Code belong together, and their lines in the order of time.

A sub-agent has a file of its own: `<session>/subagents/agent-<id>.jsonl`, in older versions `agent-<id>.jsonl` beside the session's.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fixloop.emit.imported.facts import Unread
from fixloop.emit.imported.sources import STDIN, Source, UnreadableSourceError, found
from fixloop.emit.json_fields import Object, text
from fixloop.emit.transcripts.json_documents import objects

_SUB_AGENT: Final = re.compile(r"agent-[\w\-]+")
_LINES_TO_JUDGE_BY: Final = 50

Item = tuple[str, Object] | Unread


def units_of(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """The sessions at `paths` with their sub-agents, in the order of their first time stamps: a copy comes after what it repeats."""
    sources = [Source(path) for path in found(paths, (".jsonl",))]
    main = {
        _key(source.path.parent, source.stem): [source] for source in sources if not _is_sub_agent(source)
    }
    for source in sources:
        if _is_sub_agent(source):
            main.setdefault(_parent(source), []).append(source)
    ordered = sorted(main.values(), key=lambda unit: (*_age(unit[0]), unit[0].name))
    return [tuple(unit) for unit in ordered]


def in_order(unit: Sequence[Source]) -> Iterator[Item]:
    """The lines of all files of a session, by time; a line without one keeps its place in its file."""
    streams = [_timed(source) for source in unit]
    for _, item in heapq.merge(*streams, key=lambda timed: timed[0]) if len(unit) > 1 else streams[0]:
        yield item


def _timed(source: Source) -> Iterator[tuple[str, Item]]:
    latest = ""
    try:
        for item in objects(source):
            if not isinstance(item, Unread):
                latest = max(latest, text(item[1], "timestamp"))
            yield latest, item
    except UnreadableSourceError as error:
        yield latest, Unread(source.name, f"the rest cannot be read: {error}")


def _is_sub_agent(source: Source) -> bool:
    return source.path != STDIN and _SUB_AGENT.fullmatch(source.stem) is not None


def _parent(source: Source) -> tuple[Path, str]:
    folder = source.path.parent
    if folder.name == "subagents":
        return _key(folder.parent.parent, folder.parent.name)
    for item in _first(source):
        if session := text(item, "sessionId"):
            return _key(folder, session)
    return _key(folder, source.stem)


def _key(folder: Path, stem: str) -> tuple[Path, str]:
    return folder, stem


def _age(source: Source) -> tuple[str, float]:
    if source.path == STDIN:
        return "", 0.0
    first = next((stamp for item in _first(source) if (stamp := text(item, "timestamp"))), "")
    return first, source.path.stat().st_mtime


def _first(source: Source) -> Iterator[Object]:
    """The first lines that can be read."""
    try:
        for number, item in enumerate(objects(source)):
            if number >= _LINES_TO_JUDGE_BY:
                return
            if not isinstance(item, Unread):
                yield item[1]
    except UnreadableSourceError:
        return
