"""What the events of a session give away of its changes, and of how two changes relate."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from fixloop.simulate.chronicle import Change, Chronicle, FileEdit
from fixloop.simulate.hunks import trimmed


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a reader of the events can know of the changes."""

    shown: AbstractSet[int]
    """The ticks of the changes that are told, or implied by a later edit whose text does not fit the last one known."""
    whole_files: bool
    lines: bool

    @classmethod
    def of(cls, chronicle: Chronicle, *, whole_files: bool, lines: bool) -> "Visibility":
        """What the events of a session give away, by what its editor tells."""
        changes = chronicle.changes
        shown = {change.at for change in changes if change.seen and not change.hidden}
        for number, change in enumerate(changes):
            if change.hidden and whole_files and _given_away(change, changes[:number], changes[number + 1 :]):
                shown.add(change.at)
        return cls(shown, whole_files, lines)

    def __contains__(self, change: Change | None) -> bool:
        """Whether events give a change away."""
        return change is not None and change.at in self.shown

    def repeats(self, later: Change, earlier: Change) -> bool:
        """Whether events show that two changes are the same edit."""
        return any(self._same(one, other) for one in later.edits for other in earlier.edits)

    def undoes(self, later: Change, earlier: Change) -> bool:
        """Whether events show that a change takes out what an earlier one put in."""
        if later.restore:
            return True
        for one in later.edits:
            for other in earlier.edits:
                if one.path != other.path:
                    continue
                if self.whole_files and one.after == other.before:
                    return True
                if (
                    self.lines
                    and trimmed(one.before or (), one.after) == trimmed(other.before or (), other.after)[::-1]
                ):
                    return True
        return False

    def _same(self, one: FileEdit, other: FileEdit) -> bool:
        if one.path != other.path:
            return False
        if self.lines:
            return trimmed(one.before or (), one.after) == trimmed(other.before or (), other.after)
        return (one.before, one.after) == (other.before, other.after)


def puts_back(change: Change | None, fix: Change) -> bool:
    """Whether a change makes every cell of a fix say again what the fix had made it say."""
    return change is not None and all(
        cell in change.cells and change.cells[cell][1].lines == new.lines
        for cell, (_, new) in fix.cells.items()
    )


def _given_away(change: Change, before: list[Change], after: list[Change]) -> bool:
    for edit in change.edits:
        known = [other for earlier in before for other in _told(earlier) if other.path == edit.path]
        following = [other for later in after for other in _told(later) if other.path == edit.path]
        if known and following and known[-1].after != following[0].before:
            return True
    return False


def _told(change: Change) -> tuple[FileEdit, ...]:
    return () if change.hidden or change.restore or not change.seen else change.edits
