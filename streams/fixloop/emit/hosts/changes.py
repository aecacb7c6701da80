"""What install and uninstall would do to a file: worked out first, shown, and only then done. Pure."""

import difflib
from dataclasses import dataclass

from fixloop.emit.hosts.host import HostFile
from fixloop.emit.hosts.receipts import Receipt

_CONTEXT_LINES = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One file; None is a file that is not there."""

    file: HostFile
    now: str | None
    then: str | None
    without: str | None
    """The text as it is without anything of ours."""

    @property
    def is_one(self) -> bool:
        """Whether anything changes."""
        return self.now != self.then

    def shown(self) -> str:
        """A unified diff, in which all that is nobody's business is hidden."""
        name, masked = str(self.file.path), self.file.masked
        lines = difflib.unified_diff(
            [] if self.now is None else masked(self.now).splitlines(),
            [] if self.then is None else masked(self.then).splitlines(),
            "/dev/null" if self.now is None else name,
            "/dev/null" if self.then is None else name,
            n=_CONTEXT_LINES,
            lineterm="",
        )
        return "\n".join(lines)


def installing(file: HostFile, text: str | None, receipt: Receipt | None) -> Change:
    """What install does: what an older fixloop left is taken out first.

    Raises:
        OSError: what is to be put in is not there.
        ValueError: the text is not what this file should be.
    """
    if text is not None and file.add(text) == text:
        return Change(file, text, text, text)
    without = text if text is None or not holds_ours(file, text) else _without(file, text, receipt)
    return Change(file, text, file.add(without or ""), without)


def uninstalling(file: HostFile, text: str | None, receipt: Receipt | None) -> Change:
    """What uninstall does. Raises `ValueError` where the text is not what this file should be."""
    if text is None or not holds_ours(file, text):
        return Change(file, text, text, text)
    without = _without(file, text, receipt)
    return Change(file, text, without, without)


def holds_ours(file: HostFile, text: str) -> bool:
    """Whether anything in the text is ours. Raises `ValueError` where it is not what this file should be."""
    return file.remove(text) != text


def _without(file: HostFile, text: str, receipt: Receipt | None) -> str | None:
    undone = None if receipt is None else receipt.undo(text)
    if receipt is not None and undone is not None:
        return undone if receipt.existed else None
    left = file.remove(text)
    made_by_us = file.ours_alone or (receipt is not None and not receipt.existed)
    return None if made_by_us and file.holds_nothing(left) else left
