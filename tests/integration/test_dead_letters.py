"""`fixloop dead-letters` on a real broker: what was refused is found, seen and sent again as it came."""

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from fixloop.cli import main
from fixloop.workers.dead_letters import dead_letter
from fixloop.workers.groups import DETECT_GROUP
from fixloop.workers.provision import apply_topics
from fixloop.workers.records import Record, from_fetched
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS, TOPICS
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import Session, fold
from tests.integration.worker_processes import command, start_worker, wait_until_settled
from tests.malformed import GOOD, MALFORMED, MalformedCase
from tests.services.kafka_broker import KafkaBroker, start_broker
from tests.services.lying import lying

pytestmark = pytest.mark.kafka

CASES = {case.name: case for case in MALFORMED}
HOSTILE = KafkaMessage(b"\x1b[2J", b"\x1b]0;gotcha\x07", (("a\x1b[31m", b"\x9b\xff"), ("empty", b"")))
"""What a terminal would obey, in each of its parts."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A broker of these tests' own, with topics of three partitions."""
    with start_broker(tmp_path_factory.mktemp("kafka")) as broker:
        apply_topics(broker.bootstrap, partitions=3)
        yield broker


@pytest.fixture
def bootstrap(broker: KafkaBroker, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address, which the command knows from the environment; its topics are empty."""
    topics = [TopicPartition(topic, number) for topic in (EVENTS, DEAD_LETTERS) for number in range(3)]
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        admin.delete_records(dict.fromkeys(topics, -1))
    monkeypatch.setenv("FIXLOOP_KAFKA", broker.bootstrap)
    return broker.bootstrap


def _letter(message: KafkaMessage, reason: DeadReason, detail: str = "why", offset: int = 0) -> KafkaMessage:
    came = Record(EVENTS, 2, offset, message.key, message.value, message.headers, 1_767_323_045_000)
    return dead_letter(came, Rejected(reason, detail))


def _of(case: MalformedCase) -> KafkaMessage:
    return KafkaMessage(case.key or b"", case.value or b"", case.headers)


def _put(bootstrap: str, letters: list[KafkaMessage], *partitions: int) -> list[str]:
    """Write letters, one after the other, in these partitions in turn; without any, by their keys. Their places."""
    with KafkaProducer(bootstrap_servers=bootstrap, max_request_size=2_000_000) as producer:
        written = [
            producer.send(DEAD_LETTERS, one.value, one.key or None, _written(one), partition).get(10)
            for one, partition in zip(letters, itertools.cycle(partitions or [None]), strict=False)
        ]
    return [f"{one.partition}:{one.offset}" for one in written]


def _written(message: KafkaMessage) -> list[tuple[str, bytes | None]]:
    """The headers that this client writes: those that have a value."""
    return [header for header in message.headers if header[1] is not None]


def _lying(bootstrap: str, topic: str) -> list[Record]:
    """Every record of a topic."""
    return list(map(from_fetched, lying(bootstrap, topic)))


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `fixloop dead-letters`."""
    code = main(["dead-letters", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_letters_are_listed_the_newest_last(bootstrap: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a letter whatever its partition, with its place, reason, source and size, and how many there are of each reason."""
    assert (0, "0 letters\n", "") == _run(capsys, "list")
    letters = [_letter(_of(case), case.reason, offset=number) for number, case in enumerate(MALFORMED)]
    places = _put(bootstrap, letters, 0, 1, 2)
    code, out, err = _run(capsys, "list", "--limit", "1000")
    assert (0, "") == (code, err)
    lines = out.splitlines()
    rows = [line.split() for line in lines[1 : 1 + len(MALFORMED)]]
    assert [
        [place, case.reason.value, f"{EVENTS}:2:{number}", str(len(case.value or b""))]
        for number, (place, case) in enumerate(zip(places, MALFORMED, strict=True))
    ] == [[row[0], *row[2:5]] for row in rows]
    assert f"{len(MALFORMED)} letters:" in lines
    not_json = sum(case.reason is DeadReason.NOT_JSON for case in MALFORMED)
    assert f"{not_json:>9}  not_json" in lines

    _, out, _ = _run(capsys, "list", "--limit", "2", "--json", "--topic", EVENTS)
    document = json.loads(out)
    assert (places[-2:], len(MALFORMED)) == ([one["id"] for one in document["letters"]], document["count"])
    assert {"not_json": not_json}.items() <= document["by_reason"].items()


def test_letters_are_chosen_by_reason_topic_and_time(
    bootstrap: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Filters hold together; from a later time on there are none."""

    def found(*filters: str) -> list[str]:
        code, out, err = _run(capsys, "list", "--json", *filters)
        assert (0, "") == (code, err)
        return [one["id"] for one in json.loads(out)["letters"]]

    first = _put(bootstrap, [_letter(GOOD, DeadReason.UNKNOWN_VERSION), _letter(GOOD, DeadReason.EMPTY)], 0)
    middle = datetime.now(UTC).isoformat()
    later = _put(bootstrap, [_letter(GOOD, DeadReason.UNKNOWN_VERSION)], 1)
    assert [first[0], *later] == found("--reason", "unknown_version")
    assert [*first, *later] == found("--topic", EVENTS) == found("--since", "1h")
    assert later == found("--since", middle, "--reason", "unknown_version")
    assert [] == found("--topic", DETECTIONS)
    assert [] == found("--since", "2199-01-01T00:00:00Z")


def test_nothing_of_a_letter_reaches_the_terminal_raw(
    bootstrap: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Control characters are spelled out, and all is shown; the bytes themselves go into a file or a pipe, and into no terminal."""
    letter = _letter(HOSTILE, DeadReason.NOT_JSON, detail="\x1b[2Jcut\u202e off")
    (place,) = _put(bootstrap, [letter])
    shown = _run(capsys, "show", place)
    for code, out, err in (shown, _run(capsys, "list"), _run(capsys, "replay", place, "--dry-run")):
        assert (0, "") == (code, err)
        assert out.replace("\n", "").isprintable()
    for part in (
        "1b 5d 30 3b 67",
        "|.]0;gotcha.|",
        r"a\x1b[31m: (hexadecimal) 9b ff",
        "key       (hexadecimal) 1b 5b 32 4a",
        r"\x1b[2Jcut\u202e off",
        "not_json",
        f"{EVENTS}:2:0",
        "2026-01-02T03:04:05+00:00",
    ):
        assert part in shown[1]

    file = tmp_path / "value"
    assert (0, "", "") == _run(capsys, "show", place, "--output", str(file))
    assert HOSTILE.value == file.read_bytes()
    raw = subprocess.run(
        command("dead-letters", "show", place, "--raw"), capture_output=True, check=True, timeout=60
    )
    assert HOSTILE.value == raw.stdout
    terminal, end = os.openpty()
    try:
        done = subprocess.run(
            command("dead-letters", "show", place, "--raw"),
            stdout=end,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(end)
        os.close(terminal)
    assert 2 == done.returncode
    assert b"--output" in done.stderr


def test_letters_go_back_as_they_came(bootstrap: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Key, value and headers are those of the message, and its partition is where an emitter's key leads; letters stay where they are."""
    messages = [
        codec.to_kafka(event) for number in range(6) for event in Session(f"s{number}").started().events
    ]
    with KafkaProducer(bootstrap_servers=bootstrap) as emitter:
        emitted = [emitter.send(EVENTS, m.value, m.key, _written(m)).get(10).partition for m in messages]
    assert len(set(emitted)) > 1
    odd = KafkaMessage(GOOD.key, GOOD.value, (*GOOD.headers, ("empty", b""), ("x", b"\xff"), ("x", b"2")))
    places = _put(bootstrap, [_letter(m, DeadReason.UNKNOWN_VERSION) for m in messages])
    places += _put(bootstrap, [_letter(odd, DeadReason.PROCESSING_ERROR)])

    before = len(_lying(bootstrap, EVENTS))
    code, out, err = _run(capsys, "replay", "--all", "--dry-run")
    assert (0, "", f"7 letters would be sent again (7 to {EVENTS}), 0 left") == (
        code,
        err,
        out.splitlines()[-1],
    )
    assert before == len(_lying(bootstrap, EVENTS))

    code, out, err = _run(capsys, "replay", "--reason", "unknown_version")
    assert (0, "", f"6 letters sent again (6 to {EVENTS}), 0 left") == (code, err, out.splitlines()[-1])
    code, out, err = _run(capsys, "replay", places[-1], places[-1])
    assert (0, "", f"1 letter sent again (1 to {EVENTS}), 0 left") == (code, err, out.splitlines()[-1])
    sent = sorted(_lying(bootstrap, EVENTS), key=lambda record: (record.written_ms, record.offset))[before:]
    by_key = {record.key: record for record in sent}
    for message, partition in zip([*messages, odd], [*emitted, None], strict=True):
        record = by_key[message.key]
        assert (message.value, message.headers) == (record.value, record.headers)
        assert partition in (None, record.partition)
    assert (7, 7) == (len(sent), len(_lying(bootstrap, DEAD_LETTERS)))


def test_what_cannot_go_back_is_left(bootstrap: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Cut letters, lines of files and topics that fixloop does not read: left with their reason, and the others are sent."""
    most = TOPICS[DEAD_LETTERS].max_message_bytes
    cut = _letter(KafkaMessage(b"k", b"v" * 2 * most, (("h", b"1"),)), DeadReason.TOO_LARGE)
    no_headers = _letter(KafkaMessage(b"k", b"v", (("h", b"h" * 2 * most),)), DeadReason.TOO_LARGE)
    line = KafkaMessage(
        b"a.jsonl:7", b"", (("fixloop_reason", b"not_json"), ("fixloop_origin", b"a.jsonl:7"))
    )
    foreign = KafkaMessage(b"k", b"v", (("fixloop_topic", b"payments"),))
    looping = KafkaMessage(b"k", b"v", (("fixloop_topic", DEAD_LETTERS.encode()),))
    large = _letter(KafkaMessage(b"k", b"v" * 1_048_500, ()), DeadReason.TOO_LARGE)
    bad = [cut, no_headers, line, foreign, looping, large]
    places = _put(bootstrap, [*bad, _letter(GOOD, DeadReason.UNKNOWN_VERSION)])
    code, out, err = _run(capsys, "replay", "--all")
    assert (0, "", f"1 letter sent again (1 to {EVENTS}), {len(bad)} left") == (
        code,
        err,
        out.splitlines()[-1],
    )
    assert [GOOD.value] == [record.value for record in _lying(bootstrap, EVENTS)]
    for place, words in zip(
        places,
        (
            "is cut",
            "is cut",
            "replay the file",
            "payments is no topic",
            "no topic that fixloop",
            "larger than",
        ),
        strict=False,
    ):
        assert [True] == [words in one for one in out.splitlines() if one.startswith(f"{place} ")]
        code, said, err = _run(capsys, "replay", places[-1], place)
        assert (1, "", 1) == (code, said, len(err.splitlines()))
        assert words in err
    assert 1 == len(_lying(bootstrap, EVENTS))
    code, said, err = _run(capsys, "show", places[0])
    assert f"{2 * most} (262144 of them are kept, and no headers)" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "3:0"), "partitions 0 to 2"),
        (("show", "0:999999"), "partition 0 of fixloop.dead-letters is empty"),
        (("show", "../etc"), "is no place"),
        (("show", "0:99999999999999999999"), "is no place"),
        (("replay", "0:999999"), "There is no dead letter 0:999999"),
        (("replay",), "Say which letters"),
        (("replay", "0:7", "--all"), "Say which letters"),
        (("replay", "--reason", "bored"), "the reasons are empty, too_large"),
        (("list", "--reason", ""), "the reasons are empty, too_large"),
        (("list", "--topic", DEAD_LETTERS), "the topics are"),
        (("list", "--since", "yesterday"), "is no time"),
        (("list", "--since", "2026-01-01T00:00:00"), "is no time"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_one_sentence(
    bootstrap: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    """A place that there is not, and a filter that nothing can match."""
    code, out, err = _run(capsys, *arguments, "--kafka", bootstrap)
    assert (2, "", 1) == (code, out, len(err.splitlines()))
    assert words in err


def test_a_missing_topic_is_named(own_broker: KafkaBroker, capsys: pytest.CaptureFixture[str]) -> None:
    """A broker that fixloop was never set up on."""
    code, out, err = _run(capsys, "list", "--kafka", own_broker.bootstrap)
    assert (1, "") == (code, out)
    assert "fixloop topics apply" in err


def test_what_goes_back_is_worked_on_once(
    own_broker: KafkaBroker,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sent again twice, each event counts once; what is refused again is a new letter, as often as it is sent."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=3)
    monkeypatch.setenv("FIXLOOP_KAFKA", bootstrap)
    test, other = "tests/test_a.py::test_a", "tests/test_b.py::test_b"
    session = Session("s1").started()
    for outcomes in (("fail", "pass"), ("pass", "fail"), ("fail", "pass")):
        session.edit().run(dict(zip((test, other), outcomes, strict=True)))
    letters = [_letter(codec.to_kafka(event), DeadReason.UNKNOWN_VERSION) for event in session.events]
    _put(bootstrap, [*letters, _letter(_of(CASES["cut off"]), DeadReason.NOT_JSON)])
    worker = start_worker(bootstrap, tmp_path, "detect")
    try:
        for time in range(2):
            assert 0 == _run(capsys, "replay", "--reason", "unknown_version")[0]
            wait_until_settled(bootstrap, DETECT_GROUP)
            assert len(letters) + 1 == len(_lying(bootstrap, DEAD_LETTERS)), time
        assert 0 == _run(capsys, "replay", "--reason", "not_json")[0]
        wait_until_settled(bootstrap, DETECT_GROUP)
    finally:
        worker.stop()
    said = [json.loads(record.value or b"") for record in _lying(bootstrap, DETECTIONS)]
    expected = [(one.detection_id, one.detection_version) for one in fold(session.events)[1]]
    assert expected == [(one["detection_id"], one["detection_version"]) for one in said]
    _, out, _ = _run(capsys, "list", "--json")
    assert {"unknown_version": len(letters), "not_json": 2} == json.loads(out)["by_reason"]
