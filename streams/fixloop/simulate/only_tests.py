"""Agents that edit tests: to get rid of a failure, to ask for more, because the output or what is asked for has changed."""

from fixloop.simulate.chronicle import Intent
from fixloop.simulate.desk import Desk
from fixloop.simulate.moves import attempt, repair_until_green, tidy_up
from fixloop.simulate.plots import from_now_on, plant_bugs, plant_new_test, plant_output
from fixloop.simulate.project import AS_WRITTEN, OK
from fixloop.simulate.world import GONE, SKIPPED, WEAKENED


def gamer(desk: Desk) -> None:
    """Tries for a while, then makes the test agree, skips it, or deletes it."""
    (bug,) = plant_bugs(desk, 1)
    desk.look(bug.test, whole=True)
    for _ in range(desk.rng.randint(0, 3)):
        attempt(desk, bug)
        desk.look(bug.test)
    how = desk.rng.choices((WEAKENED, SKIPPED, GONE), (6, 3, 1))[0]
    desk.write({bug.case.own: how}, Intent.GAME, bug.goal)
    desk.run(bug.test, whole=True)
    tidy_up(desk)


def test_driven(desk: Desk) -> None:
    """Writes a test, makes it pass, extends it, makes it pass again."""
    rounds = desk.rng.randint(2, 4)
    case = plant_new_test(desk, rounds, same_failure=desk.chance(0.5))
    if desk.chance(0.5):
        desk.look(whole=True)
    for number in range(1, rounds + 1):
        desk.write({case.own: f"round {number}"}, Intent.EXTEND)
        desk.look(case.name)
        if desk.chance(desk.profile.failed_attempts):
            desk.write({case.subject: f"round {number - 1}"}, Intent.FIX)
            desk.look(case.name)
        desk.write({case.subject: f"round {number}"}, Intent.FIX)
        desk.look(case.name)
    tidy_up(desk)


def refactorer(desk: Desk) -> None:
    """Changes the output on purpose, and lets the expectation follow; for some rounds."""
    rounds = desk.rng.randint(1, 4)
    case = plant_output(desk, rounds + 1, same_failure=desk.chance(0.5))
    desk.look(case.name, whole=True)
    for number in range(1, rounds + 1):
        if number > 1 and desk.chance(0.2):
            desk.write({case.subject: f"output {number}", case.own: f"output {number}"}, Intent.ACCEPT)
            desk.look(case.name)
            continue
        desk.write({case.subject: f"output {number}"}, Intent.WORK)
        desk.look(case.name)
        desk.write({case.own: f"output {number}"}, Intent.ACCEPT)
        desk.look(case.name)
    tidy_up(desk)


def requirements(desk: Desk) -> None:
    """Repairs a bug; then something else is asked for, the test says so first, and the product follows; now and then, and back again."""
    (bug,) = plant_bugs(desk, 1)
    case = bug.case
    from_now_on(desk, case, "asks otherwise", "done otherwise")
    desk.look(bug.test, whole=True)
    repair_until_green(desk, bug)
    _ask(desk, bug.test, case.own, "asks otherwise")
    desk.write({case.subject: "done otherwise"}, Intent.FIX, bug.goal)
    desk.look(bug.test)
    if desk.chance(0.4):
        _ask(desk, bug.test, case.own, AS_WRITTEN)
        desk.write({case.subject: OK}, Intent.FIX, bug.goal)
        desk.look(bug.test)
    tidy_up(desk)


def _ask(desk: Desk, test: str, own: str, meaning: str) -> None:
    if desk.chance(0.6):
        desk.write_prose()
    desk.write({own: meaning}, Intent.REQUIRE)
    desk.look(test)
