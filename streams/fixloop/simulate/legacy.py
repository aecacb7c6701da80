"""What one session leaves to a later one: its tree, its task, and the bugs that it repaired and saw repaired."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fixloop.simulate.chronicle import Change, Chronicle, Commits
from fixloop.simulate.desk import Desk, Start
from fixloop.simulate.project import AS_WRITTEN, OK, Case, Variant
from fixloop.simulate.spans import Story, histories
from fixloop.simulate.visibility import Visibility
from fixloop.simulate.world import PASS, World

_LEAVE_SOMETHING: Final = (
    "careful",
    "chain",
    "regressing",
    "forgetful",
    "reverting",
    "stuck",
    "mutation_checker",
    "side_by_side",
    "filtering",
)
"""Habits whose repairs are plain: no ring, no test that asks for something else, no fresh tree in between."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A bug that was repaired, and seen to be."""

    case: Case
    story: Story
    fix: Change
    broken: Variant
    """What its cell said before the fix."""


@dataclass(frozen=True, slots=True)
class Legacy:
    """What a session leaves, as one who knows all of it sees it."""

    session_id: str
    branch: str
    agent: str
    chronicle: Chronicle
    visible: Visibility
    world: World
    """As the session left it; whoever takes over changes it."""
    start: Start
    touched: frozenset[str]
    """Tests that the session was about, or that failed in it."""
    repaired: tuple[Repaired, ...]

    @property
    def last_commit(self) -> int:
        """When the session last made a commit that is known; -1 when it made none."""
        commits = [entry.at for entry in self.chronicle.entries if isinstance(entry, Commits) and entry.seen]
        return max(commits, default=-1)

    @property
    def committed(self) -> bool:
        """Whether every repair that it left is in a commit that is known."""
        return all(each.fix.at < self.last_commit for each in self.repaired)


def legacy_of(session_id: str, branch: str, agent: str, desk: Desk, visible: Visibility) -> Legacy | None:
    """What a session leaves; None when nobody could take over from it.

    Args:
        session_id: the session.
        branch: the branch that it worked on.
        agent: who did the work.
        desk: the session after its last move.
        visible: what its events give away of its changes.
    """
    chronicle = desk.chronicle
    if chronicle.isolated or chronicle.habit not in _LEAVE_SOMETHING or desk.start is None:
        return None
    known = histories(chronicle)
    # What was changed behind the editor's back may look like a test that flips by itself, and no repair of it is sure.
    secret = {cell for change in chronicle.changes if change.hidden for cell in change.cells}
    repaired = [
        each
        for history in known.values()
        for story in history.stories
        for each in _repaired(desk.world, story, visible)
        if each.case.subject not in secret
    ]
    failed = {history.test for history in known.values() if history.stories}
    if not repaired:
        return None
    return Legacy(
        session_id,
        branch,
        agent,
        chronicle,
        visible,
        desk.world,
        desk.start,
        frozenset(desk.taken | failed),
        tuple(repaired),
    )


def _repaired(world: World, story: Story, visible: Visibility) -> Iterator[Repaired]:
    case = world.cases[story.test]
    last = story.spans[-1] if story.spans else None
    if last is None or last.end is None or story.failure != case.failures[0]:
        return
    fix = last.end
    old = fix.cells.get(case.subject, (None, None))[0]
    sound = world.meaning(case.subject) == OK and world.meaning(case.own) == AS_WRITTEN
    sound = sound and world.verdicts[case.name] == PASS and world.names[case.name] == case.name
    plain = fix in visible and fix.restore is None and not fix.hidden and fix.product and not fix.tests
    if sound and plain and old is not None and last.green and case.reliable:
        yield Repaired(case, story, fix, old)
