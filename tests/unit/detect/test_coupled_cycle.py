"""Fixing A brings B, and fixing B brings A back."""

from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, kinds, latest


def around(rounds: int) -> Session:
    """A is fixed and B breaks, B is fixed and A is back, `rounds` times."""
    session = Session().run(a="fail", b="pass")
    for _ in range(rounds):
        session.edit().run(a="pass", b="fail").edit().run(a="fail", b="pass")
    return session


def test_one_lap() -> None:
    """A, B, A is one lap; the cycle names both bugs, the one that came back first."""
    (cycle,) = [found for found in latest(fold(around(1).events)[1]) if found.kind is Kind.COUPLED_CYCLE]
    assert (1, ["a", "b"]) == (cycle.laps, [bug.test_case_name for bug in cycle.bugs])


def test_each_further_return_is_one_more() -> None:
    """Laps are counted under the same id, version by version."""
    versions = [found for found in fold(around(4).events)[1] if found.kind is Kind.COUPLED_CYCLE]
    assert 1 == len({found.detection_id for found in versions})
    assert list(range(1, len(versions) + 1)) == [found.detection_version for found in versions]
    assert 4 == versions[-1].laps


def test_supersedes_its_single_reintroductions() -> None:
    """The reintroductions that the cycle explains are linked in both directions."""
    found = latest(fold(around(2).events)[1])
    (cycle,) = [detection for detection in found if detection.kind is Kind.COUPLED_CYCLE]
    singles = [detection for detection in found if detection.kind is Kind.REINTRODUCTION]
    assert {detection.detection_id for detection in singles} == set(cycle.supersedes)
    assert {cycle.detection_id} == {detection.superseded_by for detection in singles}
    assert {"superseded"} == {detection.status.value for detection in singles}


def test_three_bugs_in_a_ring() -> None:
    """A brings B, B brings C, C brings A back: one cycle of three."""
    session = Session().run(a="fail", b="pass", c="pass").edit().run(a="pass", b="fail", c="pass")
    session.edit().run(a="pass", b="pass", c="fail").edit().run(a="fail", b="pass", c="pass")
    (cycle,) = [found for found in latest(fold(session.events)[1]) if found.kind is Kind.COUPLED_CYCLE]
    assert ["a", "b", "c"] == [bug.test_case_name for bug in cycle.bugs]


def test_a_member_may_be_a_set_of_bugs() -> None:
    """Two bugs that come and go together are one side of the cycle."""
    session = Session().run(a1="fail", a2="fail", b="pass").edit().run(a1="pass", a2="pass", b="fail")
    session.edit().run(a1="fail", a2="fail", b="pass")
    (cycle,) = [found for found in latest(fold(session.events)[1]) if found.kind is Kind.COUPLED_CYCLE]
    assert ({"a1", "a2", "b"}, 1) == ({bug.test_case_name for bug in cycle.bugs}, cycle.laps)


def test_other_bugs_may_be_open_meanwhile() -> None:
    """A bug that stays red all along is not part of it."""
    session = Session().run(a="fail", b="pass", z="fail")
    session.edit().run(a="pass", b="fail", z="fail").edit().run(a="fail", b="pass", z="fail")
    (cycle,) = [found for found in latest(fold(session.events)[1]) if found.kind is Kind.COUPLED_CYCLE]
    assert ["a", "b"] == [bug.test_case_name for bug in cycle.bugs]


def test_narrow_runs_in_between() -> None:
    """B is fixed in a run of its own; that A is back shows in the next whole run."""
    session = Session().run(a="fail", b="pass").edit().run(a="pass", b="fail")
    session.edit().run(scope=["b"], b="pass").run(a="fail", b="pass")
    assert (Kind.COUPLED_CYCLE, "open") in kinds(fold(session.events)[1])


def test_unrelated_bugs_are_not_coupled() -> None:
    """B was there before A was fixed, so fixing A did not bring it: a reintroduction, and no cycle."""
    session = Session().run(a="fail", b="fail").edit().run(a="pass", b="fail").edit().run(a="fail", b="pass")
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])


def test_a_return_that_no_fix_brought_is_no_lap() -> None:
    """B is fixed by one edit, and A returns by a later one: nothing couples them."""
    session = Session().run(a="fail", b="pass").edit().run(a="pass", b="fail")
    session.edit().run(a="pass", b="pass").edit().run(a="fail", b="pass")
    found = set(kinds(fold(session.events)[1]))
    assert {(Kind.FIRST_REGRESSION, "open"), (Kind.REINTRODUCTION, "open")} == found


def test_a_run_that_did_not_look_at_the_fixed_bug() -> None:
    """What the fix brought is seen first, and the fix itself in the next run: the link is made then."""
    session = Session().run(a="fail", b="pass").edit().run({"b": "fail"}, scope=["b"]).run(a="pass", b="fail")
    session.edit().run(a="fail", b="pass")
    (cycle,) = [found for found in latest(fold(session.events)[1]) if found.kind is Kind.COUPLED_CYCLE]
    assert ["a", "b"] == [bug.test_case_name for bug in cycle.bugs]
