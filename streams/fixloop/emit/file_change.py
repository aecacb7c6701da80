"""What one file underwent, before anything of it is digested."""

from typing import NamedTuple

from fixloop.emit.changes import Stretch


class FileChange(NamedTuple):
    """One file's change by one tool call; None and empty are not known."""

    path: str
    """As the transcript has it."""
    tool: str
    change: str = "modified"
    """`created`, `modified`, `deleted` or `unknown`."""
    before: str | None = None
    """The whole file before."""
    after: str | None = None
    """The whole file after."""
    stretches: tuple[Stretch, ...] = ()
    fragments: tuple[str, str] | None = None
    """The text that was replaced, and the one that replaced it."""
    user_modified: bool = False
    """A person changed what the agent proposed, and it was applied so."""
