"""Single moves that several habits share."""

from fixloop.simulate.chronicle import Change, Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.plots import Bug
from fixloop.simulate.project import OK
from fixloop.simulate.world import BROKEN


def attempt(desk: Desk, bug: Bug) -> Change:
    """An attempt at a bug that does not help."""
    return desk.write({bug.cell: BROKEN}, Intent.FIX, bug.goal)


def repair(desk: Desk, bug: Bug, *, same_text: bool = False) -> Change:
    """A change that helps."""
    return desk.write({bug.cell: OK}, Intent.FIX, bug.goal, same_text=same_text)


def repair_until_green(desk: Desk, bug: Bug) -> Change:
    """Attempts, each with a run, until one helps; gives the one that helped."""
    for _ in range(4):
        if not desk.chance(desk.profile.failed_attempts):
            break
        attempt(desk, bug)
        desk.look(bug.test)
    change = repair(desk, bug)
    desk.look(bug.test)
    return change


def break_other(desk: Desk, bug: Bug, victim: Bug) -> Change:
    """A repair that breaks something else."""
    return desk.write({bug.cell: OK, victim.cell: BROKEN}, Intent.FIX, bug.goal)


def tidy_up(desk: Desk) -> None:
    """The last run, mostly of everything."""
    if desk.chance(0.7):
        desk.look(whole=True)
