"""Sessions and kinds against labels and truth."""

import json

import pytest

from fixloop.evaluate.calibration import calibrate
from fixloop.evaluate.called import Session
from fixloop.evaluate.counts import Counts
from fixloop.evaluate.intervals import wilson
from fixloop.evaluate.kind_scores import Truth, confusion, score_kinds, score_labelled_kinds
from fixloop.evaluate.labels import LabelError, by_session, read_labels
from fixloop.evaluate.lead_time import lead_time
from fixloop.evaluate.session_scores import score_sessions
from fixloop_schemas.vocabulary import Kind
from tests import builders
from tests.unit.detect.test_coupled_cycle import around
from tests.unit.detect.test_reintroduction import returned

THRESHOLD = 0.6


def seen(built: builders.Session, name: str = "s") -> Session:
    """A session as the detector sees it."""
    _, versions = builders.fold(built.events)
    seqs = tuple(range(len(built.events)))
    return Session("f", name, tuple(versions), len(seqs), 0, edits_by_seq=seqs)


def quiet(name: str = "q") -> Session:
    """A session in which nothing is found."""
    return seen(builders.Session().run(a="pass"), name)


def labels(**by_name: str) -> str:
    """A file of labels, by session."""
    return json.dumps([{"file": "f", "session": name, "label": label} for name, label in by_name.items()])


def test_a_positive_session_that_is_called() -> None:
    """Right on both: nothing to disagree about."""
    known = by_session(read_labels(labels(s="true_reintroduction", q="clean")))
    scores = score_sessions(
        [seen(returned()), quiet()], known, lambda each: each.called(THRESHOLD), THRESHOLD
    )
    assert (Counts(tp=1), 2, 0, (), ()) == (
        scores.counts,
        scores.labelled,
        scores.unlabelled,
        scores.false_alarms,
        scores.missed,
    )


def test_disagreements_are_named() -> None:
    """A false alarm and a miss say which session, its label, and what stands instead."""
    known = by_session(read_labels(labels(s="look_alike_flaky", q="true_cycle")))
    scores = score_sessions(
        [seen(returned()), quiet()], known, lambda each: each.called(THRESHOLD), THRESHOLD
    )
    assert [("s", "look_alike_flaky", ("reintroduction",))] == [
        (each.session, each.label, each.kinds) for each in scores.false_alarms
    ]
    assert ["q"] == [each.session for each in scores.missed]
    assert (0.0, 0.0) == (scores.counts.precision, scores.counts.recall)


def test_unlabelled_sessions_count_for_the_fire_rate() -> None:
    """Of the sessions without a label, how many are called."""
    scores = score_sessions([seen(returned()), quiet()], {}, lambda each: each.called(THRESHOLD), THRESHOLD)
    assert (0.5, None, None) == (scores.fire_rate, scores.counts.precision, scores.counts.recall)


def test_an_unknown_label_is_refused() -> None:
    """A word that is neither positive nor a look-alike is no label."""
    with pytest.raises(LabelError, match="no label"):
        read_labels(labels(s="maybe"))


@pytest.mark.parametrize("text", ["", "{}x", "[1]", '[{"file": "f"}]'])
def test_what_is_no_list_of_labels_is_refused(text: str) -> None:
    """One error, whatever is wrong."""
    with pytest.raises(LabelError):
        read_labels(text)


def test_a_reason_that_no_table_knows_is_negative() -> None:
    """A new look-alike is negative without a kind, so that no label is lost."""
    (label,) = read_labels(labels(s="look_alike_something_new"))
    assert (False, None) == (label.positive, label.kind)


def test_kinds_are_matched_by_their_tests() -> None:
    """A detection of the right kind about another test is a false alarm and a miss."""
    session = seen(returned())
    right = {"s": [Truth(Kind.REINTRODUCTION, frozenset({"a"}))]}
    wrong = {"s": [Truth(Kind.REINTRODUCTION, frozenset({"z"}))]}
    assert Counts(tp=1) == score_kinds([session], right, THRESHOLD)[Kind.REINTRODUCTION]
    assert Counts(fp=1, fn=1) == score_kinds([session], wrong, THRESHOLD)[Kind.REINTRODUCTION]


def test_what_is_taken_for_something_else() -> None:
    """A truth that is told under another name is a confusion."""
    truth = {"s": [Truth(Kind.RESTORE_CHECK, frozenset({"a"}))]}
    assert {(Kind.RESTORE_CHECK, Kind.REINTRODUCTION): 1} == confusion([seen(returned())], truth, THRESHOLD)


def test_labelled_kinds() -> None:
    """A label of a whole session is met by any detection of its kind."""
    known = by_session(read_labels(labels(s="true_cycle", q="look_alike_flaky")))
    scores = score_labelled_kinds([seen(around(1)), quiet()], known, THRESHOLD)
    assert (Counts(tp=1), Counts(fn=1)) == (scores[Kind.COUPLED_CYCLE], scores[Kind.FLAKY])


def test_a_perfect_calibration_has_no_error() -> None:
    """Of ten detections at 0.8, eight are true."""
    judged = [(0.8, True)] * 8 + [(0.8, False)] * 2
    assert pytest.approx(0.0) == calibrate(judged).error
    assert pytest.approx(0.2) == calibrate([(0.8, True)]).error
    assert calibrate([]).error is None


def test_lead_time_counts_the_edits_that_were_still_to_come() -> None:
    """From the first version at the threshold to the session's end."""
    found = lead_time([seen(around(3)), quiet()], THRESHOLD)
    assert (1, True, True) == (
        found.sessions,
        found.edits_left is not None and found.edits_left > 0,
        (found.laps_at_call or 0) < (found.laps_in_the_end or 0),
    )


def test_wilson() -> None:
    """Within 0 and 1, around the share, and nothing without trials."""
    low, high = wilson(1, 10) or (0.0, 0.0)
    assert (0.018, 0.404) == (round(low, 3), round(high, 3))
    assert wilson(0, 0) is None
    assert (0.0, 1.0) == ((wilson(0, 719) or (1.0, 0.0))[0], (wilson(9, 9) or (1.0, 0.0))[1])
