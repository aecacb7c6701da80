"""Markers in the git directory: which agent works in this working copy, for hosts that tell their hooks a session and their shells none.

The agent's hook writes one small file for each session, `GITDIR/fixloop/<digest of the session>.json`, with the number of the agent's
process. Who reads it takes it only when it descends from that very process, or when its environment says that this agent runs it: a
person's own test run in another terminal does neither. docs/sessions.md has the rule and its limits.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from fixloop.emit.private_files import make_directory, replace_whole
from fixloop.emit.session.processes import Process, ancestors

FRESH_SECONDS: Final = 12 * 3600
"""How long after the agent's last call its marker counts for who does not descend from it."""
_MOST: Final = 64
_MAX_BYTES: Final = 4_096
_BETWEEN: Final = frozenset({"sh", "bash", "dash", "zsh", "fish", "ksh", "env", "timeout", "nice", "fixloop"})
"""What may stand between an agent and its hook without being the agent; `python…` is too."""


class Marker(NamedTuple):
    """What an agent's hook left."""

    session_id: str
    agent: str
    pid: int
    started: str
    """Of the agent's process, as `Process` has it."""
    age: float = 0.0
    """Seconds since the agent's last call."""


def chosen(
    markers: Iterable[Marker], descent: Sequence[Process], agent: str | None, alive: Iterable[int]
) -> str | None:
    """The session that a process belongs to, by the markers; None when by none. Pure.

    Args:
        markers: all that are there.
        descent: the processes that it descends from, nearest first.
        agent: the agent that its environment names, if any.
        alive: those of the markers' processes that run.
    """
    known = list(markers)
    for process in descent:
        same = [one for one in known if (one.pid, one.started) == (process.pid, process.started)]
        if same:
            return min(same, key=lambda one: one.age).session_id
    if agent is None:
        return None
    running = set(alive)
    fresh = [one for one in known if one.agent == agent and one.age < FRESH_SECONDS and one.pid in running]
    return min(fresh, key=lambda one: one.age).session_id if fresh else None


def agent_process(descent: Sequence[Process]) -> Process | None:
    """The agent among those that its hook descends from: the nearest that is no shell and no wrapper."""
    for process in descent:
        if process.name not in _BETWEEN and not process.name.lower().startswith("python"):
            return process
    return None


def marked_session(git: Path, agent: str | None) -> str | None:
    """The session that this process belongs to, by the markers in the git directory `git`."""
    markers = _read(git / "fixloop")
    if not markers:
        return None
    return chosen(markers, ancestors(), agent, [one.pid for one in markers if _runs(one.pid)])


def mark(git: Path, session_id: str, agent: str) -> None:
    """Say that `agent` works here in this session; to be called by its hook. Where that cannot be written, nothing is."""
    process = agent_process(ancestors())
    if process is None:
        return
    content = json.dumps(
        {"session_id": session_id, "agent": agent, "pid": process.pid, "started": process.started}
    ).encode()
    folder = git / "fixloop"
    path = folder / _name(session_id)
    try:
        if path.exists() and path.read_bytes() == content:
            os.utime(path)
            return
        make_directory(folder)
        replace_whole(path, content)
        _forget_the_dead(folder)
    except OSError:
        return


def unmark(git: Path, session_id: str) -> None:
    """The session ended."""
    try:
        (git / "fixloop" / _name(session_id)).unlink(missing_ok=True)
    except OSError:
        return


def _name(session_id: str) -> str:
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:16] + ".json"


def _read(folder: Path) -> list[Marker]:
    found = []
    try:
        names = sorted(
            path.name for path in folder.iterdir() if path.suffix == ".json" and path.name[0] != "."
        )
    except OSError:
        return []
    now = time.time()
    for name in names[:_MOST]:
        path = folder / name
        try:
            age = max(0.0, now - path.stat().st_mtime)
            fields = json.loads(path.read_bytes()[:_MAX_BYTES])
            told = (
                str(fields["session_id"]),
                str(fields["agent"]),
                int(fields["pid"]),
                str(fields["started"]),
            )
        except (OSError, ValueError, TypeError, LookupError):
            continue
        found.append(Marker(*told, age=age))
    return found


def _forget_the_dead(folder: Path) -> None:
    for marker in _read(folder):
        if not _runs(marker.pid):
            (folder / _name(marker.session_id)).unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid > 0
