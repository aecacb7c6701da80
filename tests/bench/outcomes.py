"""Decoding and folding over ten million test outcomes, and saving each state after each run: whether it grows dearer, or larger."""

import os
from collections.abc import Iterator
from time import process_time
from typing import Final

from fixloop.detect import SessionState
from fixloop.workers.foldings import SESSIONS
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.events.session_ended_v1 import SessionEndedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunFinishedV1, SuiteRunResultsV1
from tests.bench.figures import Figure
from tests.bench.load import Load, Template, template_of
from tests.bench.process import resident_bytes
from tests.builders import Session

_OUTCOMES: Final = 10_000_000
_PARTS: Final = 10
_TESTS: Final = 500
_RUNS: Final = 12
_OPEN: Final = 50


def run() -> list[Figure]:
    """Sessions come and go, and each has thousands of outcomes."""
    costs, memory = zip(*_parts(), strict=True)
    return [
        Figure("outcomes_last_vs_first_tenth", costs[-1] / costs[0]),
        Figure.of("outcomes_cost", costs, "us/outcome"),
        *(
            Figure(f"outcomes_rss_{part}", memory[part - 1] / 2**20, "MiB")
            for part in (1, _PARTS // 2, _PARTS)
        ),
    ]


def _parts() -> Iterator[tuple[float, int]]:
    """After each part: the microseconds of an outcome in it, and the memory of this process."""
    states: dict[str, SessionState] = {}
    load = iter(Load([_session(number) for number in range(10)], _OPEN))
    for _ in range(_PARTS):
        outcomes, began = 0, process_time()
        while outcomes < _OUTCOMES // _PARTS:
            outcomes += _one(states, load)
        yield (process_time() - began) / outcomes * 1e6, resident_bytes(os.getpid())


def _one(states: dict[str, SessionState], load: Iterator[KafkaMessage]) -> int:
    """Fold one event; how many outcomes it has."""
    message = next(load)
    event = codec.from_kafka(message.key, message.value, message.headers)
    key = event.data.session_id
    states[key] = SESSIONS.step(states.get(key), event).state
    match event.data:
        case SuiteRunResultsV1():
            return len(event.data.results)
        case SuiteRunFinishedV1():
            SESSIONS.snapshot(states[key])
        case SessionEndedV1():
            del states[key]
    return 0


def _session(number: int) -> Template:
    """A session whose fixes break something else now and then, among many tests that pass."""
    session = Session(f"session-{number}").started()
    for turn in range(_RUNS):
        outcomes = {f"tests/test_{test}.py::test_{test}": "pass" for test in range(_TESTS)}
        outcomes[f"tests/test_{number}.py::test_{number}"] = "fail" if turn % 3 == 0 else "pass"
        outcomes[f"tests/test_{turn + 20}.py::test_{turn + 20}"] = "fail" if turn % 2 else "pass"
        session.edit(add=[f"turn {turn}"]).run(outcomes)
    return template_of(session.ended().events)
