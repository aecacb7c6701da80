"""One session from beginning to end: a project, what it is subject to, a habit at work, and the events that arrive."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from fixloop.simulate.chronicle import Chronicle
from fixloop.simulate.desk import Desk
from fixloop.simulate.habits import HABITS
from fixloop.simulate.hindsight import truth_of
from fixloop.simulate.noise import arrivals, place, to_events
from fixloop.simulate.plots import plant_bugs
from fixloop.simulate.profile import Profile, Weights
from fixloop.simulate.project import Project, make_project
from fixloop.simulate.runner import Circumstances
from fixloop.simulate.source_text import Failure
from fixloop.simulate.truth import SessionTruth
from fixloop.simulate.wire import Wiring, messages, person
from fixloop.simulate.world import World

_AGENTS: Final = (
    ("claude-code", "model-a"),
    ("codex", "model-b"),
    ("mini-swe-agent", "model-c"),
    ("opencode", "model-a"),
)
_PEOPLE: Final = 12


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated session."""

    events: tuple[dict[str, Any], ...]
    """As they arrive: CloudEvents in their JSON format."""
    truth: SessionTruth
    chronicle: Chronicle
    """All that happened, as nobody but a test may see it."""


def simulate(profile: Profile, seed: int, index: int) -> Simulated:
    """Session number `index` of a seed, the same whatever else is asked for."""
    rng = Random(f"{seed}:{index}")  # noqa: S311 -- reproducible on purpose, and no secret
    session_id = f"simulated-{seed}-{index:06d}"
    project = _project(profile, seed, rng.randrange(profile.projects))
    agent, model = rng.choice(_AGENTS)
    who = {
        "gen_ai_agent_name": agent,
        "gen_ai_request_model": model,
        "vcs_repository_name": project.name,
        "vcs_ref_head_name": rng.choice(("main", f"work-{index}")),
        "enduser_pseudo_id": person(f"person {rng.randrange(_PEOPLE)}"),
    }
    framework = project.framework
    wiring = Wiring(
        agent, framework.name, framework.runner, _draw(rng, profile.captures), profile.results_per_part
    )
    chronicle = _play(profile, rng, project)
    placed = place(profile, rng, list(messages(chronicle, wiring, rng)))
    labels, also = truth_of(chronicle, whole_files=wiring.whole_files, lines=wiring.lines)
    events = to_events(profile, rng, session_id, index, placed, who)
    truth = SessionTruth(
        session_id=session_id,
        habit=chronicle.habit,
        labels=labels,
        also=also,
        cycle_members=tuple(
            tuple(test for member in ring for test in member) for ring in chronicle.rings.values()
        ),
        events=len(events),
    )
    return Simulated(tuple(arrivals(profile, rng, events)), truth, chronicle)


@lru_cache(maxsize=256)
def _project(profile: Profile, seed: int, index: int) -> Project:
    return make_project(profile, seed, index)


def _play(profile: Profile, rng: Random, project: Project) -> Chronicle:
    """What happens at the desk."""
    world = World(project)
    desk = Desk(profile, rng, world, _circumstances(profile, rng, project))
    if desk.chance(profile.preexisting_failures):
        plant_bugs(desk, 1)
    habit = _draw(rng, profile.habits)
    desk.chronicle.habit = habit
    HABITS[habit](desk)
    return desk.chronicle


def _circumstances(profile: Profile, rng: Random, project: Project) -> Circumstances:
    circumstances = Circumstances(
        retries=rng.random() < profile.runner_retries, trees=rng.random() < profile.tree_digests
    )
    if rng.random() < profile.environment_failures:
        host = rng.randrange(profile.hosts)
        lacking = Failure(
            "OSError", f"no service '{_SERVICES[host % len(_SERVICES)]}' on host-{host}", "conftest::service"
        )
        circumstances.lacking = {project.cases[host % len(project.cases)].name: lacking}
        circumstances.comes_and_goes = rng.choice((0.0, 0.0, 0.4))
    if rng.random() < profile.outages:
        circumstances.outage_in = rng.randint(1, 4)
    return circumstances


def _draw(rng: Random, weights: Weights) -> str:
    names, numbers = zip(*weights, strict=True)
    name: str = rng.choices(names, numbers)[0]
    return name


_SERVICES: Final = ("display", "docker", "clock", "mail", "gpu")
