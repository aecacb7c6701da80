"""What a session is about, planted into its world: bugs, rings of fixes that conflict, tests with two failures, output and expectation."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from fixloop.simulate.chronicle import Goal
from fixloop.simulate.desk import Desk, module_of
from fixloop.simulate.project import AS_WRITTEN, OK, Case, Variant
from fixloop.simulate.source_text import Failure, block, failure, phrase
from fixloop.simulate.world import BROKEN, Rule

JOINT = "joint"
"""The fix that ends a ring."""


@dataclass(frozen=True, slots=True)
class Bug:
    """Something to repair: one test, and the cell that decides about it."""

    case: Case

    @property
    def test(self) -> str:
        """The test that shows it."""
        return self.case.name

    @property
    def cell(self) -> str:
        """Where it is."""
        return self.case.subject

    @property
    def goal(self) -> Goal:
        """To repair it."""
        return Goal(self.case.name)


@dataclass(frozen=True, slots=True)
class Ring:
    """Bugs of which repairing each brings the next, and the last brings back the first."""

    number: int
    members: tuple[tuple[Case, ...], ...]
    cells: tuple[str, ...]
    """Where each is repaired: one cell for all, or one for each."""

    def goal(self, member: int) -> Goal:
        """To repair one member."""
        return Goal(self.members[member][0].name, self.number, member)

    def fix(self, member: int, desk: Desk) -> dict[str, str]:
        """The change that repairs a member and brings the next."""
        if len(set(self.cells)) == 1:
            return {self.cells[0]: f"repaired {member}"}
        latest = max(_version(desk.world.meaning(cell)) for cell in self.cells)
        return {self.cells[member]: f"version {latest + 1}"}

    def joint(self) -> dict[str, str]:
        """The change that repairs all."""
        return dict.fromkeys(self.cells, JOINT)


def take_cases(desk: Desk, count: int, *, module: int | None = None) -> list[Case]:
    """Tests that can be relied on, and that nothing else in the session is about."""
    free = [
        case
        for case in desk.world.cases.values()
        if case.reliable
        and case.name not in desk.circumstances.lacking
        and desk.world.verdicts[case.name] == "pass"
        and case.name not in desk.taken
        and module in (None, case.module)
    ]
    taken = desk.rng.sample(free, min(count, len(free)))
    desk.taken.update(case.name for case in taken)
    return taken


def plant_bugs(desk: Desk, count: int) -> list[Bug]:
    """Bugs that are there when the session begins."""
    bugs = [Bug(case) for case in take_cases(desk, count)]
    desk.world.start({bug.cell: Variant(BROKEN, block(desk.rng)) for bug in bugs})
    return bugs


def sound(desk: Desk, count: int) -> list[Bug]:
    """Places that are in order, and can be broken."""
    return [Bug(case) for case in take_cases(desk, count)]


def plant_ring(desk: Desk, size: int) -> Ring:
    """A ring of conflicting fixes; its first member is red from the start."""
    companions = [2 if desk.chance(0.2) else 1 for _ in range(size)]
    cases = take_cases(desk, sum(companions))
    members: list[tuple[Case, ...]] = []
    for count in companions:
        members.append(tuple(cases[:count]) or members[-1])
        cases = cases[count:]
    one_place = desk.chance(0.5)
    cells = tuple(members[0][0].subject if one_place else member[0].subject for member in members)
    ring = Ring(len(desk.chronicle.rings), tuple(members), cells)
    desk.world.start({cell: Variant("version 0", block(desk.rng)) for cell in cells})
    for index, member in enumerate(members):
        for case in member:
            desk.world.rule(
                case.name, Rule(tuple(dict.fromkeys(cells)), _red_member(index, size), case.failures[0])
            )
    desk.chronicle.rings[ring.number] = tuple(tuple(case.name for case in member) for member in members)
    return ring


def plant_output(desk: Desk, versions: int, *, same_failure: bool) -> Case:
    """A test whose own text says which output it expects: output and expectation are `output 0`, `output 1`, ..."""
    (case,) = take_cases(desk, 1)
    words = [f"output {number}" for number in range(versions)]
    desk.world.start(
        {case.subject: Variant(words[0], block(desk.rng)), case.own: Variant(words[0], block(desk.rng))}
    )
    rules = [
        Rule(
            (case.subject, case.own), _is(made, expected), _mismatch(case, made, expected, same=same_failure)
        )
        for made in words
        for expected in words
        if made != expected
    ]
    desk.world.rule(case.name, *rules)
    return case


def plant_new_test(desk: Desk, rounds: int, *, same_failure: bool) -> Case:
    """A test that is still to be written, and asks for more in each round: `round 1`, `round 2`, ...; the product is at `round 0`."""
    (near,) = take_cases(desk, 1)
    project = desk.world.project
    module = project.product_paths[near.module]
    name = project.framework.case_name(module_of(module), phrase(desk.rng))
    in_new_file = desk.chance(0.4)
    tests = project.test_paths[near.module]
    path = (
        tests.replace("/test_", "/test_more_")
        if in_new_file and project.framework.name == "pytest"
        else tests
    )
    frames = f"{module}::{phrase(desk.rng)}"
    first = failure(desk.rng, frames)
    case = replace(near, name=name, own=f"{path}#{name}", failures=(first, failure(desk.rng, frames)))
    desk.world.start({case.subject: Variant("round 0", block(desk.rng))})
    desk.world.add_case(case, path)
    desk.world.rule(near.name)
    rules = [
        Rule(
            (case.subject, case.own),
            _short_of(asked),
            first if same_failure else failure(desk.rng, frames),
        )
        for asked in range(1, rounds + 1)
    ]
    desk.world.rule(case.name, *rules)
    desk.taken.add(case.name)
    return case


def from_now_on(desk: Desk, case: Case, meaning_of_own: str, wanted: str) -> None:
    """While its own text says `meaning_of_own`, a test wants its subject to mean `wanted`, and fails otherwise."""
    rule = Rule(
        (case.subject, case.own),
        lambda subject, own: own == meaning_of_own and subject != wanted,
        failure(desk.rng, case.failures[0].frame),
    )
    old = Rule(
        (case.subject, case.own),
        lambda subject, own: own == AS_WRITTEN and subject != OK,
        case.failures[0],
    )
    desk.world.rule(case.name, rule, old)


def _version(meaning: str) -> int:
    return int(meaning.removeprefix("version "))


def _red_member(index: int, size: int) -> Callable[..., bool]:
    def holds(*meanings: str) -> bool:
        if JOINT in meanings:
            return False
        if len(meanings) == 1:
            word = meanings[0]
            return index == 0 if word.startswith("version") else (int(word.split()[1]) + 1) % size == index
        versions = [_version(meaning) for meaning in meanings]
        latest = max(versions)
        return index == (0 if latest == 0 else (versions.index(latest) + 1) % size)

    return holds


def _is(made: str, expected: str) -> Callable[..., bool]:
    return lambda output, expectation: (output, expectation) == (made, expected)


def _short_of(asked: int) -> Callable[..., bool]:
    return lambda subject, own: own == f"round {asked}" and int(subject.split()[1]) < asked


def _mismatch(case: Case, made: str, expected: str, *, same: bool) -> Failure:
    text = "the snapshot does not match" if same else f"expected '{expected}', got '{made}'"
    return Failure("AssertionError", text, case.failures[0].frame)
