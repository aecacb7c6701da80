"""Dead letters keep what came, and say why and whence."""

import pytest

from fixloop.land.columns import COLUMNS
from fixloop.workers.dead_letters import dead_letter, dead_letter_row
from fixloop.workers.records import Record
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS, TOPICS
from fixloop_schemas.vocabulary import DeadReason
from tests.malformed import MALFORMED, MalformedCase
from tests.unit.workers.kafka_records import WRITTEN, WRITTEN_MS, record

WHY = Rejected(DeadReason.NOT_JSON, "not JSON: cut off")


def _row(letter: KafkaMessage, topic: str = DEAD_LETTERS) -> dict[str, object]:
    ((table, (values,)),) = dead_letter_row(record(letter, topic, 3, 4)).items()
    return dict(zip(COLUMNS[table], values, strict=True))


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case.name)
def test_a_letter_holds_the_message_as_it_came(case: MalformedCase) -> None:
    """Key, value and headers are there; what is ours stands behind them."""
    message = Record(EVENTS, 1, 2, case.key, case.value, case.headers, WRITTEN_MS)
    letter = dead_letter(message, Rejected(case.reason, "why"))
    assert (case.key or b"", case.value or b"") == (letter.key, letter.value)
    theirs = tuple((name, value) for name, value in letter.headers if not name.startswith("fixloop_"))
    assert case.headers == theirs
    row = _row(letter)
    assert ("fixloop.events:1:2", case.reason.value, "why") == (row["source"], row["reason"], row["detail"])
    assert ((case.value or b"")[:MAX_EVENT_BYTES], WRITTEN) == (row["raw"], row["time"])


def test_a_message_cannot_speak_for_us() -> None:
    """A header with our prefix in the message is not taken for ours."""
    forged = record(KafkaMessage(b"k", b"v", (("fixloop_reason", b"empty"), ("x", b"y"))), EVENTS, 1, 2)
    letter = dead_letter(forged, WHY)
    assert [b"not_json"] == [value for name, value in letter.headers if name == "fixloop_reason"]
    assert "not_json" == _row(letter)["reason"]


def test_a_letter_always_fits_its_topic() -> None:
    """A message that is larger than the topic of dead letters takes keeps its beginning, and says how large it was, and that it is cut."""
    most = TOPICS[DEAD_LETTERS].max_message_bytes
    for key, value, headers in (
        (b"k", b"v" * 2 * most, (("h", b""),)),
        (b"k", b"v", (("h", b"h" * 2 * most),)),
        (b"k", b"v", (("", None),) * (most // 3)),
        (b"k" * 2 * most, b"", ()),
    ):
        letter = dead_letter(record(KafkaMessage(key, value, headers), EVENTS, 1, 2), WHY)
        # A header's lengths take at least a byte each.
        size = sum(2 + len(name) + len(content or b"") for name, content in letter.headers)
        assert size + len(letter.key) + len(letter.value) < most
        assert value[:MAX_EVENT_BYTES] == letter.value
        assert (str(len(value)).encode(), b"true") == (
            dict(letter.headers)["fixloop_bytes"],
            dict(letter.headers)["fixloop_cut"],
        )


def test_the_same_letter_is_the_same_row() -> None:
    """A letter that was written twice, at other places of the topic, is one row."""
    letter = record(dead_letter(record(KafkaMessage(b"k", b"v", ()), EVENTS, 1, 2), WHY), DEAD_LETTERS, 0, 7)
    again = record(dead_letter(record(KafkaMessage(b"k", b"v", ()), EVENTS, 1, 2), WHY), DEAD_LETTERS, 0, 9)
    assert dead_letter_row(letter) == dead_letter_row(again)


def test_a_letter_that_says_nothing_is_a_row_too() -> None:
    """Whatever somebody writes into the topic lands, with its own place."""
    row = _row(KafkaMessage(b"", b"?", (("fixloop_reason", b"\xff"),)))
    assert ("fixloop.dead-letters:3:4", "processing_error", b"?") == (
        row["source"],
        row["reason"],
        row["raw"],
    )


def test_the_place_in_a_file_is_kept() -> None:
    """What a replay could not read names its file and line."""
    headers = (
        ("fixloop_reason", b"not_json"),
        ("fixloop_detail", b"cut off"),
        ("fixloop_origin", b"a.jsonl:7"),
    )
    row = _row(KafkaMessage(b"a.jsonl:7", b"", headers))
    assert ("a.jsonl:7", "not_json", "cut off") == (row["source"], row["reason"], row["detail"])
