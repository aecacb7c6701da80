"""A fix that is taken out to see the test fail, and put back: a check, not a cycle."""

from collections.abc import Sequence

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import Evidence, as_named
from fixloop.detect.outcomes import Fixed
from fixloop.detect.replacing import replace
from fixloop.detect.state import EditKind, EditNote, Reason, SessionState, Trial
from fixloop.detect.windows import inverts, puts_in_again, same_change, takes_out, undone
from fixloop_schemas.vocabulary import Kind

_TAKEN_OUT = Reason("taken_out", "The fix was taken out, and nothing else was changed.", 0.1)
_TRIED = Reason("tried", "Edits beside the fix broke it, and mended nothing: it was there all along.", 0.1)
_PUT_BACK = Reason("put_back", "The same text was put back before any other product edit.", 0.6)
_GONE_ON = Reason("gone_on", "Another product edit came before the fix was put back: it was no check.", -1.0)
_CHECKED = Reason(
    "put_back", "The same text was put back before any other product edit: it was a check.", -1.0
)
_WITHOUT = Reason(
    "fix_taken_out", "The breaking edits took the fix out, and the work went on without it.", 0.25
)

_ALARMS = (Kind.REINTRODUCTION, Kind.COUPLED_CYCLE, Kind.EDIT_REVERSAL, Kind.LOST_FIX)


def is_trial(state: SessionState, found: Evidence) -> bool:
    """Whether all that broke the bug's fix only takes it out, and work has not gone on since."""
    if Kind.RESTORE_CHECK in state.without:
        return False
    if not found.breaking:
        return found.back_to_red_tree
    if not all(takes_out(edit, found.fixing, state.edits) for edit in found.breaking):
        return False
    since = _first_product_edit(state, found)
    return not since or _puts_back(since, found.breaking, found.fixing, state.edits)


def open_trials(state: SessionState, findings: Findings, found: Sequence[Evidence]) -> SessionState:
    """The state with checks that have begun; one is closed at once when the fix is back already.

    It is when version control set the workspace back and forward again in one command, and when a run that crashed is judged late.
    """
    trials = []
    for each in found:
        check = findings.found(Kind.RESTORE_CHECK, [as_named(each.bug)], [each.back], (_TAKEN_OUT,))
        if set_forward_again(each) or _first_product_edit(state, each):
            findings.grow(check, reasons=(_TAKEN_OUT, _PUT_BACK))
        else:
            trials.append(_trial(each, check.detection_id))
    return replace(state, trials=(*state.trials, *trials))


def doubt(state: SessionState, returned: Sequence[Evidence], fixed: Sequence[Fixed]) -> SessionState:
    """The state with those returns remembered that may turn out to be checks after all.

    Nobody saw what brought them; what took the fix out seemed to mend something else, which may have gone away by itself; or edits
    beside the fix, or to a part of it, mended nothing and may be taken straight back: then nothing was lost (a mutation, or an attempt).
    """
    if Kind.RESTORE_CHECK in state.without:
        return state
    mended = tuple(change.bug.bug_id for change in fixed)
    trials = []
    for each in returned:
        if not each.breaking or is_trial(state, each) or _may_take_out(each):
            trials.append(_trial(each, None, mended if each.breaking else ()))
        elif not fixed and _leaves_the_fix(each):
            trials.append(replace(_trial(each, None), aside=True))
    return replace(state, trials=(*state.trials, *trials))


def _may_take_out(found: Evidence) -> bool:
    """Whether nothing is known of what the breaking edits did to the fix's files, so that they may have taken it out."""
    touched = {edit.path for edit in found.fixing}
    return all(
        edit.kind is EditKind.EDIT
        and edit.path in touched
        and not (edit.before or edit.after or edit.added or edit.removed or edit.swaps)
        for edit in found.breaking
    )


def _leaves_the_fix(found: Evidence) -> bool:
    """Whether the breaking edits were seen, and leave at least a part of the fix where it is, as far as lines tell.

    Who writes something else over all of it goes on from there, and has to make the fix again.
    """
    put_in = {line for edit in found.fixing for line in edit.added}
    left = put_in - {line for edit in found.breaking for line in edit.removed}
    return all(edit.kind is not EditKind.UNOBSERVED for edit in found.breaking) and (bool(left) or not put_in)


def set_forward_again(found: Evidence) -> bool:
    """Whether all that was seen is version control setting the whole workspace back, and forward again."""
    restores = [edit for edit in found.breaking if edit.kind is EditKind.RESTORE and edit.path is None]
    return len(restores) > 1 and len(restores) == len(found.breaking)


def confirm_trials(
    state: SessionState, findings: Findings, fixed: Sequence[Fixed], *, broke: bool, seq: int
) -> SessionState:
    """The state after a run in which bugs under check went away: their fix was put back before it, or behind the editor's back.

    Where taking the fix out had seemed to mend others, putting it back must break none: else the work goes back and forth.
    """
    gone = {change.bug.bug_id: change for change in fixed}
    settled = [trial for trial in state.trials if trial.bug.bug_id in gone]
    tracked = state.tests.values() if settled else ()
    clear = {bug.bug_id for test in tracked for bug in test.bugs if not bug.open and test.last.seq == seq}
    checks = [
        trial
        for trial in settled
        if (trial.put_back or _unseen(gone[trial.bug.bug_id]))
        and (not (trial.mended or trial.aside) or (not broke and clear.issuperset(trial.mended)))
    ]
    _put_back(findings, checks)
    return replace(state, trials=tuple(trial for trial in state.trials if trial not in settled))


def judge_trials(state: SessionState, findings: Findings, notes: Sequence[EditNote]) -> SessionState:
    """The state after new edits: each check under way is confirmed, waits for a run, or turns out to be a reintroduction."""
    decisive = [note for note in notes if note.product]
    if not decisive or not state.trials:
        return state
    waiting = [trial for trial in state.trials if trial.put_back and not trial.aside]
    checks = []
    for trial in state.trials:
        if trial.put_back:
            continue
        since = _product_edits_after(state, trial.taken_out[-1].number) if trial.aside else decisive
        if trial.aside and not undone(trial.taken_out, since):
            waiting += _going_back(trial, since)
        elif not trial.aside and not _puts_back(decisive, trial.taken_out, trial.fixing, state.edits):
            _gone_on(findings, trial)
        elif trial.mended or (trial.aside and not trial.back.shared_lines):
            waiting.append(replace(trial, put_back=True))
        else:
            checks.append(trial)
    _put_back(findings, checks)
    return replace(state, trials=tuple(waiting))


def _going_back(trial: Trial, since: Sequence[EditNote]) -> list[Trial]:
    """The trial while its edits are being undone one by one, or once version control set their files back: then a run has to tell."""
    touched = {edit.path for edit in trial.taken_out}
    if all(note.kind is EditKind.RESTORE and (note.path is None or note.path in touched) for note in since):
        return [replace(trial, put_back=True)]
    return [trial] if all(any(inverts(note, edit) for edit in trial.taken_out) for note in since) else []


def _trial(found: Evidence, detection_id: str | None, mended: tuple[str, ...] = ()) -> Trial:
    named = as_named(found.bug)
    return Trial(detection_id, named, found.back, found.breaking, found.fixing, found.reasons, mended)


def _put_back(findings: Findings, checks: Sequence[Trial]) -> None:
    """They were checks: they are confirmed, or take the place of the alarms that they seemed to be."""
    for trial in checks:
        check = findings.standing.get(trial.detection_id or "")
        if check is None:
            what = _TRIED if trial.aside and not trial.back.shared_lines else _TAKEN_OUT
            findings.found(Kind.RESTORE_CHECK, [trial.bug], [trial.back], (what, _PUT_BACK))
        else:
            findings.grow(check, reasons=(_TAKEN_OUT, _PUT_BACK))
    backs = {trial.back for trial in checks if trial.detection_id is None}
    for kind in _ALARMS if backs else ():
        for alarm in findings.standing_of(kind):
            if alarm.returns and backs.issuperset(alarm.returns):
                findings.withdraw(alarm, _CHECKED)


def _gone_on(findings: Findings, trial: Trial) -> None:
    """It was no check: a reintroduction, unless that was said already."""
    check = findings.standing.get(trial.detection_id or "")
    if check is None:
        return
    findings.withdraw(check, _GONE_ON)
    reasons = (*trial.reasons, _WITHOUT)
    known = findings.naming(Kind.REINTRODUCTION, trial.bug.bug_id)
    if known is None:
        findings.found(Kind.REINTRODUCTION, [replace(trial.bug, returns=1)], check.returns, reasons)
    else:
        findings.grow(known, returns=(*known.returns, *check.returns), reasons=reasons)


def _unseen(change: Fixed) -> bool:
    return change.fix.red.code.product_edits == change.fix.green.code.product_edits


def _first_product_edit(state: SessionState, found: Evidence) -> tuple[EditNote, ...]:
    """The first seen edit of the product since the run, and before it what it shows to have happened unseen."""
    since = _product_edits_after(state, found.seen_in.code.edits)
    seen = next((edit.number for edit in since if edit.kind is not EditKind.UNOBSERVED), None)
    return () if seen is None else tuple(edit for edit in since if edit.number <= seen)


def _product_edits_after(state: SessionState, number: int) -> list[EditNote]:
    return [edit for edit in state.edits if edit.product and edit.number > number]


def _puts_back(
    notes: Sequence[EditNote],
    taken_out: Sequence[EditNote],
    fixing: Sequence[EditNote],
    edits: Sequence[EditNote],
) -> bool:
    """Whether an edit sets forward again what was taken out: by version control, to the same text, or by making the same change again."""
    return any(
        puts_in_again(note, fixing) or any(_sets_forward(note, edit, edits) for edit in taken_out)
        for note in notes
    )


def _sets_forward(note: EditNote, taken_out: EditNote, edits: Sequence[EditNote]) -> bool:
    if inverts(note, taken_out):
        return True
    restored = taken_out.kind is EditKind.RESTORE
    return restored and (note.kind is EditKind.RESTORE or _made_before(note, taken_out, edits))


def _made_before(note: EditNote, restore: EditNote, edits: Sequence[EditNote]) -> bool:
    return any(earlier.number < restore.number and same_change(note, earlier) for earlier in edits)
