"""Tests that got another name: what was known of the old one is known of the new one, where the evidence allows it."""

from collections.abc import Mapping
from dataclasses import replace

from fixloop.detect.facts import CaseOutcome
from fixloop.detect.state import EditNote, OpenRun, SessionState, Sighting, TrackedTest
from fixloop.detect.windows import edits_between


def follow_renames(state: SessionState, run: OpenRun, sighting: Sighting) -> dict[str, TrackedTest]:
    """The tests of a session, under the names that a run has for them.

    A test that never failed before, and fails just as a fixed bug of another did, is that other one, when the other does not run any
    more and a test was edited since it last ran.
    """
    tests = dict(state.tests)
    fresh = [
        case
        for case in run.cases
        if case.outcome.red and _known(case) and _never_failed(tests.get(case.test))
    ]
    running = {case.test for case in run.cases} if fresh else set()
    for case in fresh:
        old = next(
            (
                name
                for name in tests
                if name not in running and _is_it(tests, name, case, state.edits, sighting)
            ),
            None,
        )
        if old is not None:
            tests[case.test] = _joined(tests.pop(old), tests.get(case.test), case.test)
    return tests


def _never_failed(tracked: TrackedTest | None) -> bool:
    return tracked is None or not tracked.bugs


def _joined(old: TrackedTest, new: TrackedTest | None, name: str) -> TrackedTest:
    """The history of a test under its old name and under its new one."""
    if new is None:
        return replace(old, bugs=tuple(replace(bug, test=name) for bug in old.bugs))
    bugs = tuple(replace(bug, test=name, last_clear=new.last_pass or bug.last_clear) for bug in old.bugs)
    return replace(new, bugs=bugs, flip=old.flip or new.flip)


def _known(case: CaseOutcome) -> bool:
    return case.failure is not None and case.failure.complete and case.failure.digest is not None


def _is_it(
    tests: Mapping[str, TrackedTest],
    name: str,
    case: CaseOutcome,
    edits: tuple[EditNote, ...],
    sighting: Sighting,
) -> bool:
    tracked = tests[name]
    same = any(
        not bug.open
        and bug.fix is not None
        and case.failure is not None
        and bug.failure.digest == case.failure.digest
        for bug in tracked.bugs
    )
    return same and any(edit.test for edit in edits_between(edits, tracked.last.code, sighting.code))
