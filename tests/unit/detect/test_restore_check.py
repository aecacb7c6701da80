"""A fix is taken out to see the test fail, and put back."""

import pytest

from fixloop_schemas.vocabulary import Kind, RestoreOperation
from tests.builders import Session, fold, kinds, latest


def fixed() -> Session:
    """A test that was red and is green after one edit."""
    return Session().run(a="fail").edit(before="0", after="1", add=["new"], remove=["old"]).run(a="pass")


def test_taken_out_and_put_back() -> None:
    """By whole texts: one check, and nothing that alerts."""
    session = fixed().edit(before="1", after="0").run(a="fail").edit(before="0", after="1").run(a="pass")
    (found,) = latest(fold(session.events)[1])
    assert (Kind.RESTORE_CHECK, 2) == (found.kind, found.detection_version)
    assert found.confidence > 0.9


def test_by_lines_alone() -> None:
    """The exact inverse of the lines does as well, where whole texts are not known."""
    session = Session().run(a="fail").edit(add=["new"], remove=["old"]).run(a="pass")
    session.edit(add=["old"], remove=["new"]).run(a="fail").edit(add=["new"], remove=["old"]).run(a="pass")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_going_on_without_it_is_a_reintroduction() -> None:
    """When another product edit comes first, it was no check: withdrawn, and the reintroduction is raised."""
    session = fixed().edit(before="1", after="0").run(a="fail").edit(before="0", after="2").run(a="pass")
    assert {(Kind.RESTORE_CHECK, "withdrawn"), (Kind.REINTRODUCTION, "open")} == set(
        kinds(fold(session.events)[1])
    )


def test_test_edits_in_between_do_not_decide() -> None:
    """Only a product edit ends a check."""
    session = fixed().edit(before="1", after="0").edit("tests/test_a.py").run(a="fail")
    session.edit("tests/test_a.py").edit(before="0", after="1").run(a="pass")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_by_version_control() -> None:
    """Checked out, seen red, and popped back."""
    session = (
        fixed()
        .restore(RestoreOperation.STASH_PUSH)
        .run(a="fail")
        .restore(RestoreOperation.STASH_POP)
        .run(a="pass")
    )
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_stash_and_pop_in_one_command() -> None:
    """`git stash && test; git stash pop` is recorded as two restores before the run."""
    session = fixed().restore(RestoreOperation.STASH_PUSH).restore(RestoreOperation.STASH_POP).run(a="fail")
    session.edit().run(a="pass")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_an_empty_change_undoes_nothing() -> None:
    """An edit of which nothing is known takes nothing out."""
    session = Session().run(a="fail").edit().run(a="pass").edit().run(a="fail")
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])


def test_what_breaks_while_the_fix_is_out_founds_no_cycle() -> None:
    """While the fix is out on purpose, other failures are not brought by any fix."""
    session = Session().run(a="fail", b="pass").edit(before="0", after="1").run(a="pass", b="pass")
    session.edit(before="1", after="0").run(a="fail", b="fail").edit(before="0", after="1").run(
        a="pass", b="pass"
    )
    assert [] == [found for found in fold(session.events)[1] if found.kind.alerting]


def test_checked_out_and_made_again() -> None:
    """The file is checked out to see the baseline, and the same change is made once more."""
    session = Session().run(a="fail").edit(change_digest="c" * 32).run(a="pass")
    session.restore(RestoreOperation.RESTORE, "src/core.py").run(a="fail").edit(change_digest="c" * 32).run(
        a="pass"
    )
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_back_to_the_old_tree_and_forward_again() -> None:
    """The tree under test says that the baseline was brought back, though no edit was seen."""
    session = (
        Session()
        .run(a="fail", tree="0")
        .edit()
        .run(a="pass", tree="1")
        .run(a="fail", tree="0")
        .run(a="pass", tree="1")
    )
    (found,) = latest(fold(session.events)[1])
    assert (Kind.RESTORE_CHECK, 2) == (found.kind, found.detection_version)


def test_another_tree_without_an_edit_is_a_return() -> None:
    """The product was changed unobserved, to something else than before the fix."""
    session = Session().run(a="fail", tree="0").edit().run(a="pass", tree="1").run(a="fail", tree="2")
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])


def test_back_to_a_text_before_the_first_attempt() -> None:
    """The file returns to what it was before any attempt at the fix, and forward again."""
    session = (
        Session()
        .run(a="fail")
        .edit(before="0", after="1")
        .run(a="fail")
        .edit(before="1", after="2")
        .run(a="pass")
    )
    session.edit(before="2", after="0").run(a="fail").edit(before="0", after="2").run(a="pass")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_taken_out_unseen_and_the_same_change_made_again() -> None:
    """Nobody saw what took the fix out: a reintroduction, until the same text is put back, and then a check and no lost fix."""
    session = Session().run(a="fail", tree="0").edit(before="0", after="1").run(a="pass", tree="1")
    session.run(a="fail", tree="2")
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])
    session.edit(before="0", after="1").run(a="pass", tree="1")
    assert {(Kind.REINTRODUCTION, "withdrawn"), (Kind.RESTORE_CHECK, "open")} == set(
        kinds(fold(session.events)[1])
    )


def test_taken_out_and_put_back_unseen() -> None:
    """Both behind the editor's back: the trees alone tell."""
    session = Session().run(a="fail", tree="0").edit().run(a="pass", tree="1")
    session.run(a="fail", tree="2").run(a="pass", tree="1")
    assert {(Kind.REINTRODUCTION, "withdrawn"), (Kind.RESTORE_CHECK, "open")} == set(
        kinds(fold(session.events)[1])
    )


def test_gone_unseen_and_gone_on() -> None:
    """What went unseen and was not put back stays a reintroduction."""
    session = Session().run(a="fail", tree="0").edit(before="0", after="1").run(a="pass", tree="1")
    session.run(a="fail", tree="2").edit(before="0", after="3").run(a="pass", tree="3")
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])


def test_a_crashed_run_is_judged_after_the_fix_was_put_back() -> None:
    """A crash shows only when the next run begins; the edits in between decide."""
    session = fixed().edit(before="1", after="0").run(a="fail", crashed=True)
    session.edit(before="0", after="1").edit("src/other.py").run(a="pass").edit("src/other.py")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_a_crashed_run_is_judged_after_work_went_on() -> None:
    """Another edit came first: no check ever was."""
    session = fixed().edit(before="1", after="0").run(a="fail", crashed=True)
    session.edit("src/other.py").run(a="fail")
    assert Kind.RESTORE_CHECK not in {kind for kind, _ in kinds(fold(session.events)[1])}


def test_green_after_stash_and_pop_in_one_command_is_not_flaky() -> None:
    """The run was red without the fix, and the next is green with it, though nothing is told to lie in between."""
    session = fixed().restore(RestoreOperation.STASH_PUSH).restore(RestoreOperation.STASH_POP).run(a="fail")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.run(a="pass").events)[1])


def test_stash_and_pop_while_another_test_goes_green() -> None:
    """Both restores before the run are a check, whatever else the run shows."""
    session = Session().run(a="fail", b="pass").edit(before="0", after="1").run(a="pass", b="fail")
    session.restore(RestoreOperation.STASH_PUSH).restore(RestoreOperation.STASH_POP).run(a="fail", b="pass")
    assert (Kind.RESTORE_CHECK, "open") in kinds(fold(session.events)[1])


def test_what_went_away_by_itself_does_not_make_a_cycle_of_a_check() -> None:
    """Taking the fix out seemed to mend another test; as that stays green when the fix is back, it was a check."""
    session = Session().run(a="fail", b="pass").edit(before="0", after="1").run(a="pass", b="fail")
    session.edit(before="1", after="0").run(a="fail", b="pass")
    assert (Kind.COUPLED_CYCLE, "open") in kinds(fold(session.events)[1])
    session.edit(before="0", after="1").run(a="pass", b="pass")
    found = {kind for kind, status in kinds(fold(session.events)[1]) if status != "withdrawn"}
    assert Kind.RESTORE_CHECK in found
    assert not any(kind.alerting for kind in found)


def test_back_and_forth_between_two_failures_is_no_check() -> None:
    """Putting the fix back breaks again what taking it out had mended: that is the cycle itself."""
    session = Session().run(a="fail", b="pass").edit(before="0", after="1").run(a="pass", b="fail")
    session.edit(before="1", after="0").run(a="fail", b="pass")
    session.edit(before="0", after="1").run(a="pass", b="fail")
    found = kinds(fold(session.events)[1])
    assert (Kind.COUPLED_CYCLE, "open") in found
    assert Kind.RESTORE_CHECK not in {kind for kind, _ in found}


def test_back_to_the_lines_before_the_first_attempt() -> None:
    """By lines alone: what the fix put in is out, and what comes instead an attempt had replaced."""
    session = Session().run(a="fail").edit(add=["try"], remove=["old"]).run(a="fail")
    session.edit(add=["new"], remove=["try"]).run(a="pass").edit(add=["old"], remove=["new"]).run(a="fail")
    session.edit(add=["new"], remove=["old"]).run(a="pass")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_a_check_beside_an_old_failure_repairs_nothing() -> None:
    """What was taken out and put back had not broken: the failure from the start that stays is no return to the start."""
    session = (
        Session().run(total="fail", old="fail").edit(add=["b"], remove=["a"]).run(total="pass", old="fail")
    )
    session.edit(add=["a"], remove=["b"]).run(total="fail", old="fail")
    session.edit(add=["b"], remove=["a"]).run(total="pass", old="fail")
    assert [(Kind.RESTORE_CHECK, "open")] == kinds(fold(session.events)[1])


def test_a_part_of_the_fix_taken_out_and_put_back_is_a_check() -> None:
    """One of its lines commented out, the failure seen, the line back as it was: a mutation, and the alarm is withdrawn."""
    session = Session().run(t="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass")
    session.edit(add=["# c"], remove=["c"]).run(t="fail").edit(add=["c"], remove=["# c"]).run(t="pass")
    assert [(Kind.REINTRODUCTION, "withdrawn"), (Kind.RESTORE_CHECK, "open")] == kinds(
        fold(session.events)[1]
    )


def test_a_fix_written_over_and_made_again_was_lost() -> None:
    """Who puts other text in the place of the whole fix had another purpose; that it is taken back later makes it no check."""
    session = Session().run(t="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass")
    session.edit(add=["x"], remove=["b", "c"]).run(t="fail").edit(add=["b", "c"], remove=["x"]).run(t="pass")
    assert (Kind.REINTRODUCTION, "open") in kinds(fold(session.events)[1])


CHECKED = [(Kind.REINTRODUCTION, "withdrawn"), (Kind.RESTORE_CHECK, "open")]


@pytest.mark.parametrize("path", ["src/core.py", "src/other.py"])
def test_an_edit_beside_the_fix_that_is_taken_straight_back_is_a_check(path: str) -> None:
    """Another line of its file, or of another file, broke it and is as it was: nothing was lost, as the next run shows."""
    session = Session().run(t="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass")
    session.edit(path, add=["x"], remove=["y"]).run(t="fail").edit(path, add=["y"], remove=["x"])
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])
    assert CHECKED == kinds(fold(session.run(t="pass").events)[1])


def test_edits_are_taken_back_one_by_one() -> None:
    """By whole texts here and by lines there; only when all of them are undone was it a check."""
    session = Session().run(t="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass")
    session.edit("src/one.py", before="0", after="1").edit("src/two.py", add=["x"], remove=["y"]).run(
        t="fail"
    )
    session.edit("src/two.py", add=["y"], remove=["x"])
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.events)[1])
    assert CHECKED == kinds(fold(session.edit("src/one.py", before="1", after="0").run(t="pass").events)[1])


def test_version_control_takes_the_edit_back() -> None:
    """The file is checked out, and that the test is green again says that the fix was there."""
    session = Session().run(t="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass").commit()
    session.edit("src/other.py", add=["x"], remove=["y"]).run(t="fail")
    session.restore(RestoreOperation.RESTORE, "src/other.py").run(t="pass")
    assert CHECKED == kinds(fold(session.events)[1])


def test_other_work_before_it_is_taken_back_makes_no_check() -> None:
    """The next edit of the product was of something else, whatever follows."""
    session = Session().run(t="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass")
    session.edit(add=["x"], remove=["y"]).run(t="fail").edit("src/other.py").edit(add=["y"], remove=["x"])
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.run(t="pass").events)[1])


def test_an_edit_that_mended_another_is_no_attempt() -> None:
    """It fixed something, and taking it back brings that back: a cycle, and no check."""
    session = Session().run(t="fail", u="fail").edit(add=["b", "c"], remove=["a"]).run(t="pass", u="fail")
    session.edit("src/other.py", add=["x"], remove=["y"]).run(t="fail", u="pass")
    session.edit("src/other.py", add=["y"], remove=["x"]).run(t="pass", u="fail")
    assert Kind.RESTORE_CHECK not in {kind for kind, _ in kinds(fold(session.events)[1])}


def test_what_breaks_when_it_is_taken_back_tells_of_a_cycle() -> None:
    """With the edits undone all should be as it was; where something else is red then, they go back and forth."""
    session = Session().run(t="fail", u="pass").edit(add=["b", "c"], remove=["a"]).run(t="pass")
    session.edit("src/other.py", add=["x"], remove=["y"]).run(t="fail", u="pass")
    session.edit("src/other.py", add=["y"], remove=["x"]).run(t="pass", u="fail")
    assert (Kind.REINTRODUCTION, "open") in kinds(fold(session.events)[1])


def test_the_same_change_again_after_an_unknown_one() -> None:
    """Of what took it out only a digest is known: an edit of the fix's file, and the very same fix next."""
    session = Session().run(t="fail").edit(change_digest="c" * 32).run(t="pass")
    session.edit(change_digest="d" * 32).run(t="fail").edit(change_digest="c" * 32).run(t="pass")
    assert CHECKED == kinds(fold(session.events)[1])
