"""Whole sessions against their labels: is it said of the right ones that something fixed came back?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fixloop.evaluate.called import Session
from fixloop.evaluate.counts import Counts
from fixloop.evaluate.labels import Label

Rule = Callable[[Session], bool]
"""Says of a session whether something fixed came back in it."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A session of which the rule says something else than its label."""

    file: str
    session: str
    label: str
    kinds: tuple[str, ...]
    """What stands instead."""


@dataclass(frozen=True, slots=True)
class SessionScores:
    """How a rule does on labelled sessions, and how often it fires on the others."""

    counts: Counts
    labelled: int
    unlabelled: int
    fired: int
    false_alarms: tuple[Disagreement, ...]
    missed: tuple[Disagreement, ...]

    @property
    def fire_rate(self) -> float | None:
        """Of the sessions without a label, the share that is called."""
        return self.fired / self.unlabelled if self.unlabelled else None


def score_sessions(
    sessions: Sequence[Session], labels: Mapping[tuple[str, str], Label], called: Rule, threshold: float
) -> SessionScores:
    """The scores of one rule; labels of sessions that were not read are left out of account."""
    counts, labelled, fired = Counts(), 0, 0
    false_alarms: list[Disagreement] = []
    missed: list[Disagreement] = []
    for session in sessions:
        label, call = labels.get((session.file, session.session)), called(session)
        if label is None:
            fired += call
            continue
        labelled += 1
        counts += Counts(
            tp=call and label.positive, fp=call and not label.positive, fn=label.positive and not call
        )
        if call != label.positive:
            kinds = tuple(sorted(kind.value for kind in session.kinds(threshold)))
            found = Disagreement(session.file, session.session, label.name, kinds)
            (false_alarms if call else missed).append(found)
    return SessionScores(
        counts, labelled, len(sessions) - labelled, fired, tuple(false_alarms), tuple(missed)
    )
