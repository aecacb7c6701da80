"""One test's outcome in one run, and what it changes: a bug opens, goes away, returns; or the outcome flips with no edit."""

from dataclasses import dataclass, replace
from hashlib import sha256

from fixloop.detect.facts import CaseOutcome, Failure
from fixloop.detect.state import MAX_BUGS_PER_TEST, Bug, Fix, Sighting, TrackedTest
from fixloop_schemas.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Opened:
    """A bug is seen for the first time."""

    bug: Bug


@dataclass(frozen=True, slots=True)
class Returned:
    """A fixed bug is seen again, with product edits since. `fixed` is the bug as it was, with its fix."""

    bug: Bug
    fixed: Bug
    fix: Fix
    clear: Sighting
    """The last run without it."""


@dataclass(frozen=True, slots=True)
class Flipped:
    """The outcome changed while the code did not. `fixed` is the bug as it was, when it had been fixed before."""

    bug: Bug
    fixed: Bug | None = None


Transition = Opened | Returned | Flipped


def bug_id(repository: str | None, test: str, failure: Failure) -> str:
    """The id of the bug (repository, test, signature), the same in every session."""
    parts = (repository or "", test, failure.digest or "", str(failure.version or ""))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def observe(
    tracked: TrackedTest | None,
    case: CaseOutcome,
    sighting: Sighting,
    repository: str | None,
    cleared: Sighting | None,
) -> tuple[TrackedTest, tuple[Transition, ...]]:
    """What is known of a test after a run, and what the run changed.

    Args:
        tracked: what was known before; None for a test not met yet.
        case: its outcome; `skip` is not for here.
        sighting: the run.
        repository: part of a bug's identity.
        cleared: the last run of the same scope, in which a bug seen now for the first time was not seen.
    """
    sighting = replace(sighting, inferred=case.inferred)
    if case.outcome is Outcome.PASS:
        return _passed(tracked, sighting, case)
    return _failed(tracked, case, sighting, repository, cleared)


def _passed(
    tracked: TrackedTest | None, sighting: Sighting, case: CaseOutcome
) -> tuple[TrackedTest, tuple[Transition, ...]]:
    if tracked is None:
        return TrackedTest(sighting, red=False, last_pass=sighting), ()
    bugs = tuple(_cleared(bug, sighting, displaced=False) for bug in tracked.bugs)
    flips = tuple(
        Flipped(bug)
        for bug in tracked.bugs
        if bug.open and (bug.last_red.code.same_as(sighting.code) or _retried_red(case))
    )
    flip = tracked.flip or (sighting if flips else None)
    return TrackedTest(sighting, red=False, last_pass=sighting, bugs=bugs, flip=flip), flips


def _failed(
    tracked: TrackedTest | None,
    case: CaseOutcome,
    sighting: Sighting,
    repository: str | None,
    cleared: Sighting | None,
) -> tuple[TrackedTest, tuple[Transition, ...]]:
    failure = case.failure or Failure()
    bugs = tracked.bugs if tracked else ()
    known = _same_bug(bugs, failure)
    others = tuple(_cleared(bug, sighting, displaced=True) for bug in bugs if bug is not known)
    last_pass = tracked.last_pass if tracked else None
    flip = tracked.flip if tracked else None
    flipped = tracked is not None and not tracked.red and tracked.last.code.same_as(sighting.code)
    bug, transition = (
        _new_bug(case.test, failure, sighting, repository, last_pass or cleared)
        if known is None
        else _seen_again(known, sighting)
    )
    if flipped:
        transition = Flipped(bug, known if known and known.fix else None)
        flip = flip or sighting
    transitions = (transition,) if transition else ()
    keep = (*others, bug)[-MAX_BUGS_PER_TEST:]
    return TrackedTest(sighting, red=True, last_pass=last_pass, bugs=keep, flip=flip), transitions


def _new_bug(
    test: str, failure: Failure, sighting: Sighting, repository: str | None, cleared: Sighting | None
) -> tuple[Bug, Transition | None]:
    bug = Bug(
        bug_id=bug_id(repository, test, failure),
        test=test,
        failure=failure,
        open=True,
        cleared=cleared,
        opened=sighting,
        last_red=sighting,
        last_clear=None,
        fix=None,
    )
    return bug, Opened(bug)


def _seen_again(bug: Bug, sighting: Sighting) -> tuple[Bug, Transition | None]:
    if bug.open or bug.last_clear is None:
        return replace(bug, open=True, last_red=sighting), None
    reopened = replace(
        bug, open=True, cleared=bug.last_clear, opened=sighting, last_red=sighting, last_clear=None, fix=None
    )
    if bug.fix is not None and bug.last_clear.code.product_changed_until(sighting.code):
        reopened = replace(reopened, returns=bug.returns + 1)
        return reopened, Returned(reopened, bug, bug.fix, bug.last_clear)
    return reopened, None


def _cleared(bug: Bug, sighting: Sighting, *, displaced: bool) -> Bug:
    if not bug.open:
        return replace(bug, last_clear=sighting)
    fixed = bug.last_red.code.product_changed_until(sighting.code)
    fix = Fix(bug.last_red, sighting, displaced) if fixed else None
    return replace(bug, open=False, last_clear=sighting, fix=fix)


def _same_bug(bugs: tuple[Bug, ...], failure: Failure) -> Bug | None:
    """The bug that a failure continues: the one with its signature, else an open or the last seen one that is compatible with it."""
    for bug in bugs:
        if failure.digest is not None and bug.failure.digest == failure.digest:
            return bug
    by_recency = sorted(bugs, key=lambda bug: (bug.open, bug.last_red.seq), reverse=True)
    return next((bug for bug in by_recency if _compatible(bug.failure, failure)), None)


def _compatible(one: Failure, other: Failure) -> bool:
    """Whether two failures of one test may be the same: where one is not fully known, it never counts as another."""
    if one.complete and other.complete and one.version == other.version:
        return one.digest == other.digest
    return True


def _retried_red(case: CaseOutcome) -> bool:
    return any(attempt.red for attempt in case.attempts)
