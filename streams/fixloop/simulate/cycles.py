"""Agents that go round: fixes that bring each other's bugs, and one test with two failures."""

from fixloop.simulate.chronicle import Goal, Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.moves import tidy_up
from fixloop.simulate.plots import plant_bugs, plant_ring
from fixloop.simulate.project import OK
from fixloop.simulate.world import BROKEN, OTHERWISE


def ping_pong(desk: Desk) -> None:
    """Repairs what is red, which brings the next, for some laps; then finds the joint fix, or gives up."""
    size = desk.rng.choices((2, 3, 4), (7, 2, 1))[0]
    ring = plant_ring(desk, size)
    tests = tuple(case.name for member in ring.members for case in member)
    desk.look(*tests, whole=True)
    laps = desk.rng.randint(1, desk.profile.max_laps)
    for lap in range(laps):
        for member in range(size):
            same = lap > 0 and desk.chance(desk.profile.same_text)
            desk.write(ring.fix(member, desk), Intent.FIX, ring.goal(member), same_text=same)
            desk.look(*tests)
    if not desk.chance(desk.profile.giving_up):
        desk.write(ring.joint(), Intent.FIX, ring.goal(0))
        desk.look(*tests)
    tidy_up(desk)


def signature_pair(desk: Desk) -> None:
    """Repairs how a test fails, and it fails in another way; and back."""
    (bug,) = plant_bugs(desk, 1)
    desk.look(bug.test)
    goal = Goal(bug.test)
    for lap in range(desk.rng.randint(1, desk.profile.max_laps)):
        same = lap > 0 and desk.chance(desk.profile.same_text)
        desk.write({bug.cell: OTHERWISE}, Intent.FIX, goal, same_text=same)
        desk.look(bug.test)
        same = lap > 0 and desk.chance(desk.profile.same_text)
        desk.write({bug.cell: BROKEN}, Intent.FIX, goal, same_text=same)
        desk.look(bug.test)
    if not desk.chance(desk.profile.giving_up):
        desk.write({bug.cell: OK}, Intent.FIX, goal)
        desk.look(bug.test)
    tidy_up(desk)
