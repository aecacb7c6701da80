"""A bug's return with all that is said about it: the runs, the fixing and the breaking edits, the reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from fixloop.detect.confidence import reasons_for_return
from fixloop.detect.outcomes import Returned
from fixloop.detect.replacing import replace
from fixloop.detect.state import Bug, EditNote, NamedBug, Reason, Return, SessionState, Sighting
from fixloop.detect.windows import edits_between, named, shared_lines
from fixloop_schemas.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Evidence:
    """A return, and the edits around it."""

    bug: Bug
    back: Return
    fixing: tuple[EditNote, ...]
    breaking: tuple[EditNote, ...]
    around_fix: tuple[EditNote, ...]
    """All edits between the failure and the fix, to tests and documents too."""
    around_break: tuple[EditNote, ...]
    """All edits between the last run without the bug and its return."""
    fixed_in: Sighting
    """The first run without the bug."""
    seen_in: Sighting
    """The run that showed it again."""
    displaced: bool
    """The bug had not gone away because its test passed, but because it failed in another way."""
    back_to_red_tree: bool
    """The tree under test is the one that had shown the bug before the fix."""
    first_broken_by_edit: bool
    """Before the fix, too, an edit of the product had turned the test red: it was not red from the start."""
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> float:
        """How strong it is, on the scale of its reasons."""
        return sum(reason.weight for reason in self.reasons)

    @property
    def test_edited(self) -> bool:
        """Whether a test was edited between the last pass and the failure."""
        return any(edit.test for edit in self.around_break)

    @property
    def same_file(self) -> bool:
        """Whether a breaking edit is in a file that the fix changed."""
        return bool({edit.path for edit in self.fixing} & {edit.path for edit in self.breaking})

    @property
    def touches_the_fix(self) -> bool:
        """Whether a breaking edit is in a file of the fix, or takes out lines of it."""
        return self.same_file or bool(self.back.shared_lines)


def evidence(state: SessionState, change: Returned, sighting: Sighting) -> Evidence:
    """All that the state says about a bug's being seen again in a run."""
    first = change.fixed
    around_fix = edits_between(state.edits, change.fix.red.code, change.fix.green.code)
    around_break = edits_between(state.edits, change.clear.code, sighting.code)
    fixing = tuple(edit for edit in around_fix if edit.product)
    breaking = tuple(edit for edit in around_break if edit.product)
    edited = any(edit.test for edit in around_break)
    tracked = state.tests[change.bug.test]
    if Kind.FLAKY in state.without:
        tracked = replace(tracked, flip=None)
    reasons = reasons_for_return(change, tracked, fixing, breaking, test_edited=edited)
    if state.lost:
        reasons = (*reasons, Reason("events_lost", f"{state.lost} events of this session never came.", -0.08))
    back = Return(
        bug_id=change.bug.bug_id,
        red_run=change.fix.red.run_id,
        fixing_run=change.fix.green.run_id,
        returning_run=sighting.run_id,
        fixing_edits=named(fixing),
        breaking_edits=named(breaking),
        shared_lines=shared_lines(fixing, breaking),
        seq=sighting.seq,
    )
    return Evidence(
        bug=change.bug,
        back=back,
        fixing=fixing,
        breaking=breaking,
        around_fix=around_fix,
        around_break=around_break,
        fixed_in=change.fix.green,
        seen_in=sighting,
        displaced=change.fix.displaced,
        back_to_red_tree=sighting.code.tree is not None and sighting.code.tree == change.fix.red.code.tree,
        first_broken_by_edit=first.cleared is not None
        and first.cleared.code.product_changed_until(first.opened.code),
        reasons=reasons,
    )


def strongest(found: Iterable[Evidence]) -> Evidence:
    """The one with the most weight; of equals the first."""
    return max(found, key=lambda each: each.weight)


def as_named(bug: Bug, returns: int = 0) -> NamedBug:
    """The bug as a detection names it."""
    return NamedBug(bug.bug_id, bug.test, bug.failure, returns)
