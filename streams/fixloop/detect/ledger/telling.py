"""What a session tells the ledger: the bugs that one more fact opened, fixed or brought back, and the tests that proved flaky by it.

Only what can mean the same elsewhere is told: a test with a name that is its own (a bare one only where one qualified test of the session
can be meant), not in a scratch file, and seen at a known time.
"""

from collections.abc import Iterable, Iterator, Mapping

from fixloop.detect.facts import Fact, Failure, Marker, Origination
from fixloop.detect.ledger.entries import Entry, ToldEdit
from fixloop.detect.outcomes import bug_id
from fixloop.detect.replacing import replace
from fixloop.detect.state import Bug, CodeState, EditNote, SessionState, TrackedTest
from fixloop.detect.windows import edits_between
from fixloop_schemas.limits import MAX_TOLD_EDITS, MAX_TOLD_LINES
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import PathRole, Transition

_BEGINNING = CodeState(0, 0)
_QUALIFIED = ("::", "/", ".", " > ", "#")


def tell(before: SessionState, after: SessionState, fact: Fact) -> tuple[Entry, ...]:
    """What is to be told of the difference that a fact made.

    Args:
        before: the session without the fact.
        after: the session with it.
        fact: what was folded.
    """
    if fact.of.time_us is None:
        return ()
    told: list[Entry] = []
    if isinstance(fact, Marker) and fact.commit:
        told += _committed(before, after, _at(fact.of, fact.commit))
    if after.tests is not before.tests:
        for name, tracked in after.tests.items():
            old = before.tests.get(name)
            if tracked is not old:
                told += _changed(after, old, tracked, fact.of, name)
    named = ((entry, lineage_name(entry.test, after.tests)) for entry in told)
    return tuple(_under(entry, name) for entry, name in named if name is not None)


def lineage_name(test: str, tests: Iterable[str]) -> str | None:
    """The name by which other sessions know a test; None when that is not certain."""
    if not any(mark in test for mark in _QUALIFIED):
        meant = [name for name in tests if name != test and _last_part(name) == test]
        return meant[0] if len(meant) == 1 else None
    return None if path_role(test.partition("::")[0]) is PathRole.SCRATCH else test


def _at(of: Origination, revision: str) -> Origination:
    return replace(of, who=replace(of.who, vcs_ref_head_revision=revision))


def _last_part(test: str) -> str:
    for mark in _QUALIFIED:
        test = test.rpartition(mark)[2]
    return test


def _under(entry: Entry, name: str) -> Entry:
    if name == entry.test:
        return entry
    repository = entry.of.who.vcs_repository_name
    return replace(entry, test=name, bug_id=bug_id(repository, name, entry.failure))


def _changed(
    state: SessionState, old: TrackedTest | None, tracked: TrackedTest, of: Origination, name: str
) -> Iterator[Entry]:
    known: Mapping[str, Bug] = {bug.bug_id: bug for bug in old.bugs} if old else {}
    if tracked.flip and not (old and old.flip):
        yield _flipped(state, tracked, of, name)
    for bug in tracked.bugs:
        was = known.get(bug.bug_id)
        if bug.open and (was is None or not was.open):
            yield _opened(state, bug, was, of)
        elif was is not None and was.open and not bug.open:
            yield _gone(state, bug, was, of)


def _opened(state: SessionState, bug: Bug, was: Bug | None, of: Origination) -> Entry:
    returned = was is not None and bug.returns > was.returns
    since = bug.cleared.code if bug.cleared else _BEGINNING
    return _entry(
        state,
        bug,
        of,
        Transition.RETURNED if returned else Transition.OPENED,
        (since, bug.opened.code),
        run_id=bug.opened.run_id,
        seen_clear=bug.cleared is not None,
    )


def _gone(state: SessionState, bug: Bug, was: Bug, of: Origination) -> Entry:
    clear = bug.last_clear or bug.last_red
    return _entry(
        state,
        bug,
        of,
        Transition.FIXED if bug.fix else Transition.CLEARED,
        (was.last_red.code, clear.code),
        run_id=clear.run_id,
        red_run_id=was.last_red.run_id,
        inferred=clear.inferred,
    )


def _flipped(state: SessionState, tracked: TrackedTest, of: Origination, name: str) -> Entry:
    repository = of.who.vcs_repository_name
    return Entry(
        session_id=state.session_id,
        of=of,
        test=name,
        bug_id=bug_id(repository, name, Failure()),
        failure=Failure(),
        transition=Transition.FLIPPED,
        run_id=tracked.last.run_id,
        red_run_id=None,
        seen_clear=False,
        test_edited=False,
        inferred=tracked.last.inferred,
        isolated=state.isolated,
        began_at=state.began_at,
        edits=(),
    )


def _committed(before: SessionState, after: SessionState, of: Origination) -> Iterator[Entry]:
    """The bugs that were fixed since the last commit."""
    for tracked in before.tests.values():
        for bug in tracked.bugs:
            if not bug.open and bug.fix and bug.fix.green.seq > before.committed_at:
                code = bug.fix.green.code
                run_id = bug.fix.green.run_id
                yield _entry(after, bug, of, Transition.COMMITTED, (code, code), run_id=run_id)


def _entry(
    state: SessionState,
    bug: Bug,
    of: Origination,
    transition: Transition,
    stretch: tuple[CodeState, CodeState],
    *,
    run_id: str,
    red_run_id: str | None = None,
    seen_clear: bool = False,
    inferred: bool = False,
) -> Entry:
    edits = edits_between(state.edits, *stretch)
    # Not the session's id of the bug: that one stays when a failure that was cut at first is seen whole.
    known_as = bug_id(of.who.vcs_repository_name, bug.test, bug.failure)
    return Entry(
        session_id=state.session_id,
        of=of,
        test=bug.test,
        bug_id=known_as,
        failure=bug.failure,
        transition=transition,
        run_id=run_id,
        red_run_id=red_run_id,
        seen_clear=seen_clear,
        test_edited=any(edit.test for edit in edits),
        inferred=inferred,
        isolated=state.isolated,
        began_at=state.began_at,
        edits=tuple(_told(edit) for edit in edits if edit.product)[-MAX_TOLD_EDITS:],
    )


def _told(edit: EditNote) -> ToldEdit:
    added, removed = edit.added[:MAX_TOLD_LINES], edit.removed[:MAX_TOLD_LINES]
    return ToldEdit(edit.event_id, edit.path, edit.before, edit.after, added, removed)
