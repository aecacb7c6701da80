"""What a test run shows: mostly how things stand, and now and then something else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from fixloop.simulate.chronicle import Run, Shown
from fixloop.simulate.profile import Profile
from fixloop.simulate.project import Case
from fixloop.simulate.source_text import Failure
from fixloop.simulate.world import PASS, World
from fixloop_schemas.vocabulary import Outcome

_RETRIES: Final = 2
_OUTAGE: Final = Failure(
    "ConnectionError", "connection to localhost:5432 refused after {secs}", "conftest::database"
)


@dataclass(slots=True)
class Circumstances:
    """What a session's runs are subject to."""

    retries: bool = False
    """The runner tries a failed test again."""
    trees: bool = False
    """The runner knows the digest of the tree."""
    lacking: dict[str, Failure] = field(default_factory=dict)
    """Tests that need what the host does not have, and how they fail."""
    comes_and_goes: float = 0.0
    """How often what the host lacks is there for a run."""
    outage_in: int = -1
    """The number of runs until one fails as a whole; negative: none does."""


def run(
    profile: Profile,
    rng: Random,
    world: World,
    circumstances: Circumstances,
    run_id: str,
    at: int,
    focus: Sequence[str],
    whole: bool | None,
    agent_id: str | None,
) -> Run:
    """Run the tests as they are now.

    Args:
        focus: the tests that somebody is working on.
        whole: run everything, or a selection; None for as it comes.
    """
    selection = None if whole or (whole is None and rng.random() >= profile.partial_runs) else focus
    cases, selectors = _selected(profile, rng, world, selection)
    unloaded = _unloaded(profile, rng, world, cases)
    cases = [case for case in cases if world.project.test_paths[case.module] not in unloaded]
    if rng.random() < profile.crashed_runs and len(cases) > 1:
        cases = cases[: rng.randint(1, len(cases) - 1)]
        crashed = True
    else:
        crashed = False
    outage = circumstances.outage_in == 0
    circumstances.outage_in -= 1
    away = rng.random() >= circumstances.comes_and_goes
    shown = []
    for case in cases:
        one = _shown(
            profile,
            rng,
            world,
            circumstances,
            case,
            outage=outage,
            alone=_alone(world, case, cases),
            away=away,
        )
        if one is not None:
            shown.append(one)
    tree = f"{hash_of(world)}" if circumstances.trees else None
    return Run(
        run_id=run_id,
        at=at,
        selectors=selectors,
        shown=tuple(shown),
        unloaded=unloaded,
        crashed=crashed,
        outage=outage,
        agent_id=agent_id,
        tree=tree,
    )


def hash_of(world: World) -> str:
    """The whole tree as one text."""
    return "\0".join(line for path in sorted(world.layout) for line in (path, *world.text(path)))


def _selected(
    profile: Profile, rng: Random, world: World, focus: Sequence[str] | None
) -> tuple[list[Case], tuple[str, ...]]:
    cases = list(world.cases.values())
    if focus is None:
        return cases, ()
    names = list(focus)
    if not names or rng.random() < profile.off_target_runs:
        names = [rng.choice([case.name for case in cases if case.name not in focus] or [cases[0].name])]
    if rng.random() < 0.3:
        return [world.cases[name] for name in names], tuple(world.names[name] for name in names)
    modules = {world.cases[name].module for name in names}
    if rng.random() < 0.2:
        modules.add(rng.randrange(len(world.project.test_paths)))
    paths = tuple(world.project.test_paths[module] for module in sorted(modules))
    return [case for case in cases if case.module in modules], paths


def _unloaded(profile: Profile, rng: Random, world: World, cases: Sequence[Case]) -> tuple[str, ...]:
    modules = sorted({case.module for case in cases})
    if len(modules) < 2 or rng.random() >= profile.collection_errors:
        return ()
    return (world.project.test_paths[rng.choice(modules)],)


def _alone(world: World, case: Case, cases: Sequence[Case]) -> bool:
    """Whether a test runs without the rest of its module."""
    return len(cases) < len(world.cases) and sum(other.module == case.module for other in cases) < sum(
        other.module == case.module for other in world.cases.values()
    )


def _shown(
    profile: Profile,
    rng: Random,
    world: World,
    circumstances: Circumstances,
    case: Case,
    *,
    outage: bool,
    alone: bool,
    away: bool,
) -> Shown | None:
    verdict = world.verdicts[case.name]
    name = world.names[case.name]
    if verdict == "absent":
        return None
    if verdict == "skip":
        return Shown(case.name, name, Outcome.SKIP)
    failure, why = (None, "code") if verdict == PASS else (verdict, "code")
    if outage and rng.random() < 0.97:
        failure, why = _OUTAGE, "outage"
    elif failure is None and away and case.name in circumstances.lacking:
        failure, why = circumstances.lacking[case.name], "environment"
    elif failure is None and case.order_dependent and alone:
        failure, why = case.noise, "order"
    elif failure is None and rng.random() < case.flake_rate:
        failure, why = case.noise, "flake"
    attempts: tuple[Outcome, ...] = ()
    if failure is not None and circumstances.retries:
        attempts = _attempts(rng, case, why)
        if attempts[-1] is Outcome.PASS:
            return Shown(case.name, name, Outcome.PASS, why=why, attempts=attempts)
    if not isinstance(failure, Failure):
        return Shown(case.name, name, Outcome.PASS)
    cut = rng.random() < profile.cut_messages
    outcome = Outcome.ERROR if failure.error_type in ("ImportError", "ConnectionError") else Outcome.FAIL
    message = failure.told(rng)
    return Shown(case.name, name, outcome, failure, message[:12] if cut else message, not cut, why, attempts)


def _attempts(rng: Random, case: Case, why: str) -> tuple[Outcome, ...]:
    attempts = [Outcome.FAIL]
    for _ in range(_RETRIES):
        again = why != "flake" or rng.random() < case.flake_rate
        attempts.append(Outcome.FAIL if again else Outcome.PASS)
        if not again:
            break
    return tuple(attempts)
