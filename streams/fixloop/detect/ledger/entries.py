"""One line of the ledger: what became of one bug in one session."""

from dataclasses import dataclass

from fixloop.detect.facts import Failure, Origination
from fixloop_schemas.vocabulary import Transition


@dataclass(frozen=True, slots=True)
class ToldEdit:
    """An edit of the product, as far as another session's can be compared with it."""

    event_id: str
    path: str | None
    """None when the whole workspace was restored."""
    before: str | None
    after: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a bug, where and when, and the work that led there."""

    session_id: str
    of: Origination
    test: str
    bug_id: str
    failure: Failure
    transition: Transition
    run_id: str
    red_run_id: str | None
    """The last run that had shown the bug, where it went away."""
    seen_clear: bool
    """The session had seen the test without this bug before it opened."""
    test_edited: bool
    inferred: bool
    isolated: bool
    began_at: str | None
    """The commit that was checked out when the session began."""
    edits: tuple[ToldEdit, ...]
    """Product edits since the bug was last seen (it went away), or since it was last not seen (it opened)."""

    @property
    def order(self) -> tuple[int, str, int, str, str]:
        """Its place among what all sessions told: by time, session and place in the session."""
        return self.of.time_us or 0, self.session_id, self.of.seq, self.bug_id, self.transition

    @property
    def revision(self) -> str | None:
        """The commit that was checked out; of a committed fix, the commit that has it."""
        return self.of.who.vcs_ref_head_revision

    @property
    def identity(self) -> tuple[str, int, str, Transition]:
        """What is told twice is told once."""
        return self.session_id, self.of.seq, self.bug_id, self.transition
