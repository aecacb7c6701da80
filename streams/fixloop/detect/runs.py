"""Putting runs together from their parts. A run is judged as a whole, when it has ended."""

from fixloop.detect.facts import RunFinished, RunResults, RunStarted
from fixloop.detect.replacing import replace
from fixloop.detect.state import MAX_BUGS, MAX_CASES_PER_RUN, MAX_OPEN_RUNS, OpenRun, SessionState

_UNKNOWN_SCOPE = ""


def start(state: SessionState, fact: RunStarted) -> tuple[SessionState, tuple[OpenRun, ...]]:
    """The state with a run begun, and the runs that thereby are known to have crashed.

    One agent runs one thing at a time, so its earlier run that never finished has crashed; runs of others may go on beside it.
    """
    agent = fact.of.who.gen_ai_agent_id
    crashed = tuple(run for run in state.open_runs if run.agent_id == agent)
    going_on = tuple(run for run in state.open_runs if run.agent_id != agent)
    if len(going_on) >= MAX_OPEN_RUNS:
        crashed, going_on = (*crashed, going_on[0]), going_on[1:]
    run = OpenRun(fact.run_id, fact.scope, agent, replace(state.code, tree=fact.tree), (), ())
    return replace(state, open_runs=(*going_on, run)), tuple(replace(each, crashed=True) for each in crashed)


def add_part(state: SessionState, fact: RunResults) -> SessionState:
    """The state with a part of a run's results; a part seen before changes nothing.

    A part of a run that is not open, because its start was lost or another run of its agent began, opens it again: what it says counts.
    """
    if all(run.run_id != fact.run_id for run in state.open_runs):
        run = OpenRun(fact.run_id, _UNKNOWN_SCOPE, fact.of.who.gen_ai_agent_id, state.code, (), ())
        state = replace(state, open_runs=(*state.open_runs, run)[-MAX_OPEN_RUNS:])
    open_runs = tuple(_with_part(run, fact) if run.run_id == fact.run_id else run for run in state.open_runs)
    return replace(state, open_runs=open_runs)


def finish(state: SessionState, fact: RunFinished) -> tuple[SessionState, tuple[OpenRun, ...]]:
    """The state without the run, and the run (none when it was not known)."""
    ended = tuple(
        replace(run, passed=fact.passed, complete=fact.complete)
        for run in state.open_runs
        if run.run_id == fact.run_id
    )
    return replace(state, open_runs=tuple(run for run in state.open_runs if run.run_id != fact.run_id)), ended


def give_up(state: SessionState) -> tuple[SessionState, tuple[OpenRun, ...]]:
    """The state without open runs, and these: the session ended under them."""
    return replace(state, open_runs=()), tuple(replace(run, crashed=True) for run in state.open_runs)


def _with_part(run: OpenRun, fact: RunResults) -> OpenRun:
    if fact.part in run.parts:
        return run
    return replace(
        run,
        parts=(*run.parts, fact.part),
        cases=(*run.cases, *fact.cases)[:MAX_CASES_PER_RUN],
        unbuilt=(*run.unbuilt, *fact.unbuilt)[:MAX_BUGS],
    )
