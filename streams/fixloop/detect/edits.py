"""Folding edits and restores: they advance the code state and say what each file's text is."""

from typing import Final

from fixloop.detect.facts import Edited, Restored
from fixloop.detect.replacing import replace
from fixloop.detect.state import (
    MAX_EDITS,
    MAX_FILES,
    CodeState,
    EditKind,
    EditNote,
    FileNote,
    SessionState,
    bounded,
)
from fixloop_schemas.vocabulary import PathRole, RestoreOperation

_TO_COMMIT: Final = frozenset(
    {
        RestoreOperation.CHECKOUT,
        RestoreOperation.RESTORE,
        RestoreOperation.RESET,
        RestoreOperation.STASH_PUSH,
    }
)


def fold_edit(state: SessionState, fact: Edited) -> tuple[SessionState, tuple[EditNote, ...]]:
    """The state after an edit, and what is new in its log: the edit, and before it an unobserved one where its text implies one."""
    known = state.files.get(fact.path)
    notes: list[EditNote] = []
    if known and known.after and fact.before and known.after != fact.before:
        # Somebody changed the file behind the editor's back: breaking evidence, and never flakiness.
        notes.append(_note(state, fact, EditKind.UNOBSERVED, before=known.after, after=fact.before))
        state = _logged(state, notes[-1])
    notes.append(_note(state, fact, EditKind.EDIT, before=fact.before, after=fact.after))
    state = _logged(state, notes[-1])
    files = dict(state.files)
    files.pop(fact.path, None)
    files[fact.path] = FileNote(fact.after, state.code.edits)
    return replace(state, files=bounded(files, MAX_FILES)), tuple(notes)


def fold_restore(state: SessionState, fact: Restored) -> tuple[SessionState, tuple[EditNote, ...]]:
    """The state after a restore, and the notes of it: one for the whole workspace, or one for each file."""
    if fact.everything or not fact.files:
        note = EditNote(
            number=state.code.edits + 1,
            event_id=fact.of.event_id,
            kind=EditKind.RESTORE,
            path=None,
            product=True,
            test=True,
            certain=False,
            to_commit=fact.operation in _TO_COMMIT,
        )
        return replace(_logged(state, note), files={}), (note,)
    notes: list[EditNote] = []
    files = dict(state.files)
    for file in fact.files:
        known = files.pop(file.path, None)
        note = EditNote(
            number=state.code.edits + 1,
            event_id=fact.of.event_id,
            kind=EditKind.RESTORE,
            path=file.path,
            product=file.role.counts_as_product,
            test=file.role is PathRole.TEST,
            certain=file.role is not PathRole.UNKNOWN,
            before=known.after if known else None,
            after=file.after,
        )
        notes.append(note)
        state = _logged(state, note)
        files[file.path] = FileNote(file.after, state.code.edits)
    return replace(state, files=bounded(files, MAX_FILES)), tuple(notes)


def _note(
    state: SessionState, fact: Edited, kind: EditKind, *, before: str | None, after: str | None
) -> EditNote:
    observed = kind is EditKind.EDIT
    return EditNote(
        number=state.code.edits + 1,
        event_id=fact.of.event_id if observed else f"unobserved-before:{fact.of.event_id}"[:256],
        kind=kind,
        path=fact.path,
        product=fact.role.counts_as_product,
        test=fact.role is PathRole.TEST,
        certain=fact.role is not PathRole.UNKNOWN,
        before=before,
        after=after,
        change_digest=fact.change_digest if observed else None,
        added=(fact.added or ()) if observed else (),
        removed=(fact.removed or ()) if observed else (),
        swaps=fact.swaps if observed else (),
    )


def _logged(state: SessionState, note: EditNote) -> SessionState:
    code = CodeState(note.number, state.code.product_edits + (1 if note.product else 0))
    return replace(state, code=code, edits=(*state.edits, note)[-MAX_EDITS:])
