"""What one session fixed and another brought back."""

from typing import Any

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus, Kind
from tests.builders import Session, fold_all, latest

TOTAL = "tests/test_shop.py::test_total"
OTHER = "tests/test_shop.py::test_other"
CALLED = 0.6


def fixing(session_id: str = "fixes", **attribution: Any) -> Session:
    """A session that finds a test red and repairs the product."""
    session = Session(session_id, **attribution).started().run({TOTAL: "fail", OTHER: "pass"})
    session.edit("src/shop.py", before="broken", after="sound", add=["round(x)"], remove=["x"])
    return session.run({TOTAL: "pass", OTHER: "pass"})


def said_of(session_id: str, *sessions: Session) -> list[DetectionRecordedV1]:
    """The latest word on returns across sessions in one of them."""
    versions = fold_all(sessions).of("file", session_id).versions
    return [found for found in latest(versions) if any(back.fixing_session for back in found.returns)]


def test_a_later_session_takes_out_what_an_earlier_one_put_in() -> None:
    """It began with the fixed text and its edit takes the fix's line out: a reintroduction, with both sides' runs and edits."""
    breaks = Session("breaks", day=1).started().run({TOTAL: "pass"})
    breaks.edit("src/shop.py", before="sound", after="other", add=["int(x)"], remove=["round(x)"])
    breaks.run({TOTAL: "fail"})
    (found,) = said_of("breaks", fixing(), breaks)
    assert (Kind.REINTRODUCTION, DetectionStatus.OPEN) == (found.kind, found.status)
    assert found.confidence >= CALLED
    (back,) = found.returns
    assert ("fixes", "run-0", "run-1", "run-1") == (
        back.fixing_session,
        back.red_run,
        back.fixing_run,
        back.returning_run,
    )
    assert (("fixes:4",), ("breaks:4",), 1) == (back.fixing_edits, back.breaking_edits, back.shared_lines)


def test_a_session_that_began_before_the_fix_brought_nothing_back() -> None:
    """Its file still had the text from before the fix: it never had what it is said to have lost."""
    stale = Session("stale", day=1).started()
    stale.edit("src/shop.py", before="broken", after="worse").run({TOTAL: "fail"})
    assert [] == said_of("stale", fixing(), stale)


def test_a_workspace_of_its_own_holds_no_other_sessions_fix() -> None:
    """Two attempts in containers are two attempts."""
    attempt = Session("attempt", day=1).started(isolated=True)
    attempt.edit("src/shop.py").run({TOTAL: "fail"}).edit("src/shop.py").run({TOTAL: "pass"})
    assert [] == said_of("attempt", fixing(), attempt)


def test_what_an_isolated_session_fixed_is_nowhere_else() -> None:
    """A fix that stayed in its container cannot be lost by others."""
    contained = Session("contained").started(isolated=True).run({TOTAL: "fail"})
    contained.edit("src/shop.py").run({TOTAL: "pass"})
    breaks = Session("breaks", day=1).edit("src/shop.py").run({TOTAL: "fail"})
    assert [] == said_of("breaks", contained, breaks)


def test_a_commit_that_has_the_fix_decides_over_clocks() -> None:
    """A session that is on the commit of the fix comes after it, though its clock says the day before."""
    fixes = fixing(vcs_ref_head_revision="aaa").commit("bbb")
    early = Session("early", day=-1, vcs_ref_head_revision="bbb").started().run({TOTAL: "pass"})
    early.edit("src/shop.py").run({TOTAL: "fail"})
    (found,) = said_of("early", fixes, early)
    assert "began_with_fix" in {reason.code for reason in found.reasons}


def test_the_commit_before_the_fix_has_it_not() -> None:
    """The fix is in a commit, and the session is on the one before."""
    fixes = fixing(vcs_ref_head_revision="aaa").commit("bbb")
    behind = Session("behind", day=1, vcs_ref_head_revision="aaa").edit("src/shop.py").run({TOTAL: "fail"})
    assert [] == said_of("behind", fixes, behind)


def test_where_nothing_shows_the_start_it_is_not_called_at_once() -> None:
    """Only the session's own repair, in a file that it had edited before, shows that it had broken the test itself."""
    unknown = Session("unknown", day=1).edit("src/cart.py").run({TOTAL: "fail"})
    assert [] == said_of("unknown", fixing(), unknown)
    repaired = unknown.edit("src/cart.py").run({TOTAL: "pass"})
    (found,) = said_of("unknown", fixing(), repaired)
    assert found.confidence >= CALLED


def test_another_failure_of_the_test_is_another_bug() -> None:
    """Signatures decide across sessions as they do inside of one."""
    other = Session("other", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="sound")
    other.run({TOTAL: "fail"}, failures={TOTAL: "another text"})
    assert [] == said_of("other", fixing(), other)


def test_what_keeps_turning_up_is_not_called() -> None:
    """A failure that yet another session met before is there for other reasons."""
    met = Session("met", day=-9).edit("src/a.py").run({TOTAL: "fail"})
    last = (
        Session("last", day=1)
        .edit("src/cart.py")
        .run({TOTAL: "fail"})
        .edit("src/cart.py")
        .run({TOTAL: "pass"})
    )
    assert 1 == len(said_of("last", fixing(), last))
    assert [] == said_of("last", met, fixing(), last)


def test_whoever_took_the_fixs_lines_out_had_them() -> None:
    """Where no whole text is known, most of the fix's own lines are as good as one."""
    fixes = Session("fixes").run({TOTAL: "fail"}).edit("src/shop.py", add=["a", "b", "c"], remove=["z"])
    fixes.run({TOTAL: "pass"})
    had = Session("had", day=1).run({TOTAL: "pass"}).edit("src/shop.py", add=["y"], remove=["a", "b", "x"])
    had.run({TOTAL: "fail"})
    (found,) = said_of("had", fixes, had)
    assert found.confidence >= CALLED
    one = Session("one", day=1).run({TOTAL: "pass"}).edit("src/shop.py", add=["y"], remove=["a", "x"])
    one.run({TOTAL: "fail"})
    assert "began_with_fix" not in {
        reason.code for said in said_of("one", fixes, one) for reason in said.reasons
    }


def test_a_text_from_after_the_fix_is_from_after_the_fix() -> None:
    """The fixing session went on, and the other one began where it stopped."""
    fixes = (
        fixing()
        .edit("src/shop.py", before="sound", after="better")
        .run({TOTAL: "fail"}, failures={TOTAL: "x"})
    )
    fixes.edit("src/shop.py", before="better", after="best").run({TOTAL: "pass"})
    breaks = Session("breaks", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="best", after="bad")
    breaks.run({TOTAL: "fail"})
    (found,) = said_of("breaks", fixes, breaks)
    assert "began_with_fix" in {reason.code for reason in found.reasons}


def test_a_commit_that_the_fixing_session_left_behind_has_no_fix() -> None:
    """Both began on one commit; the fixing session had gone on from it before it fixed."""
    fixes = Session("fixes", vcs_ref_head_revision="aaa").started().commit("bbb")
    fixes.attribution["vcs_ref_head_revision"] = "bbb"
    fixes.run({TOTAL: "fail"}).edit("src/shop.py").run({TOTAL: "pass"})
    fresh = Session("fresh", day=1, vcs_ref_head_revision="aaa").started().run({TOTAL: "pass"})
    fresh.edit("src/shop.py").run({TOTAL: "fail"}).edit("src/shop.py").run({TOTAL: "pass"})
    assert [] == said_of("fresh", fixes, fresh)


def test_the_fix_that_a_session_began_with_counts_and_not_the_latest() -> None:
    """Others fixed the same on trees of their own; what they told has no part in it."""
    elsewhere = Session("elsewhere", day=1).edit("src/shop.py", before="p", after="q").run({TOTAL: "fail"})
    breaks = Session("breaks", day=2).run({TOTAL: "pass"}).edit("src/shop.py", before="sound", after="bad")
    breaks.run({TOTAL: "fail"})
    (found,) = said_of("breaks", fixing(), elsewhere, breaks)
    assert ["fixes"] == [back.fixing_session for back in found.returns]


def test_a_fix_taken_out_and_put_back_is_a_check() -> None:
    """The repair gives the file the text back that the fix had left: the detection is withdrawn."""
    checks = Session("checks", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="sound", after="broken")
    checks.run({TOTAL: "fail"})
    (found,) = said_of("checks", fixing(), checks)
    assert DetectionStatus.OPEN is found.status
    checks.edit("src/shop.py", before="broken", after="sound").run({TOTAL: "pass"})
    (found,) = said_of("checks", fixing(), checks)
    assert DetectionStatus.WITHDRAWN is found.status


def test_only_the_first_to_see_it_again_brought_it_back() -> None:
    """When the bug is open again elsewhere, a third session only meets it."""
    breaks = Session("breaks", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="sound")
    breaks.run({TOTAL: "fail"})
    meets = Session("meets", day=2).edit("src/cart.py").run({TOTAL: "fail"})
    assert 1 == len(said_of("breaks", fixing(), breaks, meets))
    assert [] == said_of("meets", fixing(), breaks, meets)


def test_an_old_fix_is_forgotten() -> None:
    """After ninety days it is another story."""
    late = (
        Session("late", day=91).run({TOTAL: "pass"}).edit("src/shop.py", before="sound").run({TOTAL: "fail"})
    )
    assert [] == said_of("late", fixing(), late)


def test_bare_names_join_only_where_one_test_can_be_meant() -> None:
    """`test_total` alone is the session's one qualified test of that name, or nobody's."""
    breaks = Session("breaks", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="sound")
    joined = Session("joined", day=2).run({TOTAL: "pass"}).edit("src/shop.py", before="sound")
    joined.run({"test_total": "fail"}, failures={"test_total": TOTAL})
    assert [TOTAL] == [
        bug.test_case_name for found in said_of("joined", fixing(), joined) for bug in found.bugs
    ]
    breaks.run({"tests/test_cart.py::test_total": "pass"})
    breaks.run({"test_total": "fail"}, failures={"test_total": TOTAL})
    assert [] == said_of("breaks", fixing(), breaks)


def test_scratch_tests_are_nobody_elses() -> None:
    """A reproduction script's test means nothing in another session."""
    scratch = "/tmp/test_repro.py::test_it"
    one = Session("one").run({scratch: "fail"}).edit("src/shop.py").run({scratch: "pass"})
    two = Session("two", day=1).run({scratch: "pass"}).edit("src/shop.py").run({scratch: "fail"})
    assert [] == said_of("two", one, two)


def test_a_test_that_flips_elsewhere_returns_nowhere() -> None:
    """What flips without an edit in several sessions was not brought back by anybody; learned later, it is withdrawn."""
    breaks = Session("breaks", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="sound", after="bad")
    breaks.run({TOTAL: "fail"})
    flips = [Session(f"flips-{each}", day=2).run({TOTAL: "pass"}).run({TOTAL: "fail"}) for each in range(3)]
    (found,) = said_of("breaks", fixing(), breaks, *flips)
    assert DetectionStatus.WITHDRAWN is found.status
    assert [] == said_of("breaks", *flips, fixing(), breaks)


def test_a_session_whose_events_came_late_is_told_whole() -> None:
    """Its first event comes last, so that all is folded at once: what opened and went away in between is told all the same."""
    late = fixing()
    late.events = [*late.events[1:], late.events[0]]
    breaks = Session("breaks", day=1).run({TOTAL: "pass"}).edit("src/shop.py", before="sound", after="bad")
    breaks.run({TOTAL: "fail"})
    assert 1 == len(said_of("breaks", late, breaks))
