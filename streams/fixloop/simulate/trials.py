"""Agents that take their fix out on purpose, see the test fail, and put it back."""

from fixloop.simulate.chronicle import Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.moves import repair_until_green, tidy_up
from fixloop.simulate.plots import Bug, plant_bugs
from fixloop.simulate.project import OK, Variant, path_of
from fixloop_schemas.vocabulary import RestoreOperation

Variants = dict[str, Variant]


def mutation_checker(desk: Desk) -> None:
    """Checks that a test sees the fix. One in ten goes on with something else first, and then it was no check."""
    (bug,) = plant_bugs(desk, 1)
    before = desk.world.cells[bug.cell]
    desk.look(bug.test, whole=True)
    repair_until_green(desk, bug)
    after = desk.world.cells[bug.cell]
    if desk.world.committed.get(bug.cell) == after:
        desk.set({bug.cell: before}, Intent.TAKE_OUT)
        desk.run(bug.test, whole=True)
        desk.set({bug.cell: after}, Intent.PUT_BACK)
    elif desk.chance(0.1):
        _go_on(desk, bug, before, after)
    else:
        desk.rng.choice(
            (_by_edits, _by_edits, _by_stash, _by_stash_told_first, _by_checkout, _by_copies, _out_by_copy)
        )(desk, bug, before, after)
    desk.look(bug.test)
    tidy_up(desk)


def _by_edits(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    desk.set({bug.cell: before}, Intent.TAKE_OUT)
    desk.run(bug.test, whole=True)
    desk.set({bug.cell: after}, Intent.PUT_BACK)


def _by_stash(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    del before, after
    mine = _stash(desk)
    desk.run(bug.test, whole=True)
    desk.set(mine, Intent.PUT_BACK, restore=RestoreOperation.STASH_POP, everything=True)


def _by_stash_told_first(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    """`git stash && test; git stash pop` is one command: both restores are told before the run."""
    del before, after
    mine = _stash(desk)
    run = desk.watch(bug.test, whole=True)
    desk.set(mine, Intent.PUT_BACK, restore=RestoreOperation.STASH_POP, everything=True)
    desk.begin_again(run)
    desk.end(run)


def _by_checkout(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    del before, after
    here = [cell for cell in desk.world.layout[path_of(bug.cell)] if cell in desk.world.committed]
    old = desk.to_head(here)
    mine = {cell: desk.world.cells[cell] for cell in old}
    desk.set(old, Intent.TAKE_OUT, restore=RestoreOperation.CHECKOUT)
    desk.run(bug.test, whole=True)
    desk.set(mine, Intent.PUT_BACK)


def _by_copies(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    desk.set({bug.cell: before}, Intent.TAKE_OUT, hidden=True)
    desk.run(bug.test, whole=True)
    desk.set({bug.cell: after}, Intent.PUT_BACK, hidden=True)


def _out_by_copy(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    desk.set({bug.cell: before}, Intent.TAKE_OUT, hidden=True)
    desk.run(bug.test, whole=True)
    desk.set({bug.cell: after}, Intent.PUT_BACK)


def _go_on(desk: Desk, bug: Bug, before: Variant, after: Variant) -> None:
    desk.set({bug.cell: before}, Intent.WORK)
    desk.run(bug.test, whole=True)
    desk.write({f"{path_of(bug.cell)}#rest": OK}, Intent.WORK)
    desk.run(bug.test)
    desk.set({bug.cell: after}, Intent.FIX, bug.goal)


def _stash(desk: Desk) -> Variants:
    old = desk.to_head()
    mine = {cell: desk.world.cells[cell] for cell in old}
    desk.set(old, Intent.TAKE_OUT, restore=RestoreOperation.STASH_PUSH, everything=True)
    return mine
