"""One session from beginning to end: who works where, on what, a habit at work, and the events that arrive."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from fixloop.simulate.chronicle import Chronicle
from fixloop.simulate.desk import Desk
from fixloop.simulate.habits import HABITS
from fixloop.simulate.heirs import HEIRS, workspace
from fixloop.simulate.hindsight import Before, truth_of
from fixloop.simulate.legacy import Legacy, legacy_of
from fixloop.simulate.noise import Placed, arrivals, place, to_events
from fixloop.simulate.plots import plant_bugs
from fixloop.simulate.profile import Profile
from fixloop.simulate.setting import Setting, draw, setting_of
from fixloop.simulate.truth import SessionTruth
from fixloop.simulate.visibility import Visibility
from fixloop.simulate.wire import messages
from fixloop.simulate.world import World

_BACK = range(5, 25)
"""How many sessions before is the one that a session takes over from: near enough to matter, and over by then."""
_SAME_TASK = 0.6
"""Of those who try again, those who have the other's bug before them; the others make it by themselves."""
_BY_COMMIT = 0.5
"""Of heirs, those who look for a session that committed its repairs; the others take the nearest."""
_SAME_BRANCH = 0.3
_SAME_BRANCH_UNCOMMITTED = 0.8
"""Of heirs, those who stay on the other's branch: what is in no commit is mostly found where it was left."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated session."""

    events: tuple[dict[str, Any], ...]
    """As they arrive: CloudEvents in their JSON format."""
    truth: SessionTruth
    chronicle: Chronicle
    """All that happened, as nobody but a test may see it."""


@dataclass(frozen=True, slots=True)
class _Played:
    """A session that was played, before anything of it has arrived."""

    setting: Setting
    desk: Desk
    placed: list[Placed]
    rng: Random
    before: Before | None


def simulate(profile: Profile, seed: int, index: int) -> Simulated:
    """Session number `index` of a seed, the same whatever else is asked for."""
    played = _play(profile, seed, index)
    setting, chronicle, rng, before = played.setting, played.desk.chronicle, played.rng, played.before
    labels, also = truth_of(chronicle, setting.wiring, before)
    events = to_events(profile, rng, setting.session_id, index, played.placed, setting.who)
    truth = SessionTruth(
        session_id=setting.session_id,
        habit=chronicle.habit,
        labels=labels,
        also=also,
        cycle_members=tuple(
            tuple(test for member in ring for test in member) for ring in chronicle.rings.values()
        ),
        events=len(events),
        follows=before.legacy.session_id if before else None,
    )
    return Simulated(tuple(arrivals(profile, rng, events)), truth, chronicle)


def _play(profile: Profile, seed: int, index: int) -> _Played:
    fate = Random(f"{seed}:{index}:lineage")  # noqa: S311 -- reproducible on purpose, and no secret
    if fate.random() < profile.handed_on:
        legacy = _legacy(profile, seed, index, by_commit=fate.random() < _BY_COMMIT)
        if legacy is not None:
            return _play_heir(profile, seed, index, fate, legacy)
    return _play_alone(profile, seed, index)


def _play_alone(profile: Profile, seed: int, index: int) -> _Played:
    rng = Random(f"{seed}:{index}")  # noqa: S311 -- reproducible on purpose, and no secret
    setting = setting_of(profile, seed, index, rng)
    desk = Desk(profile, rng, World(setting.project), setting.circumstances(profile, rng))
    desk.chronicle.isolated = setting.isolated
    if desk.chance(profile.preexisting_failures):
        plant_bugs(desk, 1)
    desk.chronicle.habit = draw(rng, profile.habits)
    HABITS[desk.chronicle.habit](desk)
    placed = place(profile, rng, list(messages(desk.chronicle, setting.wiring, rng)))
    return _Played(setting, desk, placed, rng, None)


def _play_heir(profile: Profile, seed: int, index: int, fate: Random, legacy: Legacy) -> _Played:
    rng = Random(f"{seed}:{index}")  # noqa: S311 -- reproducible on purpose, and no secret
    habit = draw(fate, profile.lineages)
    fresh = habit == "trying_again"
    world = workspace(habit, legacy, same_task=fate.random() < _SAME_TASK)
    stay = _SAME_BRANCH if legacy.committed else _SAME_BRANCH_UNCOMMITTED
    setting = setting_of(profile, seed, index, rng).after(legacy, same_branch=fate.random() < stay)
    desk = Desk(profile, rng, world, setting.circumstances(profile, rng))
    for repaired in legacy.repaired:
        desk.circumstances.lacking.pop(repaired.case.name, None)
    desk.taken |= legacy.touched
    desk.chronicle.isolated = setting.isolated and fresh
    desk.chronicle.habit = habit
    HEIRS[habit](desk, legacy)
    placed = place(profile, rng, list(messages(desk.chronicle, setting.wiring, rng)))
    return _Played(setting, desk, placed, rng, Before(legacy, fresh))


def _legacy(profile: Profile, seed: int, index: int, *, by_commit: bool) -> Legacy | None:
    """What the nearest session leaves that leaves anything, in a commit if that is wanted and there is one."""
    nearest: Legacy | None = None
    for legacy in _legacies(profile, seed, index):
        if not by_commit or legacy.committed:
            return legacy
        nearest = nearest or legacy
    return nearest


def _legacies(profile: Profile, seed: int, index: int) -> Iterator[Legacy]:
    """What the sessions before leave, the nearest first, but for those that took over from another themselves."""
    for earlier in (index - back for back in _BACK if back <= index):
        fate = Random(f"{seed}:{earlier}:lineage")  # noqa: S311 -- reproducible on purpose, and no secret
        if fate.random() < profile.handed_on:
            continue
        played = _play_alone(profile, seed, earlier)
        setting, chronicle = played.setting, played.desk.chronicle
        visible = Visibility.of(chronicle, whole_files=setting.wiring.whole_files, lines=setting.wiring.lines)
        who = setting.who
        legacy = legacy_of(
            setting.session_id, who["vcs_ref_head_name"], who["gen_ai_agent_name"], played.desk, visible
        )
        if legacy is not None:
            yield legacy
