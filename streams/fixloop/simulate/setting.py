"""Where a session takes place and who works there: a project, an agent, a branch, and what the emitters and the host are like."""

from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Final

from fixloop.simulate.legacy import Legacy
from fixloop.simulate.profile import Profile, Weights
from fixloop.simulate.project import Project, make_project
from fixloop.simulate.runner import Circumstances
from fixloop.simulate.source_text import Failure
from fixloop.simulate.wire import Wiring, person

_AGENTS: Final = (
    ("claude-code", "model-a"),
    ("codex", "model-b"),
    ("mini-swe-agent", "model-c"),
    ("opencode", "model-a"),
)
_PEOPLE: Final = 12
_SERVICES: Final = ("display", "docker", "clock", "mail", "gpu")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a session takes place, and who works there."""

    session_id: str
    project: Project
    who: dict[str, str]
    wiring: Wiring
    isolated: bool

    def circumstances(self, profile: Profile, rng: Random) -> Circumstances:
        """What its runs are subject to."""
        circumstances = Circumstances(
            retries=rng.random() < profile.runner_retries, trees=rng.random() < profile.tree_digests
        )
        if rng.random() < profile.environment_failures:
            host = rng.randrange(profile.hosts)
            lacking = Failure(
                "OSError",
                f"no service '{_SERVICES[host % len(_SERVICES)]}' on host-{host}",
                "conftest::service",
            )
            cases = self.project.cases
            circumstances.lacking = {cases[host % len(cases)].name: lacking}
            circumstances.comes_and_goes = rng.choice((0.0, 0.0, 0.4))
        if rng.random() < profile.outages:
            circumstances.outage_in = rng.randint(1, 4)
        return circumstances

    def after(self, legacy: Legacy, *, same_branch: bool) -> "Setting":
        """The setting of one who takes over: on the same project, by another agent, mostly on another branch."""
        agent, model = next(each for each in self._others(legacy.agent))
        project = legacy.world.project
        branch = legacy.branch if same_branch else self.who["vcs_ref_head_name"]
        who = {
            **self.who,
            "gen_ai_agent_name": agent,
            "gen_ai_request_model": model,
            "vcs_repository_name": project.name,
            "vcs_ref_head_name": branch,
        }
        framework = project.framework
        wiring = replace(self.wiring, agent=agent, framework=framework.name, runner=framework.runner)
        return replace(self, project=project, who=who, wiring=wiring)

    def _others(self, agent: str) -> list[tuple[str, str]]:
        """The agents that are not the given one; this session's own first, if it is one of them."""
        others = [each for each in _AGENTS if each[0] != agent]
        return sorted(others, key=lambda each: each[0] != self.wiring.agent)


def setting_of(profile: Profile, seed: int, index: int, rng: Random) -> Setting:
    """The setting of session number `index`."""
    apart = Random(f"{seed}:{index}:setting")  # noqa: S311 -- reproducible on purpose, and no secret
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
        agent,
        framework.name,
        framework.runner,
        draw(rng, profile.captures),
        profile.results_per_part,
        revisions=apart.random() < profile.revisions_known,
    )
    isolated = apart.random() < profile.isolated
    return Setting(f"simulated-{seed}-{index:06d}", project, who, wiring, isolated)


def draw(rng: Random, weights: Weights) -> str:
    """One of the names, by their weights."""
    names, numbers = zip(*weights, strict=True)
    name: str = rng.choices(names, numbers)[0]
    return name


@lru_cache(maxsize=256)
def _project(profile: Profile, seed: int, index: int) -> Project:
    return make_project(profile, seed, index)
