"""Agents that lose what they had repaired: by other work, by an older text of the file, by taking it out again."""

from fixloop.simulate.chronicle import Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.moves import repair, repair_until_green, tidy_up
from fixloop.simulate.plots import Bug, plant_bugs, sound
from fixloop.simulate.project import OK, Variant, path_of
from fixloop.simulate.source_text import block
from fixloop.simulate.world import BROKEN


def regressing(desk: Desk) -> None:
    """Repairs a bug, and breaks it again while working on another."""
    bugs = plant_bugs(desk, 2)
    bug, other = bugs[0], bugs[-1]
    desk.look(bug.test, other.test, whole=True)
    repair_until_green(desk, bug)
    if desk.chance(desk.profile.renames):
        desk.rename(bug.test)
        desk.look(bug.test, whole=True)
    for _ in range(desk.rng.randint(0, 2)):
        desk.write({f"{path_of(other.cell)}#rest": OK}, Intent.WORK)
        desk.look(other.test)
    desk.write({other.cell: OK, bug.cell: BROKEN}, Intent.FIX, other.goal)
    desk.look(bug.test, other.test)
    if desk.chance(0.8):
        repair_until_green(desk, bug)
    tidy_up(desk)


def forgetful(desk: Desk) -> None:
    """Writes an older text over a fix, and has to make the same edit again."""
    (bug,) = plant_bugs(desk, 1)
    before = dict(desk.world.cells)
    desk.look(bug.test, whole=True)
    repair_until_green(desk, bug)
    rest = f"{path_of(bug.cell)}#rest"
    hidden = desk.chance(0.2)
    old = {bug.cell: before[bug.cell]}
    if not hidden:
        old[rest] = Variant(OK, block(desk.rng))
    desk.set(old, Intent.WORK, hidden=hidden)
    if hidden and desk.chance(0.5):
        desk.write({rest: OK}, Intent.WORK)
    desk.look(bug.test, whole=True)
    same = not desk.chance(0.2)
    repair(desk, bug, same_text=same)
    desk.look(bug.test)
    tidy_up(desk)


def reverting(desk: Desk) -> None:
    """Takes a fix out again as if it were in the way, and goes on with something else."""
    (bug,) = plant_bugs(desk, 1)
    broken = desk.world.cells[bug.cell]
    others = sound(desk, 2)
    desk.look(bug.test, whole=True)
    repair_until_green(desk, bug)
    desk.set({bug.cell: broken}, Intent.WORK)
    for _ in range(desk.rng.randint(1, 2)):
        desk.write({_somewhere(desk, others): OK}, Intent.WORK)
    if desk.chance(0.3):
        desk.look(bug.test)
        if desk.chance(0.7):
            repair(desk, bug, same_text=desk.chance(desk.profile.same_text))
            desk.look(bug.test)


def _somewhere(desk: Desk, bugs: list[Bug]) -> str:
    return desk.rng.choice([bug.cell for bug in bugs] or [f"{desk.world.project.product_paths[0]}#rest"])
