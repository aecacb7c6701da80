"""A fix that is taken out to see the test fail, and put back: a check, not a cycle."""

from collections.abc import Sequence
from dataclasses import replace

from fixloop.detect.detections import Ledger
from fixloop.detect.outcomes import Returned
from fixloop.detect.state import Detection, EditKind, EditNote, Reason, Return, SessionState, Trial
from fixloop.detect.windows import inverts, takes_out
from fixloop_schemas.vocabulary import Kind

_TAKEN_OUT = Reason("taken_out", "The fix was taken out, and nothing else was changed.", 0.1)
_PUT_BACK = Reason("put_back", "The same text was put back before any other product edit.", 0.6)
_GONE_ON = Reason("gone_on", "Another product edit came before the fix was put back: it was no check.", -1.0)


def taken_out_edits(breaking: Sequence[EditNote], fixing: Sequence[EditNote]) -> tuple[EditNote, ...]:
    """The breaking edits, when all of them only take out what the fix put in; else none."""
    return tuple(breaking) if breaking and all(takes_out(edit, fixing) for edit in breaking) else ()


def open_trial(
    state: SessionState, ledger: Ledger, returned: Returned, back: Return, taken_out: tuple[EditNote, ...]
) -> SessionState:
    """The state with a check that has begun; one is closed at once when version control already set the workspace forward again."""
    detection = ledger.found(Kind.RESTORE_CHECK, [returned.bug], [back], (_TAKEN_OUT,))
    restores = [edit for edit in taken_out if edit.kind is EditKind.RESTORE and edit.path is None]
    if len(restores) > 1:
        ledger.grow(detection, reasons=(_TAKEN_OUT, _PUT_BACK))
        return state
    trial = Trial(detection.detection_id, returned.bug.bug_id, taken_out)
    return replace(state, trials=(*state.trials, trial))


def judge_trials(state: SessionState, ledger: Ledger, notes: Sequence[EditNote]) -> SessionState:
    """The state after new edits: each check under way is confirmed, or turns out to be a reintroduction."""
    decisive = [note for note in notes if note.product]
    if not decisive or not state.trials:
        return state
    for trial in state.trials:
        detection = ledger.standing.get(trial.detection_id)
        if detection is None:
            continue
        if any(_puts_back(note, trial.taken_out, state.edits) for note in decisive):
            ledger.grow(detection, reasons=(_TAKEN_OUT, _PUT_BACK))
        else:
            ledger.withdraw(detection, _GONE_ON)
            _reintroduced(state, ledger, trial, detection)
    return replace(state, trials=())


def _puts_back(note: EditNote, taken_out: Sequence[EditNote], edits: Sequence[EditNote]) -> bool:
    """Whether an edit sets forward again what was taken out: by version control, to the same text, or by making the same change again."""
    for edit in taken_out:
        if inverts(note, edit) or (note.kind is EditKind.RESTORE and edit.kind is EditKind.RESTORE):
            return True
        made_before = any(
            earlier.change_digest == note.change_digest
            and earlier.path == note.path
            and earlier.number < edit.number
            for earlier in edits
        )
        if note.change_digest is not None and made_before and edit.kind is EditKind.RESTORE:
            return True
    return False


def _reintroduced(state: SessionState, ledger: Ledger, trial: Trial, check: Detection) -> None:
    bugs = [bug for tracked in state.tests.values() for bug in tracked.bugs if bug.bug_id == trial.bug_id]
    reasons = (
        Reason(
            "returned", "The test failed, passed after a product edit, and fails again after another.", 0.45
        ),
        Reason(
            "fix_taken_out", "The breaking edits took the fix out, and the work went on without it.", 0.25
        ),
    )
    if bugs:
        ledger.found(Kind.REINTRODUCTION, bugs[:1], check.returns, reasons)
