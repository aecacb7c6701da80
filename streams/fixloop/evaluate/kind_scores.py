"""Each kind against hidden truth: which detections name what really happened, and to the right tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixloop.evaluate.called import Session
from fixloop.evaluate.counts import Counts
from fixloop.evaluate.labels import Label
from fixloop_schemas.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Truth:
    """Something that really happened in a session."""

    kind: Kind
    tests: frozenset[str]
    """Empty where it happened to no test in particular."""
    optional: bool = False
    """True as well, and not what the session is about: saying it is no error, nor is leaving it unsaid."""


def score_kinds(
    sessions: Sequence[Session], truths: Mapping[str, Sequence[Truth]], threshold: float
) -> dict[Kind, Counts]:
    """Counts of each kind: a truth is found by a detection of its kind that names one of its tests.

    What a session holds of one kind counts by its tests, so that one breaking edit that is told in two detections counts once.
    """
    counts = dict.fromkeys(Kind, Counts())
    for session in sessions:
        found = [(each.kind, tests_of(each)) for each in session.standing(threshold)]
        true = truths.get(session.session, ())
        for kind in Kind:
            called = [tests for known, tests in found if known is kind]
            happened = [truth for truth in true if truth.kind is kind]
            if called or happened:
                counts[kind] += _match(called, happened)
    return counts


def score_labelled_kinds(
    sessions: Sequence[Session], labels: Mapping[tuple[str, str], Label], threshold: float
) -> dict[Kind, Counts]:
    """Counts of each kind where a label speaks of a whole session: is a detection of the label's kind in it?

    Other look-alikes in the same session are neither right nor wrong: the label speaks of one thing only.
    """
    counts = dict.fromkeys(Kind, Counts())
    for session in sessions:
        label = labels.get((session.file, session.session))
        if label is None:
            continue
        kinds = session.kinds(threshold)
        if label.kind is not None:
            hit = label.kind in kinds
            counts[label.kind] += Counts(tp=hit, fn=not hit)
        if not label.positive:
            for kind in kinds:
                if kind.alerting and kind is not label.kind:
                    counts[kind] += Counts(fp=1)
    return counts


def confusion(
    sessions: Sequence[Session], truths: Mapping[str, Sequence[Truth]], threshold: float
) -> dict[tuple[Kind, Kind], int]:
    """(what happened, what was said instead) → how often, for truths that no detection of their kind names."""
    confused: dict[tuple[Kind, Kind], int] = {}
    for session in sessions:
        found = [(each.kind, tests_of(each)) for each in session.standing(threshold)]
        for truth in truths.get(session.session, ()):
            if truth.optional or any(
                kind is truth.kind and _meet(tests, truth.tests) for kind, tests in found
            ):
                continue
            for kind, tests in found:
                if _meet(tests, truth.tests):
                    confused[truth.kind, kind] = confused.get((truth.kind, kind), 0) + 1
    return confused


def tests_of(detection: object) -> frozenset[str]:
    """The tests that a detection names."""
    return frozenset(bug.test_case_name for bug in getattr(detection, "bugs", ()))


def _match(called: Sequence[frozenset[str]], happened: Sequence[Truth]) -> Counts:
    wanted = [truth.tests for truth in happened if not truth.optional]
    tp = sum(any(_meet(tests, truth) for tests in called) for truth in wanted)
    fp = sum(not any(_meet(tests, truth.tests) for truth in happened) for tests in called)
    return Counts(tp=tp, fp=fp, fn=len(wanted) - tp)


def _meet(called: frozenset[str], happened: frozenset[str]) -> bool:
    return not happened or bool(called & happened)
