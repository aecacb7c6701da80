"""One test's outcome in one run, and what it changes: a bug opens, stays, goes away, returns; or the outcome flips with no edit."""

from dataclasses import dataclass
from hashlib import sha256

from fixloop.detect.facts import CaseOutcome, Failure
from fixloop.detect.host import of_the_host
from fixloop.detect.replacing import replace
from fixloop.detect.state import MAX_BUGS_PER_TEST, Bug, Fix, Sighting, TrackedTest
from fixloop_schemas.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Opened:
    """A bug is seen for the first time. `instead_of` is the fixed bug of the same test that it is not."""

    bug: Bug
    instead_of: Bug | None = None


@dataclass(frozen=True, slots=True)
class StillRed:
    """An open bug is seen again. `before` is the run that had shown it last."""

    bug: Bug
    before: Sighting


@dataclass(frozen=True, slots=True)
class Fixed:
    """An open bug went away, with product edits since it was last seen."""

    bug: Bug
    fix: Fix


@dataclass(frozen=True, slots=True)
class WentAway:
    """An open bug went away with edits, none of them to the product. `skipped`: the test no longer runs."""

    bug: Bug
    red: Sighting
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """A fixed bug is seen again, with product edits since. `fixed` is the bug as it was, with its fix."""

    bug: Bug
    fixed: Bug
    fix: Fix
    clear: Sighting
    """The last run without it."""
    same: bool = True
    """It is known to fail as it did before the fix."""


@dataclass(frozen=True, slots=True)
class RedAgain:
    """A fixed bug is seen again, with edits since, none of them to the product."""

    bug: Bug
    fix: Fix
    clear: Sighting


@dataclass(frozen=True, slots=True)
class Flipped:
    """The outcome changed while the code did not. `fixed` is the bug as it was, when it had been fixed before."""

    bug: Bug
    fixed: Bug | None = None


Transition = Opened | StillRed | Fixed | WentAway | Returned | RedAgain | Flipped
Observed = tuple[TrackedTest, tuple[Transition, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an outcome is seen."""

    sighting: Sighting
    repository: str | None
    """Part of a bug's identity."""
    cleared: Sighting | None
    """The last run of the same scope, in which a bug seen now for the first time was not seen."""
    test_edited: bool
    """Whether a test was edited since that run, or since the session began."""
    all_known: bool = False
    """Whether that run named every test that ran, and none of them was forgotten: a test met now was not there."""


def bug_id(repository: str | None, test: str, failure: Failure) -> str:
    """The id of the bug (repository, test, signature), the same in every session."""
    parts = (repository or "", test, failure.digest or "", str(failure.version or ""))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def observe(tracked: TrackedTest | None, case: CaseOutcome, place: Place) -> Observed | None:
    """What is known of a test after a run, and what the run changed; None when the run says nothing of it.

    Args:
        tracked: what was known before; None for a test not met yet.
        case: its outcome.
        place: the run, and what came before it.
    """
    if case.inferred != place.sighting.inferred:
        place = replace(place, sighting=replace(place.sighting, inferred=case.inferred))
    if case.outcome is Outcome.SKIP:
        return None if tracked is None else (tracked, silenced(tracked, place.sighting))
    if case.outcome is Outcome.PASS:
        return _passed(tracked, case, place)
    return _failed(tracked, case, place)


def silenced(tracked: TrackedTest, sighting: Sighting) -> tuple[WentAway, ...]:
    """The open bugs of a test that is skipped, or gone, since tests alone were edited. Silence moves no bug, but is worth telling."""
    return tuple(
        WentAway(bug, bug.last_red, skipped=True)
        for bug in tracked.bugs
        if bug.open
        and not bug.last_red.code.same_as(sighting.code)
        and not bug.last_red.code.product_changed_until(sighting.code)
    )


def _passed(tracked: TrackedTest | None, case: CaseOutcome, place: Place) -> Observed:
    sighting = place.sighting
    appeared = place.test_edited and place.all_known
    tracked = tracked or TrackedTest(
        sighting, red=False, last_pass=sighting, new=appeared, since=sighting.seq
    )
    cleared = [_cleared(bug, sighting, displaced=False) for bug in tracked.bugs]
    transitions = [change for _, change in cleared if change]
    flipped = any(isinstance(change, Flipped) for change in transitions)
    if any(attempt.red for attempt in case.attempts) and not flipped:
        # Red and green inside one run: whatever the retries ended in, the code did not change.
        transitions.append(Flipped(_new_bug(case.test, Failure(), place, None)))
        flipped = True
    bugs = tuple(bug for bug, _ in cleared)
    flip = tracked.flip or (sighting if flipped else None)
    return replace(tracked, last=sighting, red=False, last_pass=sighting, bugs=bugs, flip=flip), tuple(
        transitions
    )


def _failed(tracked: TrackedTest | None, case: CaseOutcome, place: Place) -> Observed:
    sighting, failure = place.sighting, case.failure or Failure()
    flipped = Outcome.PASS in case.attempts or (
        tracked is not None and not tracked.red and tracked.last.code.same_as(sighting.code)
    )
    tracked = tracked or TrackedTest(
        sighting, red=False, last_pass=None, new=place.test_edited, since=sighting.seq
    )
    known = _same_bug(tracked.bugs, failure)
    others = [
        (bug, None) if of_the_host(failure) else _cleared(bug, sighting, displaced=True)
        for bug in tracked.bugs
        if bug is not known
    ]
    transitions = [change for _, change in others if change]
    transition: Transition | None
    if known is None:
        bug = _new_bug(case.test, failure, place, tracked.last_pass or place.cleared)
        transition = Opened(bug, next((other for other, _ in reversed(others) if other.fix), None))
    else:
        bug, transition = _seen_again(known, failure, sighting)
    if flipped:
        transition = Flipped(bug, known if known and known.fix else None)
    transitions += [transition] if transition else []
    keep = (*(other for other, _ in others), bug)[-MAX_BUGS_PER_TEST:]
    flip = tracked.flip or (sighting if flipped else None)
    return replace(tracked, last=sighting, red=True, bugs=keep, flip=flip), tuple(transitions)


def _new_bug(test: str, failure: Failure, place: Place, cleared: Sighting | None) -> Bug:
    return Bug(
        bug_id=bug_id(place.repository, test, failure),
        test=test,
        failure=failure,
        open=True,
        cleared=cleared,
        opened=place.sighting,
        last_red=place.sighting,
        last_clear=None,
        fix=None,
    )


def _seen_again(bug: Bug, failure: Failure, sighting: Sighting) -> tuple[Bug, Transition | None]:
    clear, same = bug.last_clear, _surely_same(bug.failure, failure)
    if failure.complete and not bug.failure.complete:
        # It keeps its id; from now on it is known by what is seen whole.
        bug = replace(bug, failure=failure)
    if bug.open or clear is None:
        seen = replace(bug, open=True, last_red=sighting)
        return seen, StillRed(seen, bug.last_red)
    reopened = replace(
        bug,
        open=True,
        cleared=clear,
        opened=sighting,
        last_red=sighting,
        last_clear=None,
        fix=None,
        attempts=0,
    )
    if bug.fix is None:
        return reopened, None
    if clear.code.product_changed_until(sighting.code):
        reopened = replace(reopened, returns=bug.returns + 1)
        return reopened, Returned(reopened, bug, bug.fix, clear, same)
    return reopened, RedAgain(reopened, bug.fix, clear)


def _cleared(bug: Bug, sighting: Sighting, *, displaced: bool) -> tuple[Bug, Transition | None]:
    """The bug after a run that did not show it: its test passed, or failed in another way."""
    if not bug.open:
        return replace(bug, last_clear=sighting), None
    red = bug.last_red
    closed = replace(bug, open=False, last_clear=sighting, fix=None)
    if red.code.product_changed_until(sighting.code):
        fix = Fix(red, sighting, displaced)
        closed = replace(closed, fix=fix)
        return closed, Fixed(closed, fix)
    if displaced:
        return closed, None
    return closed, Flipped(bug) if red.code.same_as(sighting.code) else WentAway(closed, red)


def _same_bug(bugs: tuple[Bug, ...], failure: Failure) -> Bug | None:
    """The bug that a failure continues: the one with its signature, else an open or the last seen one that is compatible with it."""
    for bug in bugs:
        if failure.digest is not None and bug.failure.digest == failure.digest:
            return bug
    by_recency = sorted(bugs, key=lambda bug: (bug.open, bug.last_red.seq), reverse=True)
    return next((bug for bug in by_recency if _compatible(bug.failure, failure)), None)


def _compatible(one: Failure, other: Failure) -> bool:
    """Whether two failures of one test may be the same: where one is cut, it counts as another only if its type is another."""
    if one.complete and other.complete and one.version == other.version:
        return one.digest == other.digest
    return None in (one.error_type, other.error_type) or one.error_type == other.error_type


def _surely_same(one: Failure, other: Failure) -> bool:
    return one.digest is not None and one.complete and other.complete and one.digest == other.digest
