"""What the core is told: one frozen value an event, without anything of the wire in it."""

from dataclasses import dataclass

from fixloop_schemas.vocabulary import Change, Origin, Outcome, PathRole, RestoreOperation


@dataclass(frozen=True, slots=True)
class Who:
    """Who, with what, on which code; names as on the wire."""

    gen_ai_agent_name: str | None = None
    gen_ai_agent_id: str | None = None
    gen_ai_agent_version: str | None = None
    gen_ai_provider_name: str | None = None
    gen_ai_request_model: str | None = None
    vcs_repository_name: str | None = None
    vcs_ref_head_name: str | None = None
    vcs_ref_head_revision: str | None = None
    enduser_pseudo_id: str | None = None


@dataclass(frozen=True, slots=True)
class Origination:
    """Where a fact comes from: the event's id, its place in the session, its time (microseconds since 1970, UTC) and who."""

    event_id: str
    seq: int
    time_us: int | None
    who: Who


@dataclass(frozen=True, slots=True)
class Swap:
    """A fragment of a file that was replaced by another, each as a digest."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edited:
    """One file was changed. What is not known is None; empty tuples say that there is nothing."""

    of: Origination
    path: str
    role: PathRole
    change: Change = Change.UNKNOWN
    origin: Origin = Origin.AGENT
    before: str | None = None
    """Digest of the whole file before."""
    after: str | None = None
    """Digest of the whole file after."""
    change_digest: str | None = None
    added: tuple[str, ...] | None = None
    """Hashes of the lines put in."""
    removed: tuple[str, ...] | None = None
    """Hashes of the lines taken out."""
    swaps: tuple[Swap, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoredFile:
    """One file that version control, or a copy, set back."""

    path: str
    role: PathRole
    after: str | None


@dataclass(frozen=True, slots=True)
class Restored:
    """The workspace was set back, or forward again."""

    of: Origination
    operation: RestoreOperation
    everything: bool
    files: tuple[RestoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of how a test failed."""

    digest: str | None = None
    """The signature; None when nothing is known."""
    version: int | None = None
    complete: bool = False
    """False when the message was cut or missing: compatible with any failure of the same test."""
    error_type: str | None = None


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What one test did in one run."""

    test: str
    outcome: Outcome
    failure: Failure | None = None
    inferred: bool = False
    attempts: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A test run begins; `scope` is equal for runs that were asked for the same tests."""

    of: Origination
    run_id: str
    scope: str
    tree: str | None = None
    """Digest of the tree under test, when known."""


@dataclass(frozen=True, slots=True)
class RunResults:
    """A part of a run's results: those that name one test, and groups (a package, a file) that could not be built or loaded.

    What a group did otherwise is no fact: it is what its tests did.
    """

    of: Origination
    run_id: str
    part: int
    cases: tuple[CaseOutcome, ...]
    unbuilt: tuple[CaseOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run ended by itself. Without it the run crashed: what it said counts, what it did not say proves nothing."""

    of: Origination
    run_id: str
    parts: int
    passed: int | None = None
    """How many tests passed, named or not, where the runner counted."""
    complete: bool = False
    """Every test that ran is named, so that a name's absence means that it did not run."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A range of events will never come."""

    of: Origination
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Marker:
    """A fact that changes no bug: a session's start or end, a commit."""

    of: Origination
    ends_session: bool = False
    independent: bool = False
    """Each attempt of this session starts from a fresh tree."""
    isolated: bool = False
    """The session's workspace was made for it alone: it holds nothing that another session did."""
    commit: str | None = None
    """The revision that was committed."""
    begins: str | None = None
    """The revision at which a session begins."""


Fact = Edited | Restored | RunStarted | RunResults | RunFinished | Dropped | Marker
