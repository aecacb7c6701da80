"""Tests that got another name: what was known of the old one is known of the new one, where the evidence allows it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from fixloop.detect.replacing import replace
from fixloop.detect.state import EditNote, OpenRun, ScopeNote, SessionState, Sighting, TrackedTest
from fixloop.detect.windows import edits_between

_MARKS = ("::", " > ", "/")
"""What stands between a test's name and the file or group that it is in."""


def follow_renames(
    state: SessionState, run: OpenRun, sighting: Sighting, before: ScopeNote | None
) -> dict[str, TrackedTest]:
    """The tests of a session, under the names that a run has for them.

    A test is an earlier one under another name when that one does not run any more, a test was edited since it last ran, and either
    - it fails for the first time, and just as a fixed bug of the earlier one did; or
    - it is new, its name differs in its parameters alone or in its file alone, the earlier one was in the last run of this scope, and
      no other test of either run could be meant.
    """
    tests = dict(state.tests)
    running = {case.test for case in run.cases}
    for name, old in _same_failures(state, run, sighting, running).items():
        tests[name] = _joined(tests.pop(old), tests.get(name), name)
    for name, old in _kin(state, tests, run, sighting, before).items():
        tests[name] = _joined(tests.pop(old), None, name)
    return tests


def _same_failures(
    state: SessionState, run: OpenRun, sighting: Sighting, running: set[str]
) -> dict[str, str]:
    """Names under which a run shows a fixed bug of a test that does not run any more, and the names of these."""
    fresh = [case for case in run.cases if case.outcome.red and _never_failed(state.tests.get(case.test))]
    if not fresh:
        return {}
    digests = {case.failure.digest for case in fresh if case.failure and case.failure.complete} - {None}
    gone: dict[str, list[str]] = {}
    for name, tracked in state.tests.items() if digests else ():
        for bug in tracked.bugs if name not in running else ():
            fixed = not bug.open and bug.fix is not None and bug.failure.digest in digests
            if fixed and _test_edited(state.edits, tracked.last, sighting):
                gone.setdefault(bug.failure.digest or "", []).append(name)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for case in fresh:
        digest = case.failure.digest if case.failure and case.failure.complete else None
        old = next((name for name in gone.get(digest or "", ()) if name not in taken), None)
        if old is not None:
            found[case.test] = old
            taken.add(old)
    return found


def _kin(
    state: SessionState,
    tests: Mapping[str, TrackedTest],
    run: OpenRun,
    sighting: Sighting,
    before: ScopeNote | None,
) -> dict[str, str]:
    """New names, and the names of the tests that they continue; a name that could continue two, or two that could one, continue none."""
    if before is None or run.crashed or not _test_edited(state.edits, before.sighting, sighting):
        return {}
    running = {case.test for case in run.cases}
    gone = [
        name
        for name, tracked in tests.items()
        if name not in running and tracked.bugs and tracked.last.seq == before.sighting.seq
    ]
    fresh: dict[tuple[str, str], list[str]] = {}
    for name in running if gone else ():
        if name not in tests:
            for key in _likenesses(name):
                fresh.setdefault(key, []).append(name)
    pairs = {(name, old) for old in gone for key in _likenesses(old) for name in _only(fresh.get(key))}
    names, olds = Counter(name for name, _ in pairs), Counter(old for _, old in pairs)
    return {name: old for name, old in sorted(pairs) if names[name] == olds[old] == 1}


def _only(names: Sequence[str] | None) -> Sequence[str]:
    return names if names and len(names) == 1 else ()


def _likenesses(name: str) -> tuple[tuple[str, str], ...]:
    """What a name has in common with those that differ in their parameters alone, or in what the test is in alone."""
    inside, leaf = _parts(name)
    return (inside, _without_parameters(leaf)), ("", leaf)


def _parts(name: str) -> tuple[str, str]:
    base = _without_parameters(name)
    at = max(base.rfind(mark) + len(mark) if mark in base else 0 for mark in _MARKS)
    return name[:at], name[at:]


def _without_parameters(name: str) -> str:
    return name.partition("[")[0]


def _test_edited(edits: tuple[EditNote, ...], since: Sighting, sighting: Sighting) -> bool:
    return any(edit.test for edit in edits_between(edits, since.code, sighting.code))


def _never_failed(tracked: TrackedTest | None) -> bool:
    return tracked is None or not tracked.bugs


def _joined(old: TrackedTest, new: TrackedTest | None, name: str) -> TrackedTest:
    """The history of a test under its old name and under its new one."""
    if new is None:
        return replace(old, bugs=tuple(replace(bug, test=name) for bug in old.bugs))
    bugs = tuple(replace(bug, test=name, last_clear=new.last_pass or bug.last_clear) for bug in old.bugs)
    return replace(new, bugs=bugs, flip=old.flip or new.flip)
