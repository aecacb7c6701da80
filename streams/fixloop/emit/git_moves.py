"""Moves of git's head and stash that nobody reported, read from the git directory: a checkout in another terminal, a pull, a reset.

Cheap enough for every hook call: it reads a few small files and starts nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fixloop.emit.events import COMMIT_CREATED, WORKSPACE_RESTORED
from fixloop.emit.private_files import make_directory, replace_whole
from fixloop.emit.reflog import GitPlace, Move, look, moves_since
from fixloop.emit.told_edits import Told, told_last

if TYPE_CHECKING:
    from fixloop.emit.emitter import Emitter

SOURCE: Final = "/workspace"
_MOST_COMMITS: Final = 50
_CLOCK_SECONDS: Final = 2.0
"""Git's logs know whole seconds."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What happened since the last look."""

    restores: int = 0
    committed: bool = False
    operation: str | None = None
    """What was done to files that the logs do not name: a stash, or a reset to the commit that was there."""


def report_moves(emitter: "Emitter", folder: Path) -> Moves:
    """Report commits and moves to other commits that the session was not told; nothing at the first look.

    Args:
        emitter: of the session.
        folder: the session's, in the spool.

    Raises:
        OSError: the spool cannot be written.
    """
    copy = emitter.copy
    if copy is None or copy.git is None:
        return Moves()
    path = folder / f"git-{emitter.digester.path(emitter.root.as_posix())[:16]}.json"
    before, now = _load(path), look(copy.git)
    if before == now:
        return Moves()
    make_directory(folder)
    replace_whole(path, json.dumps(asdict(now)).encode())
    if before.reflog < 0:
        return Moves()
    moves = moves_since(copy.git, before)
    commits = [move for move in moves if move.commit]
    for commit in commits[-_MOST_COMMITS:]:
        emitter.emit(emitter.draft(COMMIT_CREATED, SOURCE, _commit(commit)))
    moved = [move for move in moves if move.operation]
    news = bool(moved) and not _was_told(told_last(folder), moved[-1])
    if news:
        data = {"operation": moved[-1].operation, "everything": True}
        emitter.emit(emitter.draft(WORKSPACE_RESTORED, SOURCE, data))
    return Moves(int(news), bool(commits), _operation(before, now, moves))


def _commit(move: Move) -> dict[str, Any]:
    """What is known of a commit; the head before an amended one is not its parent."""
    if "amend" in move.message.partition(":")[0]:
        return {"revision": move.after}
    return {"revision": move.after, "parents": [move.before] if move.before.strip("0") else []}


def _was_told(told: Sequence[Told], move: Move) -> bool:
    """Whether the session heard, when the head moved or later, that all of its files were set back."""
    return any(one.everything and one.restore and one.time >= move.time - _CLOCK_SECONDS for one in told)


def _operation(before: GitPlace, now: GitPlace, moves: Sequence[Move]) -> str | None:
    if now.stash != before.stash:
        return "stash_push" if now.stashes > before.stashes else "stash_pop"
    if any(move.message.startswith("reset") for move in moves):
        return "reset"
    return None


def _load(path: Path) -> GitPlace:
    try:
        return GitPlace(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return GitPlace()
