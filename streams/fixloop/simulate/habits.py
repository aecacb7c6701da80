"""What agents do: each habit plays one session at a desk. What comes of it, the world decides."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from fixloop.simulate import cycles, losing, only_tests, trials
from fixloop.simulate.chronicle import Goal, Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.moves import attempt, break_other, repair, repair_until_green, tidy_up
from fixloop.simulate.plots import Bug, plant_bugs, sound
from fixloop.simulate.project import OK, head_of, path_of
from fixloop.simulate.world import BROKEN, OTHERWISE, UNLOADABLE
from fixloop_schemas.vocabulary import RestoreOperation

Habit = Callable[[Desk], None]


def careful(desk: Desk) -> None:
    """Repairs a few bugs; what breaks with it is repaired at once."""
    bugs = plant_bugs(desk, desk.rng.randint(1, 3))
    others = sound(desk, 3)
    desk.look(*(bug.test for bug in bugs), whole=True)
    for bug in bugs:
        if others and desk.chance(desk.profile.side_effects):
            victim = others.pop()
            break_other(desk, bug, victim)
            desk.look(bug.test, victim.test)
            repair_until_green(desk, victim)
        else:
            repair_until_green(desk, bug)
        if desk.chance(0.3):
            _fail_otherwise(desk, bug)
    tidy_up(desk)


def chain(desk: Desk) -> None:
    """Each repair breaks the next thing, and the last one nothing: no fix comes undone."""
    (first,) = plant_bugs(desk, 1)
    links = [first, *sound(desk, desk.rng.randint(2, 3))]
    desk.look(first.test, whole=True)
    for bug, following in pairwise(links):
        break_other(desk, bug, following)
        desk.look(bug.test, following.test)
    repair_until_green(desk, links[-1])
    tidy_up(desk)


def stuck(desk: Desk) -> None:
    """Tries again and again."""
    (bug,) = plant_bugs(desk, 1)
    desk.look(bug.test)
    for _ in range(desk.rng.randint(6, 10)):
        attempt(desk, bug)
        desk.look(bug.test)
    if desk.chance(0.6):
        repair(desk, bug)
        desk.look(bug.test)


def independent(desk: Desk) -> None:
    """Makes each attempt on a fresh tree; some succeed, some do not."""
    (bug,) = plant_bugs(desk, 1)
    desk.chronicle.independent = desk.chance(0.4)
    if desk.chance(0.7):
        desk.look(bug.test, whole=True)
    outcomes = [True, False, *(desk.chance(0.5) for _ in range(desk.rng.randint(0, 2)))]
    if desk.chance(0.3):
        outcomes.insert(0, False)
    for number, succeeds in enumerate(outcomes):
        if number:
            operation = desk.rng.choice((RestoreOperation.RESET, RestoreOperation.CHECKOUT))
            desk.set(desk.to_head(), Intent.FRESH_TREE, restore=operation, everything=True)
        if succeeds:
            repair(desk, bug)
        else:
            attempt(desk, bug)
        desk.run(bug.test)


def side_by_side(desk: Desk) -> None:
    """Two sub-agents edit and run beside each other; now and then one undoes what the other did."""
    bugs = plant_bugs(desk, desk.rng.randint(3, 5))
    queues = {"agent-1": bugs[::2], "agent-2": bugs[1::2]}
    desk.look(*(bug.test for bug in bugs), whole=True)
    while any(queues.values()):
        runs = []
        for agent_id, queue in queues.items():
            if queue:
                fixed = not desk.chance(desk.profile.failed_attempts)
                bug = queue.pop(0) if fixed else queue[0]
                desk.write({bug.cell: OK if fixed else BROKEN}, Intent.FIX, bug.goal, agent_id=agent_id)
                runs.append(desk.begin(bug.test, agent_id=agent_id))
        desk.rng.shuffle(runs)
        for run in runs:
            desk.end(run)
    desk.look(*(bug.test for bug in bugs), whole=True)
    if len(bugs) > 1 and desk.chance(0.25):
        cells = {f"{path_of(bugs[1].cell)}#rest": OK, bugs[0].cell: BROKEN}
        desk.write(cells, Intent.WORK, agent_id="agent-2")
        desk.look(bugs[0].test, whole=True)
        repair_until_green(desk, bugs[0])


def filtering(desk: Desk) -> None:
    """Knows of a failing test, and mostly runs others."""
    known, task = (*plant_bugs(desk, 2), None)[:2]
    if known is None or task is None:
        return
    desk.look(known.test, whole=True)
    for number in range(desk.rng.randint(2, 4)):
        if number == 0:
            repair(desk, task)
        else:
            desk.write({f"{path_of(task.cell)}#rest": OK}, Intent.WORK)
        _run_only(desk, task)
        desk.run(known.test, whole=True)
    if desk.chance(0.5):
        repair_until_green(desk, known)


def _run_only(desk: Desk, bug: Bug) -> None:
    run = desk.watch(bug.test, whole=False)
    desk.begin_again(run)
    desk.end(run)


def _fail_otherwise(desk: Desk, bug: Bug) -> None:
    """A test that was repaired fails in another way, through other work, and is repaired again."""
    if desk.chance(0.4):
        cell = head_of(path_of(bug.cell))
        desk.write({cell: UNLOADABLE}, Intent.WORK)
        desk.look(bug.test)
        desk.write({cell: OK}, Intent.FIX, Goal(bug.test))
    else:
        desk.write({bug.cell: OTHERWISE}, Intent.WORK)
        desk.look(bug.test)
        repair(desk, bug)
    desk.look(bug.test)


HABITS: Final[Mapping[str, Habit]] = {
    "careful": careful,
    "chain": chain,
    "ping_pong": cycles.ping_pong,
    "signature_pair": cycles.signature_pair,
    "regressing": losing.regressing,
    "forgetful": losing.forgetful,
    "reverting": losing.reverting,
    "stuck": stuck,
    "gamer": only_tests.gamer,
    "mutation_checker": trials.mutation_checker,
    "test_driven": only_tests.test_driven,
    "refactorer": only_tests.refactorer,
    "requirements": only_tests.requirements,
    "independent": independent,
    "side_by_side": side_by_side,
    "filtering": filtering,
}
