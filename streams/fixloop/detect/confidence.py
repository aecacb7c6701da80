"""From arguments to a number between 0 and 1. Weights add up on the log-odds scale; each argument keeps its words.

A weight of 0.25 is one unit of log-odds. They were set by hand from two sides: the order of the arguments by what reading recorded
sessions showed, the size of what founds a kind by how often it is right on simulated ones, seeds 21 to 24, so that a number says about
as often what it promises (`fixloop evaluate` prints the reliability diagram). Where the two disagree the recordings win: a pass that is
deduced, an edited test, an unknown failure are met in each of them and hardly in simulated ones, and stay as doubtful as they were there.
"""

import math
from collections.abc import Iterable, Sequence

from fixloop.detect.outcomes import Returned
from fixloop.detect.state import EditNote, Reason, TrackedTest
from fixloop.detect.windows import shared_lines

_STEEPNESS = 4.0
_WIDE = 10
"""From this many edits on, a stretch says little about which of them did it."""


def confidence(reasons: Iterable[Reason]) -> float:
    """The probability that the reasons add up to, rounded so that every machine says the same."""
    return round(1 / (1 + math.exp(-_STEEPNESS * sum(reason.weight for reason in reasons))), 4)


def reasons_for_return(
    returned: Returned,
    tracked: TrackedTest,
    fixing: Sequence[EditNote],
    breaking: Sequence[EditNote],
    *,
    test_edited: bool,
) -> tuple[Reason, ...]:
    """What speaks for and against a bug's having been reintroduced."""
    reasons = [
        Reason(
            "returned", "The test failed, passed after a product edit, and fails again after another.", 0.45
        )
    ]
    reasons += _about_the_failure(returned)
    reasons += _about_the_edits(fixing, breaking)
    if returned.clear.inferred or returned.fix.green.inferred:
        reasons.append(Reason("inferred_pass", "That it passed in between is deduced, not reported.", -0.12))
    if test_edited:
        reasons.append(
            Reason("test_edited", "A test was edited too between its passing and its failing again.", -0.25)
        )
    if tracked.flip is not None:
        reasons.append(Reason("flaky", "The test has changed its outcome without any edit before.", -0.8))
    if returned.bug.returns > 1:
        reasons.append(Reason("again", f"This bug has now come back {returned.bug.returns} times.", 0.1))
    return tuple(reasons)


def _about_the_failure(returned: Returned) -> list[Reason]:
    if returned.same:
        return [Reason("same_failure", "It fails in the same way as before the fix.", 0.2)]
    return [
        Reason(
            "failure_not_known",
            "How it fails is not fully known, so it may be another failure of the same test.",
            -0.08,
        )
    ]


def _about_the_edits(fixing: Sequence[EditNote], breaking: Sequence[EditNote]) -> list[Reason]:
    reasons = []
    shared = shared_lines(fixing, breaking)
    if shared:
        reasons.append(
            Reason(
                "lines_taken_out",
                f"The breaking edits took out {shared} of the lines that the fix put in.",
                0.25,
            )
        )
    elif {edit.path for edit in fixing} & {edit.path for edit in breaking}:
        reasons.append(Reason("same_file", "A breaking edit is in a file that the fix had changed.", 0.15))
    if not any(edit.certain for edit in breaking):
        reasons.append(
            Reason("role_not_known", "It is not known whether the breaking edits are to the product.", -0.15)
        )
    if len(breaking) > _WIDE:
        reasons.append(
            Reason("many_edits", f"{len(breaking)} edits lie between the last pass and the failure.", -0.08)
        )
    return reasons
