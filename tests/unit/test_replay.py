from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fixloop.cli import main
from fixloop.cli import replay as command
from fixloop.workers.replay import KafkaSink, Replayed, paced, replay
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import Session

BAD = Rejected(DeadReason.NOT_JSON, "not JSON: at column 2")
Read = tuple[str, codec.Event | Rejected]


class Written:
    """Takes messages as a broker would."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, KafkaMessage]] = []
        self.flushed = 0

    def send(self, topic: str, message: KafkaMessage, /) -> None:
        """Keep one message."""
        self.messages.append((topic, message))

    def flush(self) -> None:
        """Remember how many there were."""
        self.flushed = len(self.messages)


def items(*sessions: Session) -> list[Read]:
    """The sessions' events, and a bad line behind each."""
    found: list[Read] = []
    for session in sessions:
        found += [(f"file:{n}", event) for n, event in enumerate(session.events, start=1)]
        found.append(("file:99", BAD))
    return found


def test_a_replay_counts_what_it_fed() -> None:
    """Sessions, events, and what was rejected by reason; a bad line stops nothing."""
    fed = items(Session("s1").started().edit("a.py"), Session("s2").started())
    written = Written()
    assert Replayed(frozenset({"s1", "s2"}), 3, {"not_json": 2}) == replay(fed, KafkaSink(written))
    assert 5 == written.flushed


def test_kafka_gets_events_in_order_and_dead_letters_without_text() -> None:
    """An event is its own message; a dead letter says where and why, and nothing of what stood there."""
    session = Session("s1").started().edit("a.py")
    written = Written()
    replay(items(session), KafkaSink(written))
    assert [("fixloop.events", codec.to_kafka(event)) for event in session.events] == written.messages[:-1]
    topic, letter = written.messages[-1]
    assert ("fixloop.dead-letters", b"") == (topic, letter.value)
    assert {
        "fixloop_reason": b"not_json",
        "fixloop_detail": b"not JSON: at column 2",
        "fixloop_origin": b"file:99",
    } == dict(letter.headers)


def at(session_id: str, *seconds: float | None) -> Iterator[Read]:
    """A session whose events happened so many seconds after its start."""
    start = datetime(2026, 1, 2, tzinfo=UTC)
    session = Session(session_id)
    for number, second in enumerate(seconds):
        session.edit(f"{number}.py")
        time = None if second is None else start + timedelta(seconds=second)
        yield "file:1", session.events[-1].model_copy(update={"time": time})


def test_the_recorded_pace_is_divided_by_the_speed() -> None:
    """Pauses are those between a session's events; going back or having no time waits for nothing."""
    pauses: list[float] = []
    fed = [*at("s1", 0, 10, None, 30, 20, 40), ("file:2", BAD), *at("s2", 500, 502)]
    assert fed == list(paced(fed, 10, pauses.append))
    assert [1.0, 2.0, 1.0, 0.2] == pauses


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast", ""])
def test_a_speed_is_a_number_above_0_or_max(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a wrong call."""
    with pytest.raises(SystemExit, match="2"):
        main(["replay", "somewhere", "--speed", speed])
    assert f"{speed!r} is neither a number above 0 nor max" in capsys.readouterr().err


def test_max_is_the_default_speed() -> None:
    """A replay does not wait unless it is asked to."""
    parser = ArgumentParser()
    command.configure(parser)
    assert (None, None, 2.5) == (
        parser.parse_args(["x"]).speed,
        parser.parse_args(["x", "--speed", "max"]).speed,
        parser.parse_args(["x", "--speed", "2.5"]).speed,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/nowhere/at/all"], "There is nothing at /nowhere/at/all"),
        (["pyproject.toml"], "holds neither CloudEvents JSON lines nor recorded sessions"),
        (["x", "--data", "d", "--to", "kafka"], "--to kafka writes to none"),
        (["x", "--kafka", "h:1"], "say --to kafka as well"),
    ],
)
def test_a_wrong_call_is_one_clear_line(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is wrong, and the exit code is 2."""
    assert 2 == main(["replay", *arguments])
    error = capsys.readouterr().err
    assert sentence in error
    assert 1 == error.count("\n")
