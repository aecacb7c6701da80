"""Outcomes that change while the code does not: flaky tests, unless an edit behind the editor's back explains them."""

from collections.abc import Sequence

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import as_named
from fixloop.detect.outcomes import Flipped
from fixloop.detect.replacing import replace
from fixloop.detect.state import (
    Bug,
    Detection,
    EditKind,
    EditNote,
    Reason,
    Return,
    SessionState,
    Sighting,
    TrackedTest,
)
from fixloop.detect.windows import named, product_edits, puts_in_again
from fixloop_schemas.vocabulary import Kind

_FOUNDED_ON_RETURNS = (Kind.REINTRODUCTION, Kind.COUPLED_CYCLE, Kind.SIGNATURE_CYCLE, Kind.LOST_FIX)
_FLIPPED = Reason("flipped", "The outcome changed while the code state did not.", 0.6)
_INFERRED = Reason("inferred_pass", "One of the two outcomes is deduced, not reported.", -0.3)
_PROVED_FLAKY = Reason("proved_flaky", "The test has changed its outcome without any edit since.", -1.0)
_RETURNED = Reason(
    "returned", "The test failed, passed after a product edit, and fails again after another.", 0.45
)
_GONE = Reason("fix_gone_unobserved", "A file of the fix was changed behind the editor's back.", -0.1)
_TAKEN_OUT = Reason(
    "taken_out_unobserved", "The fix went away behind the editor's back, and nothing else was edited.", 0.2
)
_PUT_BACK = Reason("put_back", "The same text was put back before any other product edit.", 0.3)
_UNOBSERVED = Reason(
    "unobserved_edit", "A file was changed behind the editor's back, so the code was not the same.", -1.0
)


def fold_flips(state: SessionState, findings: Findings, sighting: Sighting, flips: Sequence[Flipped]) -> None:
    """Record tests that proved flaky, and withdraw what their flips had founded."""
    for flip in flips if Kind.FLAKY not in state.without else ():
        if _checked(findings, flip.bug):
            continue
        if any(found.bugs[0].test == flip.bug.test for found in findings.open_of(Kind.FLAKY)):
            continue
        tracked = state.tests[flip.bug.test]
        inferred = tracked.last.inferred or (tracked.last_pass is not None and tracked.last_pass.inferred)
        returns = (_return(state, flip, sighting),) if flip.fixed else ()
        findings.found(
            Kind.FLAKY, [as_named(flip.bug)], returns, (_FLIPPED, _INFERRED) if inferred else (_FLIPPED,)
        )
    flaky = {found.bugs[0].test for found in findings.open_of(Kind.FLAKY)}
    for kind in _FOUNDED_ON_RETURNS if flips else ():
        for found in findings.open_of(kind):
            back = {bug.test for bug in found.bugs if any(ret.bug_id == bug.bug_id for ret in found.returns)}
            if back and back <= flaky:
                findings.withdraw(found, _PROVED_FLAKY)


def _checked(findings: Findings, bug: Bug) -> bool:
    """Whether the bug was red last because its fix was out on purpose, and put back before the run was told."""
    check = findings.naming(Kind.RESTORE_CHECK, bug.bug_id)
    return check is not None and any(back.returning_run == bug.last_red.run_id for back in check.returns)


def judge_flips(
    state: SessionState, findings: Findings, notes: Sequence[EditNote], *, since: int
) -> SessionState:
    """The state after edits, of which some imply that a file had been changed unobserved: what seemed flaky since then is judged anew.

    Args:
        state: after the edits.
        findings: takes what follows.
        notes: the edits.
        since: the number of the edit after which the changed file's text was last known.
    """
    hidden = [note for note in notes if note.kind is EditKind.UNOBSERVED and note.product]
    if not hidden:
        return state
    tests = dict(state.tests)
    for found in findings.open_of(Kind.FLAKY):
        tracked = tests.get(found.bugs[0].test)
        if tracked is None or tracked.flip is None or tracked.flip.code.edits < since:
            continue
        if found.returns and not _touch_the_fix(state, found, hidden):
            continue
        tests[found.bugs[0].test] = replace(tracked, flip=None)
        findings.withdraw(found, _UNOBSERVED)
        for back in found.returns:
            _judge_return(state, findings, tracked, back, hidden, notes)
    return replace(state, tests=tests)


def _touch_the_fix(state: SessionState, found: Detection, hidden: Sequence[EditNote]) -> bool:
    """Whether one of the files that changed unobserved is a file of the fix: another one explains nothing."""
    fixing = {event_id for back in found.returns for event_id in back.fixing_edits}
    return bool(
        {edit.path for edit in state.edits if edit.event_id in fixing} & {note.path for note in hidden}
    )


def _judge_return(
    state: SessionState,
    findings: Findings,
    tracked: TrackedTest,
    back: Return,
    hidden: Sequence[EditNote],
    notes: Sequence[EditNote],
) -> None:
    fixing = [edit for edit in state.edits if edit.event_id in back.fixing_edits]
    took_out = [note for note in hidden if any(note.path == edit.path for edit in fixing)]
    bugs = [bug for bug in tracked.bugs if bug.bug_id == back.bug_id]
    if not took_out or not bugs:
        return
    back = replace(back, breaking_edits=named(took_out))
    named_bugs = [as_named(bug, 1) for bug in bugs]
    put_back = any(puts_in_again(note, fixing) for note in notes)
    if put_back and Kind.RESTORE_CHECK not in state.without:
        findings.found(Kind.RESTORE_CHECK, named_bugs, [back], (_TAKEN_OUT, _PUT_BACK))
    else:
        findings.found(Kind.REINTRODUCTION, named_bugs, [back], (_RETURNED, _GONE))


def _return(state: SessionState, flip: Flipped, sighting: Sighting) -> Return:
    fix = flip.fixed.fix if flip.fixed else None
    fixing = product_edits(state.edits, fix.red.code, fix.green.code) if fix else ()
    return Return(
        bug_id=flip.bug.bug_id,
        red_run=fix.red.run_id if fix else sighting.run_id,
        fixing_run=fix.green.run_id if fix else sighting.run_id,
        returning_run=sighting.run_id,
        fixing_edits=named(fixing),
        breaking_edits=(),
        shared_lines=None,
        seq=sighting.seq,
    )
