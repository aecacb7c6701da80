"""Agents that begin with what another session left: they bring a bug back that it had repaired, go on, or try its task again."""

from collections.abc import Callable, Mapping
from typing import Final

from fixloop.simulate.chronicle import Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.legacy import Legacy, Repaired
from fixloop.simulate.moves import break_other, repair_until_green, tidy_up
from fixloop.simulate.plots import Bug, plant_bugs, sound
from fixloop.simulate.project import OK, Variant, path_of
from fixloop.simulate.source_text import block
from fixloop.simulate.world import BROKEN, Rule, World, usual_rules

Heir = Callable[[Desk, Legacy], None]


def undoing(desk: Desk, legacy: Legacy) -> None:
    """Works on something else and brings the bug back with it: takes the fix out, or breaks the same in its own way. Mostly repairs it."""
    repaired = desk.rng.choice(legacy.repaired)
    bug = Bug(repaired.case)
    _look_around(desk)
    for _ in range(desk.rng.randint(0, 2)):
        desk.write({_elsewhere(desk, bug): OK}, Intent.WORK)
        desk.look(bug.test)
    mend = desk.rng.choices((_with_an_old_text, _anew, _by_what_it_rests_on), (4, 4, 2))[0](desk, repaired)
    desk.look(bug.test)
    if desk.chance(0.3):
        desk.write({_elsewhere(desk, bug): OK}, Intent.WORK)
        desk.look(bug.test, whole=True)
    if desk.chance(0.7):
        desk.write({mend: OK}, Intent.FIX, bug.goal)
        desk.look(bug.test)
    tidy_up(desk)


def going_on(desk: Desk, legacy: Legacy) -> None:
    """Works on something else, now and then in the very lines of the fix, and what was repaired stays so."""
    bug = Bug(desk.rng.choice(legacy.repaired).case)
    others = sound(desk, 2)
    _look_around(desk)
    for _ in range(desk.rng.randint(1, 3)):
        desk.write({_elsewhere(desk, bug): OK}, Intent.WORK)
        desk.look(bug.test)
    if desk.chance(0.4):
        desk.write({bug.cell: OK}, Intent.WORK)
        desk.look(bug.test)
    if others and desk.chance(0.5):
        victim = others.pop()
        desk.write({f"{path_of(bug.cell)}#rest": OK, victim.cell: BROKEN}, Intent.WORK)
        desk.look(bug.test, victim.test)
        repair_until_green(desk, victim)
    tidy_up(desk)


def trying_again(desk: Desk, legacy: Legacy) -> None:
    """Knows nothing of the other session: has the same bug before it, or makes it by itself, and repairs it."""
    bug = Bug(desk.rng.choice(legacy.repaired).case)
    desk.taken.add(bug.test)
    if desk.world.verdicts[bug.test] == "pass":
        (own,) = plant_bugs(desk, 1)
        desk.look(own.test, whole=True)
        break_other(desk, own, bug)
        desk.look(own.test, bug.test)
    else:
        desk.look(bug.test, whole=True)
    repair_until_green(desk, bug)
    tidy_up(desk)


def workspace(habit: str, legacy: Legacy, *, same_task: bool) -> World:
    """The world in which an heir begins: what the other left, the other's task as it was, or the repository at its base."""
    if habit != "trying_again":
        return legacy.world
    if not same_task:
        return World(legacy.world.project)
    legacy.world.back_to(legacy.start.cells, legacy.start.revision)
    return legacy.world


def _look_around(desk: Desk) -> None:
    if desk.chance(0.7):
        desk.look(whole=True)


def _elsewhere(desk: Desk, bug: Bug) -> str:
    paths = [path for path in desk.world.project.product_paths if path != path_of(bug.cell)]
    return f"{desk.rng.choice(paths)}#rest"


def _with_an_old_text(desk: Desk, repaired: Repaired) -> str:
    """What was there before the fix is written over it, with something new beside it."""
    cell = repaired.case.subject
    beside = Variant(OK, block(desk.rng))
    desk.set({cell: repaired.broken, f"{path_of(cell)}#rest": beside}, Intent.WORK)
    return cell


def _anew(desk: Desk, repaired: Repaired) -> str:
    """The place of the fix is rewritten, and the fix is lost."""
    cell = repaired.case.subject
    desk.write({cell: BROKEN, f"{path_of(cell)}#rest": OK}, Intent.WORK)
    return cell


def _by_what_it_rests_on(desk: Desk, repaired: Repaired) -> str:
    """The fix stays, and what it rests on goes."""
    case = repaired.case
    cell = f"{path_of(case.subject)}#rest"
    again = Rule((cell,), lambda meaning: meaning == BROKEN, case.failures[0])
    desk.world.rule(case.name, *usual_rules(desk.world.project, case), again)
    desk.write({cell: BROKEN}, Intent.WORK)
    return cell


HEIRS: Final[Mapping[str, Heir]] = {
    "undoing": undoing,
    "going_on": going_on,
    "trying_again": trying_again,
}
