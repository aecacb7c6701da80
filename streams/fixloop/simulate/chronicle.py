"""What happened in a session, as an all-knowing witness would write it down: changes with their intent, and runs with their reasons."""

from dataclasses import dataclass, field
from enum import StrEnum

from fixloop.simulate.project import Variant
from fixloop.simulate.source_text import Failure
from fixloop.simulate.world import VerdictChange
from fixloop_schemas.vocabulary import Outcome, PathRole, RestoreOperation


class Intent(StrEnum):
    """Why somebody changed something."""

    WORK = "work"
    FIX = "fix"
    TAKE_OUT = "take out"
    """To see the test fail; it is put back as the next product change."""
    PUT_BACK = "put back"
    GAME = "game"
    ACCEPT = "accept"
    """The product does something new on purpose, and the expectation follows."""
    EXTEND = "extend"
    """A test is written, or asks for more."""
    REQUIRE = "require"
    """A test asks for something else, because people do."""
    FRESH_TREE = "fresh tree"
    RENAME = "rename"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a change is meant to repair: a test's bug, and its place in a ring of fixes that conflict."""

    test: str
    ring: int | None = None
    member: int = 0


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One file's text before and after."""

    path: str
    role: PathRole
    before: tuple[str, ...] | None
    """None when there was no file."""
    after: tuple[str, ...]


@dataclass(slots=True)
class Change:
    """Something was changed, in one go."""

    at: int
    """When, in ticks of the session; `told` is where it stands in the session's events."""
    intent: Intent
    edits: tuple[FileEdit, ...]
    cells: dict[str, tuple[Variant | None, Variant]]
    """What each cell said before and after."""
    effects: tuple[VerdictChange, ...]
    goal: Goal | None = None
    restore: RestoreOperation | None = None
    everything: bool = False
    hidden: bool = False
    """Behind the editor's back: no event tells of it."""
    agent_id: str | None = None
    seen: bool = True
    """Whether everything that tells of it arrives."""

    @property
    def product(self) -> bool:
        """Whether it touched what the tests are about."""
        return any(edit.role.counts_as_product for edit in self.edits)

    @property
    def tests(self) -> bool:
        """Whether it touched a test."""
        return any(edit.role is PathRole.TEST for edit in self.edits)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run showed of one test, and why."""

    test: str
    name: str
    outcome: Outcome
    failure: Failure | None = None
    message: str = ""
    complete: bool = True
    why: str = "code"
    """code, flake, order, environment, outage."""
    attempts: tuple[Outcome, ...] = ()


@dataclass(slots=True)
class Run:
    """A test run. What it shows is how things stood at the tick `at`."""

    run_id: str
    at: int
    selectors: tuple[str, ...]
    shown: tuple[Shown, ...]
    unloaded: tuple[str, ...] = ()
    """Test files that could not be loaded: collection errors."""
    crashed: bool = False
    outage: bool = False
    agent_id: str | None = None
    tree: str | None = None
    seen: bool = True
    """Whether its results arrive."""
    whole_seen: bool = True
    """Whether all that tells of it arrives."""

    @property
    def whole(self) -> bool:
        """Whether a test's absence from it means that there is no such test."""
        return not (self.selectors or self.crashed or self.unloaded) and self.whole_seen


@dataclass(frozen=True, slots=True)
class RunBegins:
    """In the order of events: a run is started."""

    run: Run


@dataclass(frozen=True, slots=True)
class RunEnds:
    """In the order of events: a run's results are told."""

    run: Run


@dataclass(slots=True)
class Commits:
    """In the order of events: a commit."""

    at: int
    revision: str
    parent: str
    seen: bool = True
    """Whether what tells of it arrives."""


Entry = Change | RunBegins | RunEnds | Commits


@dataclass(slots=True)
class Chronicle:
    """One session. `entries` are in the order in which events tell of them."""

    habit: str
    independent: bool = False
    """Its agent says that each attempt starts from a fresh tree."""
    isolated: bool = False
    """Its workspace was made for it alone, from a commit."""
    revision: str = ""
    """The commit with which it begins."""
    entries: list[Entry] = field(default_factory=list)
    rings: dict[int, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Of each ring of conflicting fixes, the tests of each member, in the order in which they break."""
    from_the_start: dict[str, Failure] = field(default_factory=dict)
    """Tests that are red when the session begins."""

    @property
    def changes(self) -> list[Change]:
        """All changes, in the order in which they happened."""
        return sorted(
            (entry for entry in self.entries if isinstance(entry, Change)), key=lambda change: change.at
        )

    @property
    def runs(self) -> list[Run]:
        """All runs, in the order of what they saw."""
        return sorted(
            (entry.run for entry in self.entries if isinstance(entry, RunEnds)), key=lambda run: run.at
        )
