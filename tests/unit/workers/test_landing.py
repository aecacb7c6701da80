"""Records to rows: the lander lands what can be landed, and puts aside only what nobody else does."""

import pytest

from fixloop.detect import SessionState
from fixloop.land.rows import Rows, rows_of
from fixloop.workers import lander
from fixloop.workers.dead_letters import dead_letter
from fixloop.workers.folding import fold
from fixloop.workers.lander import landing
from fixloop.workers.records import Record
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.registry import DETECTION_TYPE
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import Session
from tests.malformed import MALFORMED
from tests.unit.workers.kafka_records import record, records

SESSION = (
    Session("s1").run(a="fail", b="pass").edit().run(a="pass", b="fail").edit().run(a="fail", b="pass").events
)


def _detections() -> list[codec.Event]:
    state: SessionState | None = None
    found: list[codec.Event] = []
    for event in SESSION:
        state, following = fold(state, event)
        found += [one for one in following if one.type == DETECTION_TYPE]
    return found


def test_events_detections_and_dead_letters_give_rows() -> None:
    """Each topic goes to its tables, and nothing is put aside."""
    letter = dead_letter(records(SESSION)[0], Rejected(DeadReason.NOT_JSON, "why"))
    rows, refused = landing(
        [*records(SESSION), *records(_detections(), DETECTIONS), record(letter, DEAD_LETTERS)]
    )
    tables = {table for one in rows for table in one}
    assert {
        "event_rows",
        "edit_rows",
        "test_run_rows",
        "test_result_rows",
        "detection_rows",
        "dead_letter_rows",
    } == tables
    assert (len(SESSION) + len(_detections()) + 1, []) == (len(rows), refused)


@pytest.mark.parametrize(("topic", "aside"), [(EVENTS, 0), (DETECTIONS, len(MALFORMED))])
def test_malformed_records_give_no_rows(topic: str, aside: int) -> None:
    """Among the events the detector puts them aside; among the detections nobody else would."""
    malformed = [Record(topic, 0, 0, one.key, one.value, one.headers, -1) for one in MALFORMED]
    rows, refused = landing(malformed)
    assert (0, aside) == (len(rows), len(refused))


def test_a_record_that_gives_no_rows_is_put_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours for one event: it is refused, and the others land."""

    def faulty(event: codec.Event) -> Rows:
        if event.id == "s1:2":
            raise ZeroDivisionError("a fault")
        return rows_of(event)

    monkeypatch.setattr("fixloop.workers.lander.rows_of", faulty)
    rows, ((refused, why),) = landing(records(SESSION))
    assert (len(SESSION) - 1, 2, DeadReason.PROCESSING_ERROR) == (len(rows), refused.offset, why.reason)


def test_a_large_batch_is_inserted_in_parts() -> None:
    """No insert is much larger than the limit, and the parts are the whole."""
    rows: list[Rows] = [{"event_rows": [(number,)] * 20_000} for number in range(6)]
    parts = list(lander._parts(rows, 50_000))
    assert [3, 3] == [len(part) for part in parts]
    assert rows == [one for part in parts for one in part]
