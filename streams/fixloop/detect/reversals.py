"""Edits that say by themselves that a fix was undone or lost: `edit_reversal`, `lost_fix`."""

from collections.abc import Iterator, Sequence
from typing import Final

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import Evidence, as_named
from fixloop.detect.host import of_the_host
from fixloop.detect.replacing import replace
from fixloop.detect.state import (
    MAX_UNDOINGS,
    Bug,
    EditKind,
    EditNote,
    Reason,
    Return,
    SessionState,
    Sighting,
    Undoing,
)
from fixloop.detect.windows import (
    inverts,
    named,
    product_edits,
    returns_before,
    same_change,
    shared_lines,
)
from fixloop_schemas.vocabulary import Kind

SHARE_TAKEN_OUT: Final = 0.7
"""Of the lines that a fix put in, how many an edit has to take out to reverse it (fullsend's figure for flapping)."""
SHARE_NEW: Final = 0.3
"""How much of what such an edit puts in may be new: what replaces a fix goes on from it, and does not reverse it."""

_MADE_TWICE = Reason("made_twice", "An edit that had fixed the bug had to be made once more.", 0.6)
_CAME_BACK = Reason("came_back", "In between the bug was back.", 0.15)
_REVERSED = Reason("fix_reversed", "The edit takes out what fixed the bug.", 0.6)
_NOT_BACK = Reason("not_back", "A run has looked since, and the bug is not back.", -1.0)
_WENT_ON = Reason("went_on", "Work went on without the fix.", 0.25)


def fold_lost_fixes(state: SessionState, findings: Findings, notes: Sequence[EditNote]) -> None:
    """An edit that repeats one that had fixed a bug, while the bug is back and nobody had taken the fix out to check it."""
    made = [note for note in notes if note.kind is EditKind.EDIT and note.product]
    standing = findings.standing_of(Kind.REINTRODUCTION) if made else ()
    by_id = {edit.event_id: edit for edit in state.edits} if standing else {}
    for back in (found.returns[-1] for found in standing if found.returns):
        fixing = [by_id[event_id] for event_id in back.fixing_edits if event_id in by_id]
        again = any(same_change(note, edit) for note in made for edit in fixing)
        bugs = [bug for bug in _bugs(state) if bug.bug_id == back.bug_id and bug.open] if again else []
        if bugs and findings.naming(Kind.LOST_FIX, back.bug_id) is None:
            findings.found(Kind.LOST_FIX, [as_named(bugs[0], 1)], [back], (_MADE_TWICE, _CAME_BACK))


def fold_reversals(
    state: SessionState, findings: Findings, notes: Sequence[EditNote], seq: int
) -> SessionState:
    """The state after new edits: what took a fix out before is judged, when work goes on without it; what does now is remembered."""
    product = [note for note in notes if note.product]
    bugs = {bug.bug_id: bug for bug in _bugs(state)} if state.undoings else {}
    for undoing in state.undoings:
        bug = bugs.get(undoing.bug_id)
        put_back = any(inverts(note, undoing.edit) for note in product)
        if bug is None or put_back or not _unseen_since(bug, undoing.edit):
            continue
        if findings.naming(Kind.EDIT_REVERSAL, bug.bug_id) is None:
            back = _unconfirmed(bug, undoing, seq)
            findings.found(Kind.EDIT_REVERSAL, [as_named(bug)], [back], (_REVERSED, _WENT_ON))
    return replace(state, undoings=tuple(_undoings(state, product))[-MAX_UNDOINGS:])


def confirmed_reversals(state: SessionState, findings: Findings, found: Sequence[Evidence]) -> None:
    """Returns that an edit brought about which takes the fix out: what a run says, the edit says as well."""
    for each in found:
        if undoes_the_fix(state, each) and findings.naming(Kind.EDIT_REVERSAL, each.bug.bug_id) is None:
            findings.found(Kind.EDIT_REVERSAL, [as_named(each.bug, 1)], [each.back], (_REVERSED, _WENT_ON))


def undoes_the_fix(state: SessionState, found: Evidence) -> bool:
    """Whether one of the breaking edits takes the fix out."""
    return any(_reverses(note, found.fixing, state.edits) for note in found.breaking)


def overturned_reversals(state: SessionState, findings: Findings, sighting: Sighting) -> None:
    """Reversals that no run had looked at, now that one does: the bug is not back, so what held it off is still there."""
    unseen = [found for found in findings.open_of(Kind.EDIT_REVERSAL) if _is_unconfirmed(found.returns[-1])]
    if not unseen:
        return
    looked = (tracked for tracked in state.tests.values() if tracked.last.seq == sighting.seq)
    gone = {bug.bug_id for tracked in looked for bug in tracked.bugs if not bug.open}
    for found in unseen:
        if found.bugs[0].bug_id in gone:
            findings.withdraw(found, _NOT_BACK)


def _undoings(state: SessionState, product: Sequence[EditNote]) -> Iterator[Undoing]:
    """Fixed bugs of which a new edit takes the fix out."""
    made = [
        note for note in product if note.kind is EditKind.EDIT and (note.after or note.removed or note.swaps)
    ]
    for bug in _bugs(state) if made else ():
        if bug.open or bug.fix is None or of_the_host(bug.failure):
            continue
        fixing = product_edits(state.edits, bug.fix.red.code, bug.fix.green.code)
        for note in made:
            if _reverses(note, fixing, state.edits):
                yield Undoing(bug.bug_id, note, fixing)


def _unseen_since(bug: Bug, edit: EditNote) -> bool:
    """Whether no run has looked at a fixed bug since an edit."""
    return not bug.open and bug.last_clear is not None and bug.last_clear.code.edits < edit.number


def _unconfirmed(bug: Bug, undoing: Undoing, seq: int) -> Return:
    """The evidence of a reversal that no run has confirmed."""
    run = bug.fix.green.run_id if bug.fix else bug.last_red.run_id
    return Return(
        bug_id=bug.bug_id,
        red_run=bug.last_red.run_id,
        fixing_run=run,
        returning_run=run,
        fixing_edits=named(undoing.fixing),
        breaking_edits=named([undoing.edit]),
        shared_lines=shared_lines(undoing.fixing, [undoing.edit]),
        seq=seq,
    )


def _is_unconfirmed(back: Return) -> bool:
    return back.fixing_run == back.returning_run


def _reverses(note: EditNote, fixing: Sequence[EditNote], log: Sequence[EditNote]) -> bool:
    return returns_before(note, fixing, log) or _takes_most_out(note, fixing, log)


def _takes_most_out(note: EditNote, fixing: Sequence[EditNote], log: Sequence[EditNote]) -> bool:
    put_in = {line for edit in fixing if edit.path == note.path for line in edit.added}
    if put_in.isdisjoint(note.removed):
        return False
    fixed = max((edit.number for edit in fixing), default=0)
    replaced = {
        line for edit in log if edit.path == note.path and edit.number <= fixed for line in edit.removed
    }
    taken_out = (put_in & set(note.removed)) - set(note.added)
    new = set(note.added) - replaced
    return (
        bool(taken_out)
        and len(taken_out) >= SHARE_TAKEN_OUT * len(put_in)
        and len(new) <= SHARE_NEW * len(taken_out)
    )


def _bugs(state: SessionState) -> Iterator[Bug]:
    return (bug for tracked in state.tests.values() for bug in tracked.bugs)
