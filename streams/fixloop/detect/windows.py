"""Stretches of edits between two code states, and what edits do to each other."""

from collections.abc import Iterable, Sequence

from fixloop.detect.state import MAX_NAMED_EDITS, CodeState, EditKind, EditNote, Sighting


def edits_between(edits: Sequence[EditNote], after: CodeState, until: CodeState) -> tuple[EditNote, ...]:
    """The edits after one code state, up to and with another.

    Args:
        edits: as the session has them: numbered without gaps, so that a long log costs no more than what is asked of it.
        after: the earlier state.
        until: the later one.
    """
    return tuple(_numbered(edits, after.edits + 1, until.edits))


def product_edits(edits: Sequence[EditNote], after: CodeState, until: CodeState) -> tuple[EditNote, ...]:
    """Those of them that are to the product."""
    return tuple(edit for edit in edits_between(edits, after, until) if edit.product)


def share_an_edit(
    edits: Sequence[EditNote], one: tuple[Sighting, Sighting], other: tuple[Sighting, Sighting]
) -> bool:
    """Whether a product edit lies in both stretches; each is (the sighting before, the sighting after)."""
    after = max(one[0].code.edits, other[0].code.edits)
    until = min(one[1].code.edits, other[1].code.edits)
    return any(edit.product for edit in _numbered(edits, after + 1, until))


def _numbered(edits: Sequence[EditNote], first: int, last: int) -> Sequence[EditNote]:
    offset = edits[0].number if edits else 0
    return edits[max(0, first - offset) : max(0, last + 1 - offset)]


def named(edits: Iterable[EditNote]) -> tuple[str, ...]:
    """The edits' event ids, the latest ones where there are too many."""
    return tuple(edit.event_id for edit in edits)[-MAX_NAMED_EDITS:]


def shared_lines(fixing: Iterable[EditNote], breaking: Iterable[EditNote]) -> int | None:
    """How many of the lines that the fix put in the breaking edits took out; None where lines are not known.

    Direction matters: lines that both put in, or both took out, are not shared.
    """
    put_in = {(edit.path, line) for edit in fixing for line in edit.added}
    taken_out = {(edit.path, line) for edit in breaking for line in edit.removed}
    return len(put_in & taken_out) if put_in and taken_out else None


def takes_out(edit: EditNote, fix: Sequence[EditNote], log: Iterable[EditNote]) -> bool:
    """Whether `edit` only sets back what `fix` changed: a restore, a return to a text before the fix, or the exact inverse.

    Args:
        edit: a later edit.
        fix: the fixing edits.
        log: all edits that are known, for the texts that the file had before the fix.
    """
    if edit.kind is EditKind.RESTORE and edit.path is None:
        return True
    same_file = any(fixing.path == edit.path for fixing in fix)
    return same_file and (edit.kind is EditKind.RESTORE or returns_before(edit, fix, log))


def returns_before(edit: EditNote, fix: Sequence[EditNote], log: Iterable[EditNote]) -> bool:
    """Whether `edit` is the inverse of a fixing edit, or gives its file, or the place in it, back a text that it had before the fix."""
    own = [fixing for fixing in fix if fixing.path == edit.path]
    if not own:
        return False
    if any(inverts(edit, fixing) for fixing in own):
        return True
    first = min(fixing.number for fixing in own)
    earlier = [other for other in log if other.path == edit.path and other.number < first]
    if edit.after is not None and any(other.before == edit.after for other in earlier):
        return True
    return _returns_places(edit, own, [*earlier, *own])


def _returns_places(edit: EditNote, fix: Sequence[EditNote], until: Sequence[EditNote]) -> bool:
    """Whether all that the fix put into its places is out again, and what came instead had been there before."""
    made = {swap.after for fixing in fix for swap in fixing.swaps}
    had = {swap.before for other in until for swap in other.swaps}
    if edit.swaps and all(swap.before in made and swap.after in had for swap in edit.swaps):
        return True
    put_in = {line for fixing in fix for line in fixing.added}
    replaced = {line for other in until for line in other.removed}
    return bool(put_in) and put_in <= set(edit.removed) and set(edit.added) <= replaced


def inverts(later: EditNote, earlier: EditNote) -> bool:
    """Whether `later` undoes `earlier` in the same file. What is not known, or empty, matches nothing."""
    if later.path != earlier.path:
        return False
    if later.after is not None and later.after == earlier.before:
        return True
    if later.swaps and set(later.swaps) == {type(swap)(swap.after, swap.before) for swap in earlier.swaps}:
        return True
    changed = later.added or later.removed
    return bool(changed) and (sorted(later.added), sorted(later.removed)) == (
        sorted(earlier.removed),
        sorted(earlier.added),
    )


def undone(done: Sequence[EditNote], since: Sequence[EditNote]) -> bool:
    """Whether later edits leave every file that earlier ones had changed as it was before them, and touch no other."""
    return {edit.path for edit in done} == {edit.path for edit in since} and all(
        _undone_in_file(
            [edit for edit in done if edit.path == path], [edit for edit in since if edit.path == path]
        )
        for path in {edit.path for edit in done}
    )


def _undone_in_file(done: Sequence[EditNote], since: Sequence[EditNote]) -> bool:
    if done[0].before is not None and since[-1].after is not None:
        return done[0].before == since[-1].after
    both = (*done, *since)
    if all(edit.swaps for edit in both):
        swaps = [swap for edit in both for swap in edit.swaps]
        return sorted(swap.before for swap in swaps) == sorted(swap.after for swap in swaps)
    put_in = sorted(line for edit in both for line in edit.added)
    known = all(edit.added or edit.removed for edit in both)
    return known and put_in == sorted(line for edit in both for line in edit.removed)


def same_change(one: EditNote, other: EditNote) -> bool:
    """Whether two edits made the same change to the same file, by whichever of their digests is known on both sides."""
    if one.path != other.path or one.number == other.number:
        return False
    if one.change_digest is not None and one.change_digest == other.change_digest:
        return True
    if one.before and one.after and (one.before, one.after) == (other.before, other.after):
        return True
    lines = bool(one.added or one.removed) and (one.added, one.removed) == (other.added, other.removed)
    return lines or bool(one.swaps and one.swaps == other.swaps)


def puts_in_again(note: EditNote, fixing: Sequence[EditNote]) -> bool:
    """Whether an edit makes its file say what a fix had made it say: the same change, the same text, or all its lines."""
    made = [edit for edit in fixing if edit.path == note.path and edit.number < note.number]
    if not made or note.kind is EditKind.UNOBSERVED:
        return False
    put_in = {line for edit in made for line in edit.added} - {line for edit in made for line in edit.removed}
    return (
        (note.after is not None and note.after == made[-1].after)
        or any(same_change(note, edit) for edit in made)
        or (bool(put_in) and put_in <= set(note.added))
    )
