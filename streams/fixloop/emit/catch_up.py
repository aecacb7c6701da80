"""Edits that nobody reported: what a person's editor, `sed`, a script or git did to the files, found before a test run speaks of them.

The files that git calls changed are compared with what the session last heard of them: from its own edits (`told_edits.py`), else from the
last look. What differs becomes `edit.applied` with `unobserved`, or `workspace.restored` where a file is its commit's again or git's
logs say that the head or the stash moved. The first look of a session only remembers: what was changed before it is no news.

Bounded in time: a look that takes longer says so in `emit.log`, changes nothing, and is not tried again for an hour.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fixloop.emit.changed_files import changed_files, committed_texts
from fixloop.emit.changes import hashed_change_data
from fixloop.emit.emit_log import note
from fixloop.emit.events import EDIT_APPLIED, WORKSPACE_RESTORED
from fixloop.emit.git_moves import report_moves
from fixloop.emit.names_book import read_name, write_name
from fixloop.emit.private_files import locked, make_directory
from fixloop.emit.session_file import open_session
from fixloop.emit.told_edits import ABSENT, Told, forget_before, told_since
from fixloop.emit.tree_memory import FileState, TreeMemory, load, read_file, save, state_of
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import PathRole

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter

SOURCE: Final = "/workspace"
BUDGET_SECONDS: Final = 0.3
MOST_FILES: Final = 2_000
_AGAIN_SECONDS: Final = 3600.0
_LOCK_SECONDS: Final = 0.2
_ROLES: Final = {
    True: frozenset({PathRole.PRODUCT, PathRole.TEST, PathRole.CONFIG, PathRole.DOCS}),
    False: frozenset({PathRole.PRODUCT, PathRole.TEST}),
}
"""Of tracked files and of others; the rest is what tools leave behind: caches, databases, coverage."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What a look found."""

    edits: int = 0
    restores: int = 0
    complete: bool = True
    """False when it could not be finished within its time."""


@dataclass(slots=True)
class _Look:
    """One look at a working copy."""

    emitter: "Emitter"
    folder: Path
    """The session's, in the spool."""
    deadline: float
    memory: TreeMemory
    changed: Mapping[str, bool] = field(default_factory=dict)
    told: dict[str, str | None] = field(default_factory=dict)
    """Paths, as digests, and their texts as the session was told last."""
    anything: bool = False
    """The session was told that anything may have changed."""

    @property
    def remaining(self) -> float:
        return self.deadline - time.monotonic()


def catch_up(
    emitter: "Emitter", *, operation: str | None = None, budget_seconds: float = BUDGET_SECONDS
) -> CaughtUp:
    """Report what changed in the emitter's working copy and was not told. Never raises; another process that looks already is let do it.

    Args:
        emitter: of the session.
        operation: what git just did, where its hook says so.
        budget_seconds: how long it may take.
    """
    if emitter.copy is None or emitter.copy.git is None:
        return CaughtUp()
    folder = emitter.folder
    name = f"tree-{emitter.digester.path(emitter.root.as_posix())[:16]}"
    try:
        make_directory(folder)
        with locked(folder / f"{name}.lock", 0):
            return _caught_up(emitter, folder, folder / f"{name}.json", operation, budget_seconds)
    except TimeoutError:
        return CaughtUp(complete=False)
    except Exception as error:
        note(emitter.spool_directory, "changed files not compared", error)
        return CaughtUp(complete=False)


def _caught_up(
    emitter: "Emitter", folder: Path, path: Path, operation: str | None, budget: float
) -> CaughtUp:
    emitter.spool.take_in(folder)
    memory = load(path)
    if time.time() - memory.slow_at < _AGAIN_SECONDS:
        return CaughtUp(complete=False)
    look = _Look(emitter, folder, time.monotonic() + budget, memory)
    moves = report_moves(emitter, folder)
    told, end = told_since(folder, memory.told)
    for one in told:
        _hear(look, one)
    changed = changed_files(emitter.root, look.remaining)
    if changed is None or len(changed) > MOST_FILES:
        return _too_slow(look, path)
    look.changed = changed
    now = _read(look)
    if now is None:
        return _too_slow(look, path)
    found = [] if look.anything or not (memory.looked or look.told) else list(_differences(look, now))
    edits, restores = _report(look, found, operation or moves.operation, committed=moves.committed)
    with open_session(folder, _LOCK_SECONDS):
        _, own = told_since(folder, end)
        end = forget_before(folder, own)
    save(path, TreeMemory(now, end, looked=True))
    return CaughtUp(edits, restores + moves.restores)


def _hear(look: _Look, one: Told) -> None:
    if one.everything:
        look.told.clear()
        look.anything = True
    elif one.path is not None:
        look.told[one.path] = one.after


def _too_slow(look: _Look, path: Path) -> CaughtUp:
    directory = look.emitter.spool_directory
    note(
        directory,
        f"changed files not compared: more than {MOST_FILES}, or git did not answer in time; off for an hour",
    )
    save(path, replace(look.memory, slow_at=time.time()))
    return CaughtUp(complete=False)


def _read(look: _Look) -> dict[str, FileState] | None:
    """All files that may differ from what was told, as they are; None when the time is over."""
    digester, spool = look.emitter.digester, look.emitter.spool_directory
    named = (read_name(spool, digest) for digest in look.told)
    paths = [*dict.fromkeys((*sorted(look.changed), *filter(None, named), *look.memory.files))]
    found: dict[str, FileState] = {}
    half = look.remaining / 2
    for path in paths[:MOST_FILES]:
        if look.remaining <= 0:
            return None
        if path_role(path) in _ROLES[look.changed.get(path, True)]:
            before = look.memory.files.get(path)
            found[path] = read_file(
                look.emitter.root / path, before, digester, with_lines=look.remaining > half
            )
    return found


@dataclass(frozen=True, slots=True)
class _Difference:
    path: str
    before: FileState
    now: FileState
    clean: bool
    """Git does not call it changed: it is its commit's text."""


def _differences(look: _Look, now: Mapping[str, FileState]) -> Iterator[_Difference]:
    new = [
        path
        for path in now
        if look.changed.get(path)
        and path not in look.memory.files
        and look.emitter.digester.path(path) not in look.told
    ]
    revision = look.emitter.copy.revision if look.emitter.copy else None
    texts = committed_texts(look.emitter.root, revision, new, look.remaining) if revision and new else {}
    for path, state in now.items():
        before = _before(look, path, texts)
        if before.digest is None or state.digest is None or before.digest == state.digest:
            continue
        yield _Difference(path, before, state, path not in look.changed)


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
    return FileState(ABSENT) if not look.changed.get(path, True) else FileState(None)


def _report(
    look: _Look, found: Sequence[_Difference], operation: str | None, *, committed: bool
) -> tuple[int, int]:
    """Emit what differs. A file that is its commit's again was restored, unless a commit took the change in meanwhile."""
    restored: list[_Difference] = []
    edited: list[_Difference] = []
    for one in found:
        # A new file that is gone is as it is in the commit; unless git did something, somebody deleted it.
        as_committed = one.clean and (one.now.digest != ABSENT or operation is not None)
        set_back = (as_committed and not committed) or operation == "stash_pop"
        (restored if set_back else edited).append(one)
    emitter = look.emitter
    for one in edited:
        emitter.emit(emitter.draft(EDIT_APPLIED, SOURCE, _edit(look, one)))
        write_name(emitter.spool_directory, emitter.digester.path(one.path), one.path)
    if restored:
        paths = [_restored(look, one) for one in restored[:1_000]]
        data = {"operation": operation or "restore", "paths": paths}
        emitter.emit(emitter.draft(WORKSPACE_RESTORED, SOURCE, data))
    return len(edited), int(bool(restored))


def _edit(look: _Look, one: _Difference) -> dict[str, Any]:
    created, deleted = one.before.digest == ABSENT, one.now.digest == ABSENT
    agent = "gen_ai_agent_name" in look.emitter.attribution
    data: dict[str, Any] = {
        "path": look.emitter.digester.path(one.path),
        "path_role": str(path_role(one.path)),
        "change": "created" if created else "deleted" if deleted else "modified",
        "origin": "agent" if agent else "person",
        "unobserved": True,
    }
    if not created:
        data["file_digest_before"] = one.before.digest
    if not deleted:
        data["file_digest_after"] = one.now.digest
    before = () if created else one.before.lines
    after = () if deleted else one.now.lines
    if before is not None and after is not None:
        data |= hashed_change_data(look.emitter.digester, before, after)
    return data


def _restored(look: _Look, one: _Difference) -> dict[str, Any]:
    entry = {"path": look.emitter.digester.path(one.path), "path_role": str(path_role(one.path))}
    return entry if one.now.digest == ABSENT else {**entry, "file_digest_after": one.now.digest}
