"""`fixloop worker` on a real broker: nothing is lost, nothing is doubled, and what cannot go on says so."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from kafka import KafkaProducer

from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop.workers.provision import apply_topics
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import DETECTIONS, EVENTS, LEDGER
from fixloop_schemas.vocabulary import DetectionStatus
from tests.builders import Session, fold_all, latest
from tests.integration.worker_processes import (
    answer,
    command,
    counted,
    exit_code,
    offsets,
    served,
    settled,
    start_worker,
    wait_until_settled,
)
from tests.lineages import in_turn, lineage_sessions
from tests.malformed import MALFORMED
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

pytestmark = pytest.mark.kafka

TESTS = ("tests/test_a.py::test_a", "tests/test_b.py::test_b")

_STANDING = """
SELECT detection_id, detection_version FROM detections
WHERE NOT (status = 'withdrawn' AND position(data, '"fixing_session"') > 0)"""

Plain = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]
"""Key, value and headers."""


@pytest.fixture
def bootstrap(own_broker: KafkaBroker) -> str:
    """A broker of this test's own, with topics of three partitions."""
    apply_topics(own_broker.bootstrap, partitions=3)
    return own_broker.bootstrap


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends, after the test, what was pushed on it."""
    with ExitStack() as stack:
        yield stack


def _sessions(count: int) -> list[Session]:
    """Sessions with a reintroduction and a flaky test in each, and each on a repository of its own."""
    sessions = []
    for number in range(count):
        session = Session(f"session-{number}", vcs_repository_name=f"example/{number}").started()
        for outcomes in (("fail", "pass"), ("pass", "fail"), ("fail", "pass")):
            session.edit().run(dict(zip(TESTS, outcomes, strict=True)))
        session.run(dict.fromkeys(TESTS, "pass"))
        sessions.append(session.edit().commit().ended())
    return sessions


def _messages(sessions: list[Session]) -> list[KafkaMessage]:
    """The sessions' events as messages, one event of each session in turn."""
    return [codec.to_kafka(event) for event in in_turn(sessions)]


def _expected(sessions: list[Session]) -> dict[str, int]:
    """The latest version of each detection in the sessions, by its id; of those between sessions, the ones that stand."""
    watched = fold_all(sessions)
    found = [one for session in watched.by_file.values() for one in latest(session.versions)]
    return {
        one.detection_id: one.detection_version
        for one in found
        if one.status is not DetectionStatus.WITHDRAWN or not any(back.fixing_session for back in one.returns)
    }


def _send(bootstrap: str, messages: list[Plain], topic: str = EVENTS) -> None:
    with KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20) as producer:
        for key, value, headers in messages:
            # This client writes no header without a value.
            producer.send(topic, value, key, [header for header in headers if header[1] is not None])
        producer.flush(timeout=60)


def _plain(message: KafkaMessage) -> Plain:
    return message.key, message.value, list(message.headers)


def _landed(store: Path) -> dict[str, int]:
    found = [row.strip("[]").split(", ") for row in answer(store, _STANDING)]
    assert len(found) == len({one[0] for one in found})
    return {detection_id.strip('"'): int(version) for detection_id, version in found}


def test_bad_messages_stop_nobody(bootstrap: str, tmp_path: Path, stack: ExitStack) -> None:
    """1,000 malformed messages of every sort among 5,000 good ones: each in the dead letters with its reason, none lost, no restart."""
    sessions = _sessions(320)
    good = _messages(sessions)[:5_000]
    assert 5_000 == len(good)
    malformed = list(itertools.islice(itertools.cycle(MALFORMED), 1_000))
    mixed = [_plain(message) for message in good]
    places = random.Random(7)  # noqa: S311 -- the same places each time
    for case in malformed:
        mixed.insert(places.randrange(len(mixed)), (case.key, case.value, list(case.headers)))
    workers = [start_worker(bootstrap, tmp_path, role, "--verbose") for role in ("detect", "land")]
    for worker in workers:
        stack.callback(worker.stop)
    pids = [worker.pid for worker in workers]

    _send(bootstrap, mixed)
    wait_until_settled(bootstrap, DETECT_GROUP, LAND_GROUP)

    store = tmp_path / "store"
    assert ["[5000]"] == answer(store, "SELECT count() FROM events")
    reasons = answer(store, "SELECT reason, count() FROM dead_letters GROUP BY reason ORDER BY reason")
    counts = Counter(case.reason.value for case in malformed)
    assert [f'["{reason}", {count}]' for reason, count in sorted(counts.items())] == reasons
    assert ["[1000, 1000]"] == answer(
        store, "SELECT count(), countIf(source LIKE 'fixloop.events:%') FROM dead_letters"
    )
    assert (pids, [True, True]) == (
        [worker.pid for worker in workers],
        [worker.running for worker in workers],
    )
    # Each agent was started once: Faust would say so of a second time.
    assert [] == [
        worker.name for worker in workers if "Restarting" in worker.said() or "rashed" in worker.said()
    ]


def test_mostly_bad_messages_stop_the_worker(bootstrap: str, tmp_path: Path, stack: ExitStack) -> None:
    """More than half of 1,000 messages bad: the worker ends with one clear line and no offset moved; one that knows better does all."""
    sessions = _sessions(40)
    good = _messages(sessions)
    newer = [
        KafkaMessage(
            m.key,
            m.value,
            tuple((n, v.replace(b".v1", b".v2") if v and n == "ce_type" else v) for n, v in m.headers),
        )
        for m in good
    ]
    assert len(good) > 500
    worker = start_worker(bootstrap, tmp_path, "detect", "--bad-least", "1000")
    stack.callback(worker.stop)
    _send(bootstrap, [_plain(message) for message in [*newer, *good, *newer]])
    assert 1 == exit_code(worker)
    (line,) = [line for line in worker.said().splitlines() if line.startswith("fixloop: ")]
    assert "were bad" in line
    assert "unknown_version" in line
    assert {0} == {done for done, _ in offsets(bootstrap, DETECT_GROUP, [EVENTS]).values()}

    for role, options in (("detect", ("--bad-share", "1")), ("land", ())):
        stack.callback(start_worker(bootstrap, tmp_path, role, *options, name=f"{role}-again").stop)
    wait_until_settled(bootstrap, DETECT_GROUP, LAND_GROUP)
    assert _expected(sessions) == _landed(tmp_path / "store")
    assert [f'["unknown_version", {2 * len(newer)}]'] == answer(
        tmp_path / "store", "SELECT reason, count() FROM dead_letters GROUP BY reason"
    )


def test_killed_workers_lose_and_double_nothing(bootstrap: str, tmp_path: Path, stack: ExitStack) -> None:
    """SIGKILL of two detectors, the ledger and the lander, each in the midst of its work: all is found and landed, once, as ever."""
    sessions = [*_sessions(500), *lineage_sessions(20)]
    messages = [_plain(message) for message in _messages(sessions)]
    workers: dict[str, ServerProcess] = {}

    def start(name: str) -> None:
        role = name.partition("-")[0]
        log = f"{name}-again" if name in workers else name
        workers[name] = start_worker(bootstrap, tmp_path, role, "--metrics", "0", name=log)
        stack.callback(workers[name].stop)

    for name in ("detect-1", "detect-2", "ledger", "land"):
        start(name)
    killed = Event()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(_send_slowly, bootstrap, messages, killed)
        # Once when something is done and perhaps not committed, then when something is committed and perhaps not done.
        for name, moment in (
            ("detect-1", _folded),
            ("ledger", _folded),
            ("land", _committed),
            ("detect-2", _committed),
            ("ledger", _committed),
        ):
            before = moment(workers[name], bootstrap)
            poll(f"{name} is at work", partial(_moved, moment, workers[name], bootstrap, before), every=0.01)
            workers[name].kill()
            start(name)
        killed.set()
        sending.result()
    wait_until_settled(bootstrap, DETECT_GROUP, LEDGER_GROUP, LAND_GROUP)
    assert _expected(sessions) == _landed(tmp_path / "store")
    assert [f"[{len(messages)}]"] == answer(tmp_path / "store", "SELECT count() FROM events")
    assert [] == answer(tmp_path / "store", "SELECT source FROM dead_letters")


def _folded(worker: ServerProcess, _bootstrap: str) -> float:
    return counted(worker, "fixloop_events_folded_total")


def _committed(worker: ServerProcess, bootstrap: str) -> float:
    role = worker.name.split()[-1].partition("-")[0]
    group, topic = {
        "detect": (DETECT_GROUP, EVENTS),
        "ledger": (LEDGER_GROUP, LEDGER),
        "land": (LAND_GROUP, EVENTS),
    }[role]
    return sum(done for done, _ in offsets(bootstrap, group, [topic]).values())


def _folded_of(worker: ServerProcess, kind: str) -> float:
    return counted(worker, f'fixloop_events_folded_total{{type="{kind}"}}')


def _moved(
    moment: Callable[[ServerProcess, str], float], worker: ServerProcess, bootstrap: str, before: float
) -> bool:
    return moment(worker, bootstrap) > before


def _send_slowly(bootstrap: str, messages: list[Plain], at_once: Event) -> None:
    """Some hundred messages in a second, so that workers are always at work, until the rest may go at once."""
    for start in range(0, len(messages), 100):
        at_once.wait(0.25)
        _send(bootstrap, messages[start : start + 100])


def test_what_is_delivered_again_changes_nothing(bootstrap: str, tmp_path: Path, stack: ExitStack) -> None:
    """Everything that lies in each topic once more, what the workers said to each other included: not a row more or less, none refused."""
    for role in ("detect", "ledger", "land"):
        stack.callback(start_worker(bootstrap, tmp_path, role).stop)
    sessions = lineage_sessions(4)
    _send(bootstrap, [_plain(message) for message in _messages(sessions)])
    groups = (DETECT_GROUP, LEDGER_GROUP, LAND_GROUP)
    wait_until_settled(bootstrap, *groups)
    before = _versions(tmp_path / "store")
    assert _expected(sessions) == _landed(tmp_path / "store")

    for topic in (LEDGER, EVENTS, DETECTIONS):
        again = [(one.key, one.value, list(one.headers)) for one in lying(bootstrap, topic)]
        assert len(again) > len(sessions) // 2
        _send(bootstrap, again, topic)
        wait_until_settled(bootstrap, *groups)
        assert before == _versions(tmp_path / "store")
    assert [] == answer(tmp_path / "store", "SELECT source FROM dead_letters")


def _versions(store: Path) -> list[str]:
    return answer(store, "SELECT * FROM detection_versions ORDER BY ALL")


def test_a_broker_that_goes_and_comes_back(own_broker: KafkaBroker, tmp_path: Path, stack: ExitStack) -> None:
    """SIGKILL of the broker while workers run: they go on when it is back, without being started again, and nothing is missing."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=3)
    workers = [start_worker(bootstrap, tmp_path, role) for role in ("detect", "land")]
    for worker in workers:
        stack.callback(worker.stop)
    sessions = _sessions(60)
    messages = [_plain(message) for message in _messages(sessions)]
    _send(bootstrap, messages[: len(messages) // 2])
    own_broker.kill()
    own_broker.start()
    _send(bootstrap, messages[len(messages) // 2 :])
    wait_until_settled(bootstrap, DETECT_GROUP, LAND_GROUP)
    assert _expected(sessions) == _landed(tmp_path / "store")
    assert [True, True] == [worker.running for worker in workers]


def test_a_store_that_is_away_is_named(bootstrap: str, tmp_path: Path, stack: ExitStack) -> None:
    """A lander that finds nothing at its store's address ends with one line, which names the address and no password."""
    worker = ServerProcess(
        "worker land",
        command("worker", "land", "--kafka", bootstrap, "--store", "clickhouse://u:secret@127.0.0.1:1/x"),
        tmp_path / "land.log",
    )
    stack.callback(worker.stop)
    assert 1 == exit_code(worker)
    (line,) = worker.said().splitlines()
    assert "127.0.0.1:1" in line
    assert "secret" not in line


def test_one_process_has_all_roles_and_says_how_it_is(
    bootstrap: str, tmp_path: Path, stack: ExitStack
) -> None:
    """All roles in one process do what they do apart; metrics and health are served; SIGTERM ends it, and what is done is committed."""
    worker = ServerProcess(
        "worker",
        command("worker", "--kafka", bootstrap, "--store", f"chdb://{tmp_path / 'store'}", "--metrics", "0"),
        tmp_path / "worker.log",
    )
    stack.callback(worker.stop)
    worker.wait_until(lambda: ": ready" in worker.said())
    sessions = [*_sessions(3), *lineage_sessions()]
    messages = _messages(sessions)
    _send(bootstrap, [_plain(message) for message in messages])
    wait_until_settled(bootstrap, DETECT_GROUP, LEDGER_GROUP, LAND_GROUP)
    assert _expected(sessions) == _landed(tmp_path / "store")

    assert "ready\n" == served(worker, "/readyz")
    told, judged = ("dev.fixloop.bug.transitioned.v1", "dev.fixloop.testcase.judged.v1")
    folded = {kind: _folded_of(worker, kind) for kind in (told, judged)}
    assert all(folded.values())
    assert len(messages) + sum(folded.values()) == counted(worker, "fixloop_events_folded_total")
    assert f'fixloop_events_landed_total{{table="event_rows"}} {len(messages)}.0' in served(
        worker, "/metrics"
    )

    worker.stop()
    assert 0 == exit_code(worker)
    assert all(settled(bootstrap, group) for group in (DETECT_GROUP, LEDGER_GROUP, LAND_GROUP))
    assert _expected(sessions) == _landed(tmp_path / "store")
