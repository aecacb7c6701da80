"""Edits that nobody reported: what a person's editor, `sed`, a script or git did to the files, found before a test run speaks of them.

The files that git calls changed are compared with what the session last heard of them: from its own edits (`told_edits.py`), else from the
last look. What differs becomes `edit.applied` with `unobserved`, or `workspace.restored` where a file is its commit's again, where it is as
a stash has it, or where git's logs say that the head or the stash moved. The first look of a session only remembers: what was
changed before it is no news. It is made when the session starts, where an agent says so; nobody waits for it then.

Bounded in time: a look that takes longer says so in `emit.log`, changes nothing, and is tried again later and later. Where it was the first
one, a process of its own takes its time for it (`first_look.py`).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from fixloop.emit.emit_log import note
from fixloop.emit.git.changed_files import changed_files, committed_files, committed_texts
from fixloop.emit.git.moves import report_moves
from fixloop.emit.git.told_edits import ABSENT, Told, forget_before, told_since
from fixloop.emit.git.tree_memory import Difference, FileState, TreeMemory, load, read_file, save, state_of
from fixloop.emit.names_book import read_name
from fixloop.emit.private_files import locked, make_directory
from fixloop.emit.spool.session_file import open_session
from fixloop_schemas.vocabulary import PathRole

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter

MOST_FILES: Final = 2_000
_PAUSES: Final = (0.0, 60.0, 600.0, 3600.0)
"""Seconds before it is tried again, by how often it was too slow: what is read for the first time is slow, and quick the next time."""
_LOCK_SECONDS: Final = 0.2
_ROLES: Final = {
    True: frozenset({PathRole.PRODUCT, PathRole.TEST, PathRole.CONFIG, PathRole.DOCS}),
    False: frozenset({PathRole.PRODUCT, PathRole.TEST}),
}
"""Of tracked files and of others; the rest is what tools leave behind: caches, databases, coverage."""


class CaughtUp(NamedTuple):
    """What a look found."""

    edits: int = 0
    restores: int = 0
    complete: bool = True
    """False when it could not be finished within its time."""


class _Look:
    """One look at a working copy."""

    def __init__(self, emitter: "Emitter", folder: Path, deadline: float, memory: TreeMemory) -> None:
        self.emitter = emitter
        self.folder = folder
        """The session's, in the spool."""
        self.deadline = deadline
        self.memory = memory
        self.changed: Mapping[str, bool] = {}
        self.committed: Mapping[str, str] = {}
        """Files that were committed since the last look, and the commit that has them as they were before."""
        self.told: dict[str, str | None] = {}
        """Paths, as digests, and their texts as the session was told last."""
        self.anything = False
        """The session was told that anything may have changed."""

    @property
    def remaining(self) -> float:
        return self.deadline - time.monotonic()


def catch_up(
    emitter: "Emitter",
    *,
    operation: str | None = None,
    budget_seconds: float,
    now: float | None = None,
) -> CaughtUp:
    """Report what changed in the emitter's working copy and was not told. Never raises; another process that looks already is let do it.

    Args:
        emitter: of the session.
        operation: what git just did, where its hook says so.
        budget_seconds: how long it may take.
        now: the time in seconds since the epoch; None: the clock's.
    """
    at = time.time() if now is None else now
    return _alone(emitter, lambda path: _caught_up(emitter, path, operation, budget_seconds, at))


def remember(emitter: "Emitter", *, budget_seconds: float) -> CaughtUp:
    """Let the session's first look be now, unless there was one: nothing is told, and nobody waits. Never raises."""
    return _alone(emitter, lambda path: _remembered(emitter, path, budget_seconds))


def _alone(emitter: "Emitter", look: Callable[[Path], CaughtUp]) -> CaughtUp:
    """A look by this process alone, at what was remembered of the working copy."""
    if emitter.copy is None or emitter.copy.git is None:
        return CaughtUp()
    name = f"tree-{emitter.digester.path(emitter.root.as_posix())[:16]}"
    try:
        make_directory(emitter.folder)
        with locked(emitter.folder / f"{name}.lock", 0):
            return look(emitter.folder / f"{name}.json")
    except TimeoutError:
        return CaughtUp(complete=False)
    except Exception as error:
        note(emitter.spool_directory, "changed files not compared", error)
        return CaughtUp(complete=False)


def _remembered(emitter: "Emitter", path: Path, budget: float) -> CaughtUp:
    memory = load(path)
    if memory.looked:
        return CaughtUp()
    look = _Look(emitter, emitter.folder, time.monotonic() + budget, memory)
    changed = changed_files(emitter.root, look.remaining)
    if changed is None or len(changed) > MOST_FILES:
        return CaughtUp(complete=False)
    look.changed = changed
    files = _read(look)
    if files is None:
        return CaughtUp(complete=False)
    # What the session is told meanwhile is left to the next look, which may tell what differs from it.
    save(path, TreeMemory(files, memory.told, looked=True))
    return CaughtUp()


def _caught_up(emitter: "Emitter", path: Path, operation: str | None, budget: float, now: float) -> CaughtUp:
    folder = emitter.folder
    emitter.spool.take_in(folder)
    memory = load(path)
    # A clock that was set back ends the pause.
    if 0 <= now - memory.slow_at < _pause(memory.slow_times):
        return CaughtUp(complete=False)
    look = _Look(emitter, folder, time.monotonic() + budget, memory)
    moves = report_moves(emitter, folder, files_next=True)
    told, end = told_since(folder, memory.told)
    for one in told:
        _hear(look, one)
    changed = changed_files(emitter.root, look.remaining)
    if changed is None or len(changed) > MOST_FILES:
        return _too_slow(look, path, now)
    look.changed = changed
    if moves.committed_since:
        committed = committed_files(emitter.root, moves.committed_since, look.remaining)
        look.committed = dict.fromkeys(committed[:MOST_FILES], moves.committed_since)
    files = _read(look)
    if files is None:
        return _too_slow(look, path, now)
    found = [] if look.anything or not (memory.looked or look.told) else list(_differences(look, files))
    edits = restores = 0
    if found:
        from fixloop.emit.git.differences import report  # at most looks there are none

        edits, restores = report(emitter, found, moves, operation or moves.operation, look.deadline)
    with open_session(folder, _LOCK_SECONDS):
        _, own = told_since(folder, end)
        end = forget_before(folder, own)
    save(path, TreeMemory(files, end, looked=True))
    return CaughtUp(edits, restores + moves.restores)


def _hear(look: _Look, one: Told) -> None:
    if one.everything:
        look.told.clear()
        look.anything = True
    elif one.path is not None:
        look.told[one.path] = one.after


def _too_slow(look: _Look, path: Path, now: float) -> CaughtUp:
    times = look.memory.slow_times + 1
    note(
        look.emitter.spool_directory,
        f"changed files not compared: more than {MOST_FILES}, or git did not answer in time; tried again after {_pause(times):.0f} s",
    )
    save(path, look.memory._replace(slow_at=now, slow_times=times))
    if times == 1 and not look.memory.looked and look.remaining <= 0:
        from fixloop.emit.git.first_look import begin

        begin(look.emitter)
    return CaughtUp(complete=False)


def _pause(times: int) -> float:
    return _PAUSES[min(times, len(_PAUSES) - 1)]


def _read(look: _Look) -> dict[str, FileState] | None:
    """All files that may differ from what was told, as they are; None when the time is over."""
    digester, spool = look.emitter.digester, look.emitter.spool_directory
    named = (read_name(spool, digest) for digest in look.told)
    paths = [
        *dict.fromkeys((*sorted(look.changed), *filter(None, named), *look.memory.files, *look.committed))
    ]
    found: dict[str, FileState] = {}
    half = look.remaining / 2
    for path in paths[:MOST_FILES]:
        if look.remaining <= 0:
            return None
        before = look.memory.files.get(path)
        if _counts(path, tracked=look.changed.get(path, True), known=before is not None):
            found[path] = read_file(
                look.emitter.root / path, before, digester, with_lines=look.remaining > half
            )
    return found


def _counts(path: str, *, tracked: bool, known: bool) -> bool:
    """Whether a file is anybody's work; one that is tracked, and was looked at before, is."""
    if tracked and known:
        return True
    from fixloop_schemas.path_role import path_role  # where nothing new was changed, nobody asks

    return path_role(path) in _ROLES[tracked]


def _differences(look: _Look, now: Mapping[str, FileState]) -> Iterator[Difference]:
    texts = _texts_before(look, now)
    for path, state in now.items():
        before = _before(look, path, texts)
        if before.digest is None or state.digest is None or before.digest == state.digest:
            continue
        yield Difference(path, before, state, path not in look.changed)


def _texts_before(look: _Look, now: Mapping[str, FileState]) -> Mapping[str, str]:
    """Of files that the session has not heard of, what the commit had that the last look saw."""
    revision = look.emitter.copy.revision if look.emitter.copy else None
    new: dict[str, list[str]] = {}
    for path in now:
        commit = look.committed.get(path) or (revision if look.changed.get(path) else None)
        unknown = path not in look.memory.files and look.emitter.digester.path(path) not in look.told
        if commit is not None and unknown:
            new.setdefault(commit, []).append(path)
    texts: dict[str, str] = {}
    for commit, paths in new.items():
        texts |= committed_texts(look.emitter.root, commit, paths, look.remaining)
    return texts


def _before(look: _Look, path: str, texts: Mapping[str, str]) -> FileState:
    """What the session believes of a file."""
    digester = look.emitter.digester
    digest = digester.path(path)
    seen = look.memory.files.get(path)
    if digest in look.told:
        told = look.told[digest]
        return seen if seen is not None and seen.digest == told else FileState(told)
    if seen is not None:
        return seen
    if not look.memory.looked:
        return FileState(None)  # what was changed before the first look is no news
    if path in texts:
        return state_of(texts[path], digester, with_lines=True)
    new = path in look.committed or not look.changed.get(path, True)
    return FileState(ABSENT) if new else FileState(None)
