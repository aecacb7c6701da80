"""The life of one failure of one test, as runs showed it: stretches in which it was there, and between them runs without it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from fixloop.simulate.chronicle import Change, Chronicle, Intent, Run, Shown
from fixloop.simulate.source_text import Failure
from fixloop_schemas.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one run that arrived showed of a test."""

    run: Run
    shown: Shown
    certain: bool
    """Which failure it is can be told: its message was not cut, or the test has no other."""

    @property
    def at(self) -> int:
        """When."""
        return self.run.at

    @property
    def passed(self) -> bool:
        """Whether the test passed."""
        return self.shown.outcome is Outcome.PASS

    def shows(self, failure: Failure) -> bool:
        """Whether it surely shows this failure, and because of the code."""
        shown = self.shown
        return shown.outcome.red and shown.why == "code" and self.certain and shown.failure == failure

    def clears(self, failure: Failure) -> bool:
        """Whether it surely shows that this failure is not there."""
        shown = self.shown
        other = shown.outcome.red and shown.why == "code" and self.certain and shown.failure != failure
        return self.passed or other


@dataclass(slots=True)
class Span:
    """A stretch in which the failure was there, and at least one run showed it."""

    start: Change | None
    """None when it was there from the start."""
    end: Change | None
    """None when it stays."""
    seen: list[Sighting]
    clear: list[Sighting] = field(default_factory=list)
    """The runs after it, and before the next span, that showed the test without it."""

    @property
    def green(self) -> bool:
        """Whether the test was seen passing after it."""
        return any(sighting.passed for sighting in self.clear)


@dataclass(slots=True)
class Check:
    """A stretch in which a fix was out on purpose."""

    out: Change
    back: Change | None
    seen: list[Sighting]


@dataclass(slots=True)
class Story:
    """One failure of one test."""

    test: str
    failure: Failure
    spans: list[Span] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def returns(self) -> Iterator[tuple[Span, Span]]:
        """Each span that has one before it, after that one."""
        return pairwise(self.spans)


@dataclass(slots=True)
class History:
    """Everything about one test."""

    test: str
    names: tuple[str, ...]
    """All that it was called."""
    sightings: list[Sighting]
    stories: list[Story]

    def seen_green(self, after: float, until: float) -> bool:
        """Whether it was seen passing in a stretch of time."""
        return any(sighting.passed and after < sighting.at < until for sighting in self.sightings)


def histories(chronicle: Chronicle) -> dict[str, History]:
    """The histories of all tests that some run showed."""
    effects: dict[str, list[tuple[Change, object]]] = {}
    failures = {test: {failure} for test, failure in chronicle.from_the_start.items()}
    for change in chronicle.changes:
        for effect in change.effects:
            effects.setdefault(effect.test, []).append((change, effect.after))
            if isinstance(effect.after, Failure):
                failures.setdefault(effect.test, set()).add(effect.after)
    sightings: dict[str, list[Sighting]] = {}
    for run in chronicle.runs:
        for shown in run.shown if run.seen else ():
            certain = shown.complete or len(failures.get(shown.test, ())) == 1
            sightings.setdefault(shown.test, []).append(Sighting(run, shown, certain))
    return {
        test: History(
            test,
            tuple(dict.fromkeys(sighting.shown.name for sighting in seen)),
            seen,
            _stories(test, chronicle.from_the_start.get(test), effects.get(test, []), seen),
        )
        for test, seen in sightings.items()
    }


def _stories(
    test: str, first: Failure | None, effects: list[tuple[Change, object]], sightings: list[Sighting]
) -> list[Story]:
    stories: dict[Failure, Story] = {}
    starts: list[tuple[Change | None, object]] = [(None, first), *effects]
    ends: list[Change | None] = [*(change for change, _ in effects), None]
    for (start, verdict), end in zip(starts, ends, strict=True):
        if isinstance(verdict, Failure):
            story = stories.setdefault(verdict, Story(test, verdict))
            _add(story, start, end, sightings)
    for story in stories.values():
        if story.spans:
            last = story.spans[-1].seen[-1].at
            story.spans[-1].clear = [
                each for each in sightings if each.at > last and each.clears(story.failure)
            ]
    return list(stories.values())


def _add(story: Story, start: Change | None, end: Change | None, sightings: list[Sighting]) -> None:
    begin, until = start.at if start else -inf, end.at if end else inf
    seen = [each for each in sightings if begin < each.at < until and each.shows(story.failure)]
    if start is not None and start.intent is Intent.TAKE_OUT:
        story.checks.append(Check(start, end, seen))
    elif seen and story.spans:
        before = story.spans[-1]
        clear = [
            each
            for each in sightings
            if before.seen[-1].at < each.at < seen[0].at and each.clears(story.failure)
        ]
        if clear:
            before.clear = clear
            story.spans.append(Span(start, end, seen))
        else:
            before.end, before.seen = end, [*before.seen, *seen]
    elif seen:
        story.spans.append(Span(start, end, seen))
