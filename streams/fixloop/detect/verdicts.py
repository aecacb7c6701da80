"""A run as a whole: what each test did becomes transitions, and transitions become detections."""

from collections.abc import Sequence

from fixloop.detect.coupled import coupled_cycles
from fixloop.detect.cycles import late_links, new_links
from fixloop.detect.detections import Findings
from fixloop.detect.evidence import Evidence, evidence
from fixloop.detect.facts import Origination
from fixloop.detect.flips import fold_flips
from fixloop.detect.infrastructure import fold_recovery, is_infrastructure, named_bugs
from fixloop.detect.leaving_out import also_returned, as_shown
from fixloop.detect.lookalikes import different_failures, environment_failures, lookalike, record
from fixloop.detect.only_tests import fold_red_again, fold_test_only
from fixloop.detect.outcomes import (
    Fixed,
    Flipped,
    Opened,
    Place,
    RedAgain,
    Returned,
    StillRed,
    Transition,
    WentAway,
    observe,
    silenced,
)
from fixloop.detect.regressions import (
    at_the_start,
    fold_different_scopes,
    fold_first_regressions,
    fold_preexisting,
)
from fixloop.detect.reintroductions import reintroductions, signature_cycles
from fixloop.detect.renames import follow_renames
from fixloop.detect.replacing import replace
from fixloop.detect.reversals import confirmed_reversals, overturned_reversals
from fixloop.detect.state import (
    MAX_LINKS,
    MAX_RED_IN_SCOPE,
    MAX_SCOPES,
    MAX_TESTS,
    Bug,
    Detection,
    OpenRun,
    Reason,
    ScopeNote,
    SessionState,
    Sighting,
    TrackedTest,
    bounded,
)
from fixloop.detect.stuck import count_attempts, fold_stuck
from fixloop.detect.trials import confirm_trials, doubt, is_trial, open_trials, set_forward_again
from fixloop.detect.unbuilt import fold_unbuilt
from fixloop_schemas.vocabulary import Kind

_AT_ONCE = Reason("most_fail_at_once", "Most of the run failed at once: no bug's state moves.", 0.5)


def fold_run(
    state: SessionState, run: OpenRun, of: Origination
) -> tuple[SessionState, tuple[Detection, ...]]:
    """The session after a run that has ended, and the detections that follow from it."""
    run = as_shown(state, run)
    if Kind.INFRASTRUCTURE not in state.without and is_infrastructure(run, state.tests):
        findings = Findings.of_state(state, of)
        findings.found(
            Kind.INFRASTRUCTURE, named_bugs(run.cases, of.who.vcs_repository_name), [], (_AT_ONCE,)
        )
        return findings.apply(replace(state, runs=state.runs + 1))
    sighting = Sighting(run.run_id, of.seq, run.code)
    before = state.scopes.get(run.scope)
    findings = Findings.of_state(state, of)
    state = fold_recovery(state, findings, run)
    state, transitions = _observe_all(state, run, sighting, before, of)
    red = [bug for case in run.cases for bug in _red_bugs(state.tests.get(case.test), of.seq)]
    overturned_reversals(state, findings, sighting)
    if transitions:
        state = _judge(state, findings, sighting, transitions)
    fold_unbuilt(findings, run, before)
    fold_preexisting(state, findings, before, red)
    return findings.apply(_noted(state, run, sighting, red))


def _observe_all(
    state: SessionState, run: OpenRun, sighting: Sighting, before: ScopeNote | None, of: Origination
) -> tuple[SessionState, list[Transition]]:
    since = before.sighting.code.edits if before else 0
    place = Place(
        sighting=sighting,
        repository=of.who.vcs_repository_name,
        cleared=before.sighting if before else None,
        test_edited=any(edit.test and edit.number > since for edit in state.edits),
        all_known=before is not None and before.complete and len(state.tests) < MAX_TESTS,
    )
    tests = follow_renames(state, run, sighting, before)
    transitions: list[Transition] = []
    for case in run.cases:
        observed = observe(tests.pop(case.test, None), case, place)
        if observed is not None:
            tests[case.test] = observed[0]
            transitions += observed[1]
    transitions += _gone_silent(state, run, sighting, before) if run.complete and before else []
    state = replace(state, tests=_bounded_tests(tests))
    return state, [change for change in transitions if change.bug.test in state.tests]


def _gone_silent(
    state: SessionState, run: OpenRun, sighting: Sighting, before: ScopeNote
) -> list[Transition]:
    """Bugs that the last run of the same scope had shown, and whose tests did not even run now: they were deleted."""
    running = {case.test for case in run.cases}
    return [
        change
        for name, tracked in state.tests.items()
        if tracked.red and name not in running
        for change in silenced(tracked, sighting)
        if change.bug.bug_id in before.red
    ]


def _judge(
    state: SessionState, findings: Findings, sighting: Sighting, transitions: Sequence[Transition]
) -> SessionState:
    flips = [change for change in transitions if isinstance(change, Flipped)]
    fold_flips(state, findings, sighting, flips)
    opened = [change for change in transitions if isinstance(change, Opened)]
    returned = [change for change in transitions if isinstance(change, Returned)]
    returned += also_returned(state, sighting, transitions)
    still_red = [change for change in transitions if isinstance(change, StillRed)]
    fixed = [change for change in transitions if isinstance(change, Fixed)]
    broke = bool(opened or returned)
    state = confirm_trials(state, findings, fixed, broke=broke, seq=sighting.seq)
    state = _judge_returns(state, findings, sighting, opened, returned, fixed)
    different_failures(state, findings, sighting, opened)
    environment_failures(findings, [*still_red, *fixed, *flips])
    state, outlasted = count_attempts(state, still_red, fixed)
    fold_stuck(state, findings, outlasted)
    fold_different_scopes(state, findings, sighting, still_red)
    fold_first_regressions(findings, fixed)
    fold_test_only(
        state, findings, sighting, [change for change in transitions if isinstance(change, WentAway)]
    )
    fold_red_again(
        state, findings, sighting, [change for change in transitions if isinstance(change, RedAgain)]
    )
    return state


def _judge_returns(
    state: SessionState,
    findings: Findings,
    sighting: Sighting,
    opened: Sequence[Opened],
    returned: Sequence[Returned],
    fixed: Sequence[Fixed],
) -> SessionState:
    """Tell checks and look-alikes apart from what came back, and that by whether it closes a cycle.

    Who takes a fix out to see its test fail mends nothing thereby: with a fix in the same run there is no check.
    """
    found = [evidence(state, change, sighting) for change in returned]
    trials = [each for each in found if is_trial(state, each) and (not fixed or set_forward_again(each))]
    state = open_trials(state, findings, trials)
    genuine: list[Evidence] = []
    for each in (each for each in found if each not in trials):
        other = lookalike(state, each)
        if other is None:
            genuine.append(each)
        else:
            record(findings, other[0], each, other[1])
    back = {each.bug.bug_id for each in genuine}
    broken: list[Opened | Returned] = [change for change in returned if change.bug.bug_id in back]
    # While a fix is out on purpose, what breaks with it says nothing about what fixing brings.
    broken += () if trials else opened
    links = new_links(state.tests, state.edits, broken, sighting.seq) if broken else ()
    links += late_links(state.tests, state.edits, fixed, sighting.seq)
    state = replace(state, links=(*state.links, *links)[-MAX_LINKS:])
    never_green = [each for each in genuine if each.displaced and not _green_since(state, each)]
    green = [each for each in genuine if each not in never_green]
    signature_cycles(state, findings, never_green)
    confirmed_reversals(state, findings, genuine)
    coupled_cycles(state, findings, green, reintroductions(findings, green), sighting.seq)
    return doubt(state, green, fixed)


def _green_since(state: SessionState, found: Evidence) -> bool:
    last_pass = state.tests[found.bug.test].last_pass
    return last_pass is not None and last_pass.seq >= found.fixed_in.seq


def _red_bugs(tracked: TrackedTest | None, seq: int) -> tuple[Bug, ...]:
    return tuple(bug for bug in tracked.bugs if bug.open and bug.last_red.seq == seq) if tracked else ()


def _noted(state: SessionState, run: OpenRun, sighting: Sighting, red: Sequence[Bug]) -> SessionState:
    """The state with the run remembered for its scope, and as baseline or as the last green one where it is; not a crashed one."""
    if run.crashed:
        return state
    ids = tuple(bug.bug_id for bug in red)[:MAX_RED_IN_SCOPE]
    scopes = dict(state.scopes)
    scopes.pop(run.scope, None)
    scopes[run.scope] = ScopeNote(sighting, ids, run.complete, tuple(case.test for case in run.unbuilt))
    if ids and at_the_start(state, sighting.code):
        state = replace(state, baseline=tuple(dict.fromkeys((*state.baseline, *ids)))[:MAX_RED_IN_SCOPE])
    if not ids and (run.cases or run.passed):
        state = replace(state, last_green=sighting)
    return replace(state, scopes=bounded(scopes, MAX_SCOPES), runs=state.runs + 1)


def _bounded_tests(tests: dict[str, TrackedTest]) -> dict[str, TrackedTest]:
    """The tests within their bound: those that never failed go first, the longest unseen before the others."""
    beyond = max(0, len(tests) - MAX_TESTS)
    for name in [name for name, tracked in tests.items() if not tracked.bugs][:beyond]:
        del tests[name]
    return bounded(tests, MAX_TESTS)
