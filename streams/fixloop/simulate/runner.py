"""What a test run shows: mostly how things stand, and now and then something else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from fixloop.simulate.chronicle import Run, Shown
from fixloop.simulate.profile import Profile
from fixloop.simulate.project import Case
from fixloop.simulate.source_text import Failure
from fixloop.simulate.world import World
from fixloop_schemas.vocabulary import Outcome

_RETRIES: Final = 2
_BY_NAME: Final = 0.3
"""Of partial runs, those that name tests instead of files."""
_ONE_FILE_MORE: Final = 0.2
"""Of partial runs by file, those with one file more than needed."""
_SPARED: Final = 0.03
"""Of the tests in an outage, those that do not notice."""
_OUTAGE: Final = Failure(
    "ConnectionError", "connection to localhost:5432 refused after {secs}", "conftest::database"
)
_BROKEN_OFF: Final = 12
"""Characters of a message that was cut."""


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


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds for all tests of one run."""

    cases: Sequence[Case]
    outage: bool
    lacking: bool
    """What the host lacks is not there."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs the tests of one session's world."""

    profile: Profile
    rng: Random
    world: World
    circumstances: Circumstances

    def run(
        self, run_id: str, at: int, focus: Sequence[str], whole: bool | None, agent_id: str | None
    ) -> Run:
        """Run the tests as they are now.

        Args:
            run_id: what the run is called.
            at: the tick of the session.
            focus: the tests that somebody is working on.
            whole: run everything, or a selection; None for as it comes.
            agent_id: the sub-agent that runs them; None for the main one.
        """
        partial = self.rng.random() < self.profile.partial_runs if whole is None else not whole
        cases, selectors = self._selected(focus) if partial else (list(self.world.cases.values()), ())
        unloaded = self._unloaded(cases)
        cases = [case for case in cases if self.world.project.test_paths[case.module] not in unloaded]
        crashed = self.rng.random() < self.profile.crashed_runs and len(cases) > 1
        if crashed:
            cases = cases[: self.rng.randint(1, len(cases) - 1)]
        lacking = self.rng.random() >= self.circumstances.comes_and_goes
        around = _Around(cases, outage=self.circumstances.outage_in == 0, lacking=lacking)
        self.circumstances.outage_in -= 1
        shown = [self._shown(case, around) for case in cases]
        return Run(
            run_id=run_id,
            at=at,
            selectors=selectors,
            shown=tuple(one for one in shown if one is not None),
            unloaded=unloaded,
            crashed=crashed,
            outage=around.outage,
            agent_id=agent_id,
            tree=_tree(self.world) if self.circumstances.trees else None,
        )

    def _selected(self, focus: Sequence[str]) -> tuple[list[Case], tuple[str, ...]]:
        cases, rng = list(self.world.cases.values()), self.rng
        names = list(focus)
        if not names or rng.random() < self.profile.off_target_runs:
            others = [case.name for case in cases if case.name not in focus]
            names = [rng.choice(others or [cases[0].name])]
        if rng.random() < _BY_NAME:
            return [self.world.cases[name] for name in names], tuple(self.world.names[name] for name in names)
        modules = {self.world.cases[name].module for name in names}
        if rng.random() < _ONE_FILE_MORE:
            modules.add(rng.randrange(len(self.world.project.test_paths)))
        paths = tuple(self.world.project.test_paths[module] for module in sorted(modules))
        return [case for case in cases if case.module in modules], paths

    def _unloaded(self, cases: Sequence[Case]) -> tuple[str, ...]:
        modules = sorted({case.module for case in cases})
        if len(modules) < 2 or self.rng.random() >= self.profile.collection_errors:
            return ()
        return (self.world.project.test_paths[self.rng.choice(modules)],)

    def _shown(self, case: Case, around: _Around) -> Shown | None:
        verdict, name = self.world.verdicts[case.name], self.world.names[case.name]
        if verdict == "absent":
            return None
        if verdict == "skip":
            return Shown(case.name, name, Outcome.SKIP)
        failure, why = self._why(case, verdict if isinstance(verdict, Failure) else None, around)
        attempts = self._attempts(case, why) if failure and self.circumstances.retries else ()
        if failure is None or Outcome.PASS in attempts:
            return Shown(case.name, name, Outcome.PASS, why=why, attempts=attempts)
        cut = self.rng.random() < self.profile.cut_messages
        outcome = Outcome.ERROR if failure.error_type in ("ImportError", "ConnectionError") else Outcome.FAIL
        message = failure.told(self.rng)
        return Shown(
            case.name,
            name,
            outcome,
            failure,
            message[:_BROKEN_OFF] if cut else message,
            not cut,
            why,
            attempts,
        )

    def _why(self, case: Case, failure: Failure | None, around: _Around) -> tuple[Failure | None, str]:
        """How a test fails, if it does, and what makes it fail."""
        if around.outage and self.rng.random() >= _SPARED:
            return _OUTAGE, "outage"
        if failure is None and around.lacking and case.name in self.circumstances.lacking:
            return self.circumstances.lacking[case.name], "environment"
        if failure is None and case.order_dependent and self._alone(case, around.cases):
            return case.noise, "order"
        if failure is None and self.rng.random() < case.flake_rate:
            return case.noise, "flake"
        return failure, "code"

    def _alone(self, case: Case, cases: Sequence[Case]) -> bool:
        """Whether a test runs without the rest of its module."""
        together = sum(other.module == case.module for other in cases)
        return together < sum(other.module == case.module for other in self.world.cases.values())

    def _attempts(self, case: Case, why: str) -> tuple[Outcome, ...]:
        attempts = [Outcome.FAIL]
        for _ in range(_RETRIES):
            again = why != "flake" or self.rng.random() < case.flake_rate
            attempts.append(Outcome.FAIL if again else Outcome.PASS)
            if not again:
                break
        return tuple(attempts)


def _tree(world: World) -> str:
    """The whole tree as one text."""
    return "\0".join(line for path in sorted(world.layout) for line in (path, *world.text(path)))
