"""Moves of git's head and stash that nobody reported, read from the git directory: a checkout in another terminal, a pull, a reset.

Cheap enough for every hook call: it reads a few small files and starts nothing.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fixloop.emit.events import COMMIT_CREATED, WORKSPACE_RESTORED
from fixloop.emit.git.reflog import GitPlace, Move, look, moves_since
from fixloop.emit.git.told_edits import Told, told_last
from fixloop.emit.private_files import make_directory, replace_whole

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter

SOURCE: Final = "/workspace"
_MOST_COMMITS: Final = 50
_MOST_UNSTASHED: Final = 5
_CLOCK_SECONDS: Final = 2.0
"""Git's logs know whole seconds."""


class Moves(NamedTuple):
    """What happened since the files were last looked at."""

    restores: int = 0
    """Told by this call."""
    committed_since: str | None = None
    """The commit that the head was at before others were made; None when none was made."""
    operation: str | None = None
    """What was done to files that the logs do not name: a stash, or a reset to the commit that was there."""
    unstashed: tuple[str, ...] = ()
    """The stashes that are there no more: popped, perhaps in another working copy, or dropped."""


class _Known(NamedTuple):
    """Where git stood when it was last looked at, and what happened since the files were."""

    place: GitPlace = GitPlace()
    committed_since: str | None = None
    operation: str | None = None
    unstashed: tuple[str, ...] = ()


def report_moves(emitter: "Emitter", folder: Path, *, files_next: bool = False) -> Moves:
    """Report commits and moves to other commits that the session was not told; nothing at the first look.

    Args:
        emitter: of the session.
        folder: the session's, in the spool.
        files_next: the caller compares the files now, knowing what is returned; else it is kept for who does.

    Raises:
        OSError: the spool cannot be written.
    """
    copy = emitter.copy
    if copy is None or copy.git is None:
        return Moves()
    path = folder / f"git-{emitter.digester.path(emitter.root.as_posix())[:16]}.json"
    known, now = _load(path), look(copy.git)
    first = known.place.reflog < 0
    moves = [] if first or known.place == now else moves_since(copy.git, known.place)
    commits = [move for move in moves if move.commit]
    since = known.committed_since or (commits[0].before if commits else None)
    operation = (None if first else _operation(known.place, now, moves)) or known.operation
    popped = tuple(stash for stash in known.place.stashes if stash not in now.stashes)
    gone = (*known.unstashed, *popped)[-_MOST_UNSTASHED:]
    then = _Known(now) if files_next else _Known(now, since, operation, gone)
    if then != known:
        make_directory(folder)
        replace_whole(path, json.dumps({**then._asdict(), "place": now._asdict()}).encode())
    for commit in commits[-_MOST_COMMITS:]:
        emitter.emit(emitter.draft(COMMIT_CREATED, SOURCE, _commit(commit)))
    moved = [move for move in moves if move.operation]
    news = bool(moved) and not _was_told(told_last(folder), moved[-1])
    if news:
        data = {"operation": moved[-1].operation, "everything": True}
        emitter.emit(emitter.draft(WORKSPACE_RESTORED, SOURCE, data))
    return Moves(int(news), since, operation, gone)


def _commit(move: Move) -> dict[str, Any]:
    """What is known of a commit; the head before an amended one is not its parent."""
    if "amend" in move.message.partition(":")[0]:
        return {"revision": move.after}
    return {"revision": move.after, "parents": [move.before] if move.before.strip("0") else []}


def _was_told(told: Sequence[Told], move: Move) -> bool:
    """Whether the session heard, when the head moved or later, that all of its files were set back."""
    return any(one.everything and one.restore and one.time >= move.time - _CLOCK_SECONDS for one in told)


def _operation(before: GitPlace, now: GitPlace, moves: Sequence[Move]) -> str | None:
    if now.stashes != before.stashes:
        return "stash_push" if len(now.stashes) > len(before.stashes) else "restore"  # or one was dropped
    if any(move.message.startswith("reset") for move in moves):
        return "reset"
    return None


def _load(path: Path) -> _Known:
    try:
        known = json.loads(path.read_bytes())
        place = GitPlace(known["place"]["reflog"], tuple(known["place"]["stashes"]))
        return _Known(place, known["committed_since"], known["operation"], tuple(known["unstashed"]))
    except (OSError, ValueError, TypeError, LookupError):
        return _Known()
