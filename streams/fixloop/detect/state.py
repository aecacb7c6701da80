"""What the core remembers of a session: values only, bounded in every direction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from fixloop.detect.facts import CaseOutcome, Fact, Failure, Origination, Swap, Who
from fixloop_schemas.vocabulary import DetectionStatus, Kind

STATE_VERSION: Final = 1
"""Raised when the meaning of a snapshot changes; a snapshot of another version is refused, and the session read anew."""

MAX_HELD: Final = 100
"""Events that wait for an earlier one, before the gap is given up."""
MAX_EDITS: Final = 500
MAX_FILES: Final = 2_000
MAX_TESTS: Final = 4_000
MAX_BUGS_PER_TEST: Final = 8
MAX_OPEN_RUNS: Final = 8
MAX_CASES_PER_RUN: Final = 20_000
MAX_SCOPES: Final = 64
MAX_RED_IN_SCOPE: Final = 200
MAX_UNDOINGS: Final = 20
MAX_LINKS: Final = 200
MAX_DETECTIONS: Final = 200
MAX_BUGS: Final = 100
"""Bugs that one detection names."""
MAX_RETURNS: Final = 50
"""Returns that one detection keeps as evidence; the first and the latest stay."""
MAX_NAMED_EDITS: Final = 50
"""Edits that one return names as fixing or breaking."""


@dataclass(frozen=True, slots=True)
class CodeState:
    """What the tests ran against: how many edits, and product edits, the session had made; the tree's digest where known."""

    edits: int
    product_edits: int
    tree: str | None = None

    def same_as(self, other: "CodeState") -> bool:
        """Whether nothing that is known changed in between."""
        if self.tree is not None and other.tree is not None:
            return self.tree == other.tree
        return self.edits == other.edits

    def product_changed_until(self, later: "CodeState") -> bool:
        """Whether the product changed between this state and a later one: by an edit, or unobserved, as another tree shows."""
        if self.same_as(later):
            return False
        return later.product_edits > self.product_edits or self.changed_unobserved_until(later)

    def changed_unobserved_until(self, later: "CodeState") -> bool:
        """Whether another tree was tested though no edit had been seen."""
        return None not in (self.tree, later.tree) and self.tree != later.tree and self.edits == later.edits


@dataclass(frozen=True, slots=True)
class Sighting:
    """One run's word about a test, or about a whole scope."""

    run_id: str
    seq: int
    """Where the run was folded into the session."""
    code: CodeState
    inferred: bool = False


class EditKind(StrEnum):
    """How a change of the code is known."""

    EDIT = "edit"
    RESTORE = "restore"
    UNOBSERVED = "unobserved"


@dataclass(frozen=True, slots=True)
class EditNote:
    """An edit as far as later questions need it."""

    number: int
    """1 for the session's first."""
    event_id: str
    kind: EditKind
    path: str | None
    """None when the whole workspace was restored."""
    product: bool
    test: bool
    certain: bool
    """Whether the file's role is known."""
    before: str | None = None
    after: str | None = None
    change_digest: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    swaps: tuple[Swap, ...] = ()
    to_commit: bool = False
    """The whole workspace was set back to the last commit."""


@dataclass(frozen=True, slots=True)
class FileNote:
    """A file's last known text, and the edit that made it."""

    after: str | None
    number: int


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose end has not come."""

    run_id: str
    scope: str
    agent_id: str | None
    code: CodeState
    parts: tuple[int, ...]
    cases: tuple[CaseOutcome, ...]
    unbuilt: tuple[CaseOutcome, ...] = ()
    """Groups of tests that could not be built or loaded."""
    passed: int | None = None
    """How many passed, named or not, where the runner counted."""
    complete: bool = False
    """Every test that ran is named."""
    crashed: bool = False
    """It did not end by itself: what it does not say proves nothing."""


@dataclass(frozen=True, slots=True)
class ScopeNote:
    """The last run of a scope, and the bugs that it showed."""

    sighting: Sighting
    red: tuple[str, ...] = ()
    complete: bool = False
    """It named every test that ran."""
    unbuilt: tuple[str, ...] = ()
    """Groups of tests that it could not build or load."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A bug went away with at least one product edit since it was last seen."""

    red: Sighting
    green: Sighting
    displaced: bool
    """The test fails in another way now."""


@dataclass(frozen=True, slots=True)
class Bug:
    """(repository, test, signature) in this session."""

    bug_id: str
    test: str
    failure: Failure
    open: bool
    cleared: Sighting | None
    """The last run without it before it was (last) opened; None when there was none."""
    opened: Sighting
    """The first run that showed it (again)."""
    last_red: Sighting
    last_clear: Sighting | None
    """The last run that did not show it, while it is not open."""
    fix: Fix | None
    returns: int = 0
    attempts: int = 0
    """Runs that still showed it after a further product edit, since it was opened."""


@dataclass(frozen=True, slots=True)
class TrackedTest:
    """One test: what it did last, and its bugs."""

    last: Sighting
    red: bool
    last_pass: Sighting | None
    bugs: tuple[Bug, ...] = ()
    flip: Sighting | None = None
    """Where the outcome changed while the code did not: the test is flaky from then on."""
    new: bool = False
    """It was first seen after a test had been edited in this session, red or where a whole run had lacked it: somebody is writing it."""
    since: int = 0
    """Where it was first seen."""


@dataclass(frozen=True, slots=True)
class Link:
    """Fixing one bug brought another: an edge of the graph in which cycles are looked for."""

    fixed_bug: str
    brought_bug: str
    fix_seq: int
    """Where the fix was seen."""
    seq: int
    """Where the brought bug was seen."""


@dataclass(frozen=True, slots=True)
class Return:
    """One bug that was red, went away, and came back."""

    bug_id: str
    red_run: str
    fixing_run: str
    returning_run: str
    fixing_edits: tuple[str, ...]
    breaking_edits: tuple[str, ...]
    shared_lines: int | None
    seq: int
    fixing_session: str | None = None
    """The session in which it was fixed, when that was another one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One argument, in words, with how far it moves the confidence."""

    code: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class NamedBug:
    """A bug as a detection names it."""

    bug_id: str
    test: str
    failure: Failure
    returns: int = 0
    """How often it came back, as this detection counts."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What fixloop says, in its latest version."""

    detection_id: str
    version: int
    kind: Kind
    status: DetectionStatus
    confidence: float
    reasons: tuple[Reason, ...]
    bugs: tuple[NamedBug, ...]
    laps: int
    returns: tuple[Return, ...]
    supersedes: tuple[str, ...]
    superseded_by: str | None
    first_seq: int
    of: Origination
    """The event that led to this version."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A fix is gone, and the bug is red: a check, if the same text is put back before any other product edit."""

    detection_id: str | None
    """The check that was recorded; None when nobody saw what took the fix out, and a reintroduction stands until it is put back."""
    bug: NamedBug
    back: Return
    taken_out: tuple[EditNote, ...]
    """The edits that took the fix out."""
    fixing: tuple[EditNote, ...]
    """The fix."""
    reasons: tuple[Reason, ...]
    """What speaks for and against its being a reintroduction, should it be no check."""
    mended: tuple[str, ...] = ()
    """Bugs that went away with the fix: if they stay away when it is put back, that was their own doing."""
    aside: bool = False
    """They did something else than take the fix out as a whole: it is a check only once exactly they are undone."""
    put_back: bool = False
    """The fix is back, and no run has shown yet what that did."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """An edit took a fix out, and no run has said yet what that did."""

    bug_id: str
    edit: EditNote
    fixing: tuple[EditNote, ...]


@dataclass(frozen=True, slots=True)
class SessionState:
    """A session so far. Frozen: `step` returns a new one, and whoever kept an old one can go on from it."""

    session_id: str
    state_version: int = STATE_VERSION
    next_seq: int = 0
    who: Who = field(default_factory=Who)
    """The latest that is known of who, with what, on which code."""
    began_us: int | None = None
    """The first and the last time in the session, in microseconds since 1970."""
    until_us: int | None = None
    ended: bool = False
    """It said that it ends, and nothing has come since."""
    silent: bool = False
    """It was silent for long, and nothing has come since. No finding depends on this, or on `ended`."""
    runs: int = 0
    """Test runs that ended."""
    held: tuple[Fact, ...] = ()
    lost: int = 0
    """Events that never came, or came after their place was given up."""
    code: CodeState = CodeState(0, 0)
    edits: tuple[EditNote, ...] = ()
    files: Mapping[str, FileNote] = field(default_factory=dict)
    open_runs: tuple[OpenRun, ...] = ()
    tests: Mapping[str, TrackedTest] = field(default_factory=dict)
    scopes: Mapping[str, ScopeNote] = field(default_factory=dict)
    last_green: Sighting | None = None
    """The last run in which nothing failed."""
    baseline: tuple[str, ...] = ()
    """Bugs that were seen before the first product edit, or while the workspace was set back to what it was then."""
    independent: bool = False
    """Each attempt of this session starts from a fresh tree."""
    isolated: bool = False
    """The workspace was made for this session alone: it holds nothing that another session did."""
    began_at: str | None = None
    """The commit that was checked out when the session began, where that is known."""
    committed_at: int = -1
    """Where the last commit was made."""
    flaky_elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Tests that proved flaky in other sessions, and in how many; learned, and no part of the session's own events."""
    links: tuple[Link, ...] = ()
    trials: tuple[Trial, ...] = ()
    undoings: tuple[Undoing, ...] = ()
    detections: Mapping[str, Detection] = field(default_factory=dict)
    without: tuple[Kind, ...] = ()
    """Look-alikes that are left out, to see what they are worth; what they would explain counts as genuine."""

    @property
    def closed(self) -> bool:
        """Whether it is over, as far as is known."""
        return self.ended or self.silent


def new_session(session_id: str, without: tuple[Kind, ...] = ()) -> SessionState:
    """The state before a session's first event."""
    return SessionState(session_id=session_id, without=without)


Value = TypeVar("Value")


def bounded(entries: dict[str, Value], limit: int) -> dict[str, Value]:
    """`entries` without its oldest insertions beyond `limit`; changes and returns the given dictionary."""
    while len(entries) > limit:
        del entries[next(iter(entries))]
    return entries
