"""A fix that is taken out to see the test fail, and put back: a check, not a cycle."""

from collections.abc import Sequence
from dataclasses import replace

from fixloop.detect.detections import Ledger
from fixloop.detect.evidence import Evidence, as_named
from fixloop.detect.outcomes import Fixed
from fixloop.detect.state import Detection, EditKind, EditNote, Reason, SessionState, Trial
from fixloop.detect.windows import inverts, same_change, takes_out
from fixloop_schemas.vocabulary import Kind

_TAKEN_OUT = Reason("taken_out", "The fix was taken out, and nothing else was changed.", 0.1)
_PUT_BACK = Reason("put_back", "The same text was put back before any other product edit.", 0.6)
_GONE_ON = Reason("gone_on", "Another product edit came before the fix was put back: it was no check.", -1.0)
_RETURNED = Reason(
    "returned", "The test failed, passed after a product edit, and fails again after another.", 0.45
)
_WITHOUT = Reason(
    "fix_taken_out", "The breaking edits took the fix out, and the work went on without it.", 0.25
)


def is_trial(state: SessionState, found: Evidence) -> bool:
    """Whether all that broke the bug's fix only takes it out."""
    if Kind.RESTORE_CHECK in state.without:
        return False
    if not found.breaking:
        return found.back_to_red_tree
    return all(takes_out(edit, found.fixing, state.edits) for edit in found.breaking)


def open_trials(state: SessionState, ledger: Ledger, found: Sequence[Evidence]) -> SessionState:
    """The state with checks that have begun; one is closed at once when version control already set the workspace forward again."""
    trials = []
    for each in found:
        check = ledger.found(Kind.RESTORE_CHECK, [as_named(each.bug)], [each.back], (_TAKEN_OUT,))
        restores = [edit for edit in each.breaking if edit.kind is EditKind.RESTORE and edit.path is None]
        if len(restores) > 1:
            ledger.grow(check, reasons=(_TAKEN_OUT, _PUT_BACK))
        else:
            trials.append(Trial(check.detection_id, each.bug.bug_id, each.breaking))
    return replace(state, trials=(*state.trials, *trials))


def confirm_trials(state: SessionState, ledger: Ledger, fixed: Sequence[Fixed]) -> SessionState:
    """The state after a run in which bugs under check went away without any edit: the fix was put back behind the editor's back."""
    back = {change.bug.bug_id for change in fixed if change.fix.red.code.edits == change.fix.green.code.edits}
    for trial in state.trials:
        check = ledger.standing.get(trial.detection_id)
        if check is not None and trial.bug_id in back:
            ledger.grow(check, reasons=(_TAKEN_OUT, _PUT_BACK))
    return replace(state, trials=tuple(trial for trial in state.trials if trial.bug_id not in back))


def judge_trials(state: SessionState, ledger: Ledger, notes: Sequence[EditNote]) -> SessionState:
    """The state after new edits: each check under way is confirmed, or turns out to be a reintroduction."""
    decisive = [note for note in notes if note.product]
    if not decisive or not state.trials:
        return state
    for trial in state.trials:
        check = ledger.standing.get(trial.detection_id)
        if check is None:
            continue
        if any(_puts_back(note, trial.taken_out, state.edits) for note in decisive):
            ledger.grow(check, reasons=(_TAKEN_OUT, _PUT_BACK))
        else:
            ledger.withdraw(check, _GONE_ON)
            _reintroduced(ledger, check)
    return replace(state, trials=())


def _puts_back(note: EditNote, taken_out: Sequence[EditNote], edits: Sequence[EditNote]) -> bool:
    """Whether an edit sets forward again what was taken out: by version control, to the same text, or by making the same change again."""
    return any(
        inverts(note, edit)
        or (
            edit.kind is EditKind.RESTORE
            and (note.kind is EditKind.RESTORE or _made_before(note, edit, edits))
        )
        for edit in taken_out
    )


def _made_before(note: EditNote, restore: EditNote, edits: Sequence[EditNote]) -> bool:
    return any(earlier.number < restore.number and same_change(note, earlier) for earlier in edits)


def _reintroduced(ledger: Ledger, check: Detection) -> None:
    bugs = [replace(bug, returns=1) for bug in check.bugs]
    ledger.found(Kind.REINTRODUCTION, bugs, check.returns, (_RETURNED, _WITHOUT))
