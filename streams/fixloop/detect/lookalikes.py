"""Returns that are something else: what was fixed comes back, and the work around it says that no fix was undone."""

from collections.abc import Iterator, Sequence

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import Evidence, as_named
from fixloop.detect.host import of_the_host
from fixloop.detect.only_tests import by_tests_alone
from fixloop.detect.outcomes import Fixed, Flipped, Opened, StillRed
from fixloop.detect.reversals import undoes_the_fix
from fixloop.detect.state import Bug, EditKind, EditNote, Reason, SessionState, Sighting
from fixloop.detect.windows import edits_between, product_edits
from fixloop_schemas.vocabulary import Kind

_FRESH_TREE = Reason(
    "fresh_tree", "The workspace was set back as a whole, and another attempt was made on it.", 0.5
)
_TEST_IS_NEW = Reason(
    "test_is_new", "The test is being written in this session, and was edited before it failed again.", 0.5
)
_EXPECTATION_FOLLOWS = Reason(
    "expectation_follows",
    "Each change of the product came with a change of the tests, and none was in a file that the fix had changed.",
    0.4,
)
_HOST = Reason(
    "host", "It fails in the host, network or file system, and edits of the product do not touch that.", 0.4
)
_ASKS_ELSE = Reason(
    "asks_else", "The test was edited after it had passed, and no edit touched what had fixed it.", 0.4
)
_ANOTHER_FAILURE = Reason("another_failure", "The test had been fixed, and fails in another way now.", 0.5)


def lookalike(state: SessionState, found: Evidence) -> tuple[Kind, Reason] | None:
    """What a return is instead of a reintroduction, and why; None when nothing speaks for another reading."""
    readings = tuple(_readings(state, found))
    if not readings and found.test_edited and not found.touches_the_fix:
        readings = ((Kind.REQUIREMENT_CHANGE, _ASKS_ELSE),)
    return next((each for each in readings if each[0] not in state.without), None)


def _readings(state: SessionState, found: Evidence) -> Iterator[tuple[Kind, Reason]]:
    if state.independent or _from_a_fresh_tree(found):
        yield Kind.INDEPENDENT_ATTEMPTS, _FRESH_TREE
    if of_the_host(found.bug.failure) and not found.back.shared_lines:
        yield Kind.ENVIRONMENT, _HOST
    if found.test_edited and state.tests[found.bug.test].new and not undoes_the_fix(state, found):
        yield Kind.TEST_IN_DEVELOPMENT, _TEST_IS_NEW
    follows = found.first_broken_by_edit and not undoes_the_fix(state, found)
    follows = follows or (found.test_edited and not found.touches_the_fix)
    if follows and any(edit.test for edit in found.around_fix):
        yield Kind.EXPECTATION_CHURN, _EXPECTATION_FOLLOWS


def record(findings: Findings, kind: Kind, found: Evidence, reason: Reason) -> None:
    """Record a look-alike, once for each bug."""
    if findings.naming(kind, found.bug.bug_id) is None:
        findings.found(kind, [as_named(found.bug)], [found.back], (reason,))


def environment_failures(findings: Findings, seen: Sequence[StillRed | Fixed | Flipped]) -> None:
    """Failures of the host that a second run tells of: they stay whatever is edited, or go away by themselves."""
    bugs = {change.bug.bug_id: change.bug for change in seen if of_the_host(change.bug.failure)}
    fresh = [bug for bug in bugs.values() if findings.naming(Kind.ENVIRONMENT, bug.bug_id) is None]
    if fresh:
        findings.found(Kind.ENVIRONMENT, [as_named(bug) for bug in fresh], [], (_HOST,))


def different_failures(
    state: SessionState, findings: Findings, sighting: Sighting, opened: Sequence[Opened]
) -> None:
    """A test that was green fails in another way than before: it was edited, or it is a different failure and not the old one."""
    for change in opened:
        tracked, earlier = state.tests[change.bug.test], change.instead_of
        if tracked.last_pass is None:
            continue
        between = edits_between(state.edits, tracked.last_pass.code, sighting.code)
        asked = by_tests_alone(findings, tracked, change.bug, _apart(state, earlier, between))
        if asked and not any(edit.product for edit in between):
            continue
        if earlier is None or not (earlier.failure.complete and change.bug.failure.complete):
            continue
        green_since = earlier.fix is not None and tracked.last_pass.seq > earlier.fix.red.seq
        if green_since and findings.naming(Kind.DIFFERENT_FAILURE, change.bug.bug_id) is None:
            bugs = [as_named(change.bug), as_named(earlier)]
            findings.found(Kind.DIFFERENT_FAILURE, bugs, [], (_ANOTHER_FAILURE,))


def _apart(state: SessionState, earlier: Bug | None, edits: Sequence[EditNote]) -> Sequence[EditNote]:
    """The edits without those to files of the product that an earlier fix did not touch.

    Who changes what a test asks for goes on with other things meanwhile.
    """
    fix = earlier.fix if earlier else None
    if fix is None:
        return edits
    touched = {edit.path for edit in product_edits(state.edits, fix.red.code, fix.green.code)}
    return [edit for edit in edits if edit.test or edit.path in touched or edit.path is None]


def _from_a_fresh_tree(found: Evidence) -> bool:
    """Whether the whole workspace was set back, and other product edits were made on it before the failure."""
    whole = [edit for edit in found.breaking if edit.kind is EditKind.RESTORE and edit.path is None]
    return bool(whole) and any(
        edit.kind is EditKind.EDIT and edit.number > whole[0].number for edit in found.breaking
    )
