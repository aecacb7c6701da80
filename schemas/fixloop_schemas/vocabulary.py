"""The closed sets of words, shared by the wire, the core and the emitters. Standard library only.

Words follow OpenTelemetry's semantic conventions, CloudEvents and CDEvents where these have one, then fixloop's glossary.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """What one test did in one run. A test that did not run has no outcome: it did not pass."""

    PASS = "pass"  # noqa: S105 -- an outcome, not a password
    FAIL = "fail"
    ERROR = "error"
    SKIP = "skip"

    @property
    def red(self) -> bool:
        """Whether the test said that something is wrong."""
        return self in (Outcome.FAIL, Outcome.ERROR)


class Level(StrEnum):
    """What a result speaks for. Only `case` names one test; the others never alert and never enter a ledger."""

    CASE = "case"
    GROUP = "group"  # a package, a file or a build
    SCRIPT = "script"  # a reproduction script, judged by its exit code


class PathRole(StrEnum):
    """What a file is for, decided by `path_role` before the path is hashed."""

    PRODUCT = "product"
    CONFIG = "config"
    TEST = "test"
    DOCS = "docs"
    SCRATCH = "scratch"
    UNKNOWN = "unknown"

    @property
    def counts_as_product(self) -> bool:
        """Whether an edit of such a file can fix or break a test's subject (`unknown` counts, at lower confidence)."""
        return self in (PathRole.PRODUCT, PathRole.CONFIG, PathRole.UNKNOWN)


class CaptureLevel(StrEnum):
    """What may leave a machine of files' names and of failures' texts; each level has what the one before it has. docs/privacy.md."""

    DIGESTS = "digests"  # no text: lines, files and paths as keyed digests
    PATHS = "paths"  # besides, the names of files in the working copy
    MASKED_TEXT = "masked_text"  # besides, masked failure messages

    @property
    def has_paths(self) -> bool:
        """Whether a file's name may leave."""
        return self is not CaptureLevel.DIGESTS

    @property
    def has_texts(self) -> bool:
        """Whether a failure's masked message may leave."""
        return self is CaptureLevel.MASKED_TEXT


class Change(StrEnum):
    """What an edit did to its file."""

    CREATED = "created"
    MODIFIED = "modified"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """Who made an edit."""

    AGENT = "agent"
    PERSON = "person"
    VCS = "vcs"


class RestoreOperation(StrEnum):
    """How the workspace was set back, or forward again."""

    CHECKOUT = "checkout"
    RESTORE = "restore"
    RESET = "reset"
    CLEAN = "clean"
    REVERT = "revert"
    STASH_PUSH = "stash_push"
    STASH_POP = "stash_pop"


class Scope(StrEnum):
    """How much of the project's tests a run was asked to run."""

    ALL = "all"
    SELECTION = "selection"
    UNKNOWN = "unknown"


class RunStatus(StrEnum):
    """OpenTelemetry `test.suite.run.status`."""

    SUCCESS = "success"
    FAILURE = "failure"
    SKIPPED = "skipped"
    ABORTED = "aborted"
    TIMED_OUT = "timed_out"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a detection says. The first seven can alert; the others are look-alikes, recorded and never alerted."""

    REINTRODUCTION = "reintroduction"
    COUPLED_CYCLE = "coupled_cycle"
    SIGNATURE_CYCLE = "signature_cycle"
    EDIT_REVERSAL = "edit_reversal"
    LOST_FIX = "lost_fix"
    STUCK = "stuck"
    GAMED_FIX = "gamed_fix"

    FLAKY = "flaky"
    RESTORE_CHECK = "restore_check"
    EXPECTATION_CHURN = "expectation_churn"
    TEST_IN_DEVELOPMENT = "test_in_development"
    REQUIREMENT_CHANGE = "requirement_change"
    DIFFERENT_FAILURE = "different_failure"
    DIFFERENT_SCOPE = "different_scope"
    PREEXISTING = "preexisting"
    FIRST_REGRESSION = "first_regression"
    ENVIRONMENT = "environment"
    INDEPENDENT_ATTEMPTS = "independent_attempts"
    INFRASTRUCTURE = "infrastructure"

    @property
    def alerting(self) -> bool:
        """Whether this kind may raise an alert at all."""
        return self in ALERTING_KINDS


ALERTING_KINDS = frozenset(
    {
        Kind.REINTRODUCTION,
        Kind.COUPLED_CYCLE,
        Kind.SIGNATURE_CYCLE,
        Kind.EDIT_REVERSAL,
        Kind.LOST_FIX,
        Kind.STUCK,
        Kind.GAMED_FIX,
    }
)


class DetectionStatus(StrEnum):
    """Where a detection stands; each change is a new version under the same id."""

    OPEN = "open"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Transition(StrEnum):
    """What a session tells the ledger about one of its bugs."""

    OPENED = "opened"  # seen, and not seen in this session before
    FIXED = "fixed"  # gone, with product edits since it was last seen
    CLEARED = "cleared"  # gone, without
    RETURNED = "returned"  # back in the session that had fixed it
    COMMITTED = "committed"  # its fix is in a commit
    FLIPPED = "flipped"  # the test changed its outcome while the code did not


class DeadReason(StrEnum):
    """Why a message went to the dead letters."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_CLOUDEVENTS = "not_cloudevents"
    UNSUPPORTED_SPECVERSION = "unsupported_specversion"
    UNSUPPORTED_CONTENT_TYPE = "unsupported_content_type"
    INVALID_ATTRIBUTE = "invalid_attribute"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    NOT_JSON = "not_json"
    INVALID_DATA = "invalid_data"
    WRONG_KEY = "wrong_key"
    PROCESSING_ERROR = "processing_error"
