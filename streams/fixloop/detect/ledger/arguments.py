"""What speaks for and against a session's having brought back what another had fixed.

The evidence is thinner than inside of a session: whether the fix was in the tree at all is often not known. Where the session began
therefore weighs most; where that is not known, a session is called only if it broke the test by itself, as its own repair shows.
"""

from collections.abc import Iterator
from typing import Final

from fixloop.detect.ledger.across import Across
from fixloop.detect.ledger.flakiness import SUSPECTED
from fixloop.detect.ledger.starting_point import StartingPoint
from fixloop.detect.state import Reason
from fixloop_schemas.vocabulary import Transition

RECURRING: Final = 1
"""Sessions besides the fixing one in which a bug had opened before: what keeps turning up is there for other reasons."""

_OTHER_FAILURE = Reason(
    "failure_not_known", "How it fails is not fully known, so it may be another failure.", -0.3
)
_SAME_FAILURE = Reason("same_failure", "It fails in the same way as before the other session's fix.", 0.1)
_FROM_THE_FIX = Reason("began_with_fix", "The session began with the code that the fix had left.", 0.3)
_SAME_COMMIT = Reason(
    "same_commit",
    "Both sessions were on the same commit, and nothing shows that this one had the fix.",
    -0.35,
)
_MADE_ANEW = Reason(
    "made_anew",
    "It passed when the session began, which it may have done without the fix: the same mistake made anew.",
    -0.3,
)
_NO_EDITS = Reason("no_edits", "The session had not edited the product before.", -0.2)
_SAME_FILE = Reason("same_file", "A breaking edit is in a file that the fix had changed.", 0.03)
_TEST_EDITED = Reason("test_edited", "A test was edited too before it failed.", -0.25)
_INFERRED = Reason("inferred_pass", "That it passed after the fix is deduced, not reported.", -0.12)
_OWN_REPAIR = Reason(
    "own_repair", "The session repaired it in a file that it had edited before it failed.", 0.12
)

_ISOLATED = Reason("isolated", "The session's workspace was its own: no fix of another was in it.", -1.0)
_FLAKY = Reason("flaky_elsewhere", "The test changes its outcome without an edit in several sessions.", -1.0)
_BEGAN_BEFORE = Reason("began_before_fix", "The session began with code from before the fix.", -1.0)
_WAS_OPEN = Reason("was_open", "The bug had come back elsewhere before this session saw it.", -1.0)
_PUT_BACK = Reason("put_back", "The session had only taken the fix out, and put it back.", -1.0)


def reasons_across(across: Across) -> tuple[Reason, ...]:
    """The arguments, the strongest kinds first."""
    return (*_about_the_start(across), *_about_the_failure(across), *_about_the_work(across))


def overturned(across: Across) -> Reason | None:
    """What shows that it is nothing of the kind; None when nothing does."""
    if across.opened.isolated:
        return _ISOLATED
    if across.flaky_in >= SUSPECTED:
        return _FLAKY
    if across.start is StartingPoint.BEFORE:
        return _BEGAN_BEFORE
    last = [entry for entry in across.before if entry.transition is not Transition.COMMITTED][-1]
    if last.transition is not Transition.FIXED:
        return _WAS_OPEN
    return _PUT_BACK if _only_tried(across) else None


def lines_taken_out(across: Across) -> int | None:
    """How many of the lines that the fix put in the breaking edits took out; None where lines are not known."""
    put_in = {(edit.path, line) for edit in across.fix.edits for line in edit.added}
    taken_out = {(edit.path, line) for edit in across.opened.edits for line in edit.removed}
    return len(put_in & taken_out) if put_in and taken_out else None


def _about_the_start(across: Across) -> Iterator[Reason]:
    if across.start is StartingPoint.AFTER:
        yield _FROM_THE_FIX
    if across.start is not StartingPoint.UNKNOWN:
        return
    if (across.opened.began_at or across.opened.revision) in {across.fix.began_at, across.fix.revision} - {
        None
    }:
        yield _SAME_COMMIT
    if across.opened.seen_clear:
        yield _MADE_ANEW


def _about_the_failure(across: Across) -> Iterator[Reason]:
    yield _SAME_FAILURE if across.opened.failure.complete else _OTHER_FAILURE
    if across.fix.inferred:
        yield _INFERRED
    earlier = {entry.session_id for entry in across.before if entry.transition is Transition.OPENED}
    recurred = len(earlier - {across.fix.session_id})
    if recurred >= RECURRING:
        yield Reason("recurs", f"It had turned up in {recurred} other sessions before.", -0.5)


def _about_the_work(across: Across) -> Iterator[Reason]:
    fixed_files = {edit.path for edit in across.fix.edits}
    broken_files = {edit.path for edit in across.opened.edits}
    shared = lines_taken_out(across)
    if not broken_files:
        yield _NO_EDITS
    elif shared and across.start is StartingPoint.AFTER:
        yield Reason(
            "lines_taken_out", f"The breaking edits took out {shared} of the lines that the fix put in.", 0.25
        )
    elif fixed_files & broken_files:
        yield _SAME_FILE
    if across.opened.test_edited:
        yield _TEST_EDITED
    if across.repaired and broken_files & {edit.path for edit in across.repaired.edits}:
        yield _OWN_REPAIR


def _only_tried(across: Across) -> bool:
    """Whether the session's repair gives each file back the text that it had before it was broken."""
    if across.repaired is None or not across.opened.edits:
        return False
    first = {edit.path: edit.before for edit in reversed(across.opened.edits)}
    last = {edit.path: edit.after for edit in across.repaired.edits}
    return all(text is not None and last.get(path) == text for path, text in first.items())
