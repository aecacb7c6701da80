"""What a role that folds makes safe, and in which order: what follows, then the states, then the batches."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fixloop.observe.metrics import Metrics
from fixloop.workers import batches
from fixloop.workers.bad_messages import BadMessagePolicy
from fixloop.workers.batches import Batch, BatchGoneError
from fixloop.workers.counting import Counting
from fixloop.workers.faust_app import new_app
from fixloop.workers.folding_role import FoldingRole, TooManyBadError
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.groups import DETECT_GROUP, SESSION_CHANGELOG
from fixloop.workers.readiness import Readiness
from fixloop.workers.state_stores import MEMORY
from fixloop.workers.state_table import CLOSED
from fixloop_schemas import codec
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, LEDGER
from tests.builders import Session
from tests.unit.workers.members import Member

A, B = "tests/test_shop.py::test_a", "tests/test_shop.py::test_b"


@dataclass
class _Written:
    offset: int


@dataclass
class _Producer:
    """Takes messages, but for those that it is told to fail; what it did stands in `sent`."""

    fails: Callable[[str, int], bool]
    """Given the topic, and the number of the try at sending to it."""
    sent: list[str] = field(default_factory=list)
    tries: dict[str, int] = field(default_factory=dict)

    def _ensure_producer(self) -> "_Producer":
        return self

    async def send_batch(self, batch: Any, topic: str, partition: int) -> asyncio.Future[_Written]:
        assert (1, 0) == (batch.record_count(), partition)
        return await self.send(topic)

    async def send(self, topic: str, *_: Any) -> asyncio.Future[_Written]:
        self.tries[topic] = self.tries.get(topic, 0) + 1
        future: asyncio.Future[_Written] = asyncio.get_running_loop().create_future()
        if self.fails(topic, self.tries[topic]):
            self.sent.append(f"not {topic}")
            future.set_exception(ConnectionError("away"))
        else:
            self.sent.append(topic)
            future.set_result(_Written(len(self.sent)))
        return future


@dataclass
class _Fetched:
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    topic: str = SESSIONS.topic
    partition: int = 0
    timestamp: int = 1_000


@dataclass
class _Chunk:
    records: list[_Fetched]
    generation_id: int = 1


@dataclass
class _Event:
    message: _Chunk
    sent: list[str]

    def ack(self) -> None:
        self.sent.append("done")


@dataclass
class _Worker:
    """A role, its producer, and batches for it."""

    role: FoldingRole[Any]
    producer: _Producer
    readiness: Readiness
    generation: int = 1

    async def work(self, session: Session, size: int = 1_000) -> None:
        messages = [codec.to_kafka(event) for event in session.events]
        fetched = [_Fetched(offset, m.key, m.value, m.headers) for offset, m in enumerate(messages)]
        for start in range(0, len(fetched), size):
            await self.role.work(self.batch(fetched[start : start + size]))

    def batch(self, fetched: list[_Fetched]) -> Batch:
        return Batch(_Event(_Chunk(fetched), self.producer.sent), lambda one: one == self.generation)


def _worker(
    folder: Path,
    fails: Callable[[str, int], bool] = lambda *_: False,
    policy: BadMessagePolicy | None = None,
    gap: timedelta = timedelta(days=100_000),
    membership: Member | None = None,
) -> _Worker:
    app = new_app(DETECT_GROUP, "127.0.0.1:1", folder, MEMORY)
    producer, readiness = _Producer(fails), Readiness()
    app.producer = producer
    app.transport.membership = membership or Member()
    counting = Counting(Metrics())
    app.tables.actives_ready = True
    policy = policy or BadMessagePolicy()
    role = FoldingRole("detect", SESSIONS, app, counting, readiness, policy, gap)
    return _Worker(role, producer, readiness)


def _cycle(name: str = "s1") -> Session:
    session = Session(name)
    for outcomes in (("fail", "pass"), ("pass", "fail"), ("fail", "pass")):
        session.edit().run(dict(zip((A, B), outcomes, strict=True)))
    return session


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_FIRST_PAUSE", 0.0)


def test_what_follows_goes_at_once_and_a_state_once(tmp_path: Path) -> None:
    """A detection does not wait for the checkpoint. Many batches change a session; its state is written once, and then they are done."""

    async def run() -> None:
        worker = _worker(tmp_path)
        await worker.work(_cycle(), size=3)
        before = list(worker.producer.sent)
        assert DETECTIONS in before
        assert {DETECTIONS, LEDGER} == set(before)
        await worker.role.checkpoint()
        count = -(-len(_cycle().events) // 3)
        assert [SESSION_CHANGELOG, *["done"] * count] == worker.producer.sent[len(before) :]

    asyncio.run(run())


def test_no_state_knows_of_a_detection_that_kafka_has_not(tmp_path: Path) -> None:
    """While a detection is not acknowledged, neither is its state sent, nor a batch done; meanwhile the worker says why it waits."""
    reasons: list[str | None] = []

    async def run() -> None:
        worker = _worker(tmp_path, fails=lambda topic, tries: fails(worker, topic, tries))
        await worker.work(_cycle())
        await worker.role.checkpoint()
        sent = worker.producer.sent
        last_failure = max(place for place, one in enumerate(sent) if one == f"not {DETECTIONS}")
        assert sent.index(SESSION_CHANGELOG) > last_failure
        assert sent[-1] == "done"
        assert worker.readiness() is None

    def fails(worker: _Worker, topic: str, tries: int) -> bool:
        reasons.append(worker.readiness())
        return topic == DETECTIONS and tries <= 4

    asyncio.run(run())
    assert any(reason and "away" in reason for reason in reasons)


def test_no_batch_is_done_whose_state_kafka_has_not(tmp_path: Path) -> None:
    """The state is sent again until it is there."""

    async def run() -> None:
        worker = _worker(tmp_path, fails=lambda topic, tries: topic == SESSION_CHANGELOG and tries <= 2)
        await worker.work(_cycle())
        await worker.role.checkpoint()
        lost = f"not {SESSION_CHANGELOG}"
        assert [lost, lost, SESSION_CHANGELOG, "done"] == worker.producer.sent[-4:]
        assert [b"s1"] == [key for key, _ in worker.role.table.heads(0)]

    asyncio.run(run())


def test_what_is_not_safe_when_partitions_go_is_forgotten(tmp_path: Path) -> None:
    """Nothing of it is written later, and the state is the one of the table again."""

    async def run() -> None:
        worker = _worker(tmp_path)
        await worker.work(_cycle())
        sent = list(worker.producer.sent)
        worker.role.forget()
        await worker.role.checkpoint()
        assert sent == worker.producer.sent
        await worker.work(_cycle())
        assert [one for one in sent if one == DETECTIONS] * 2 == [
            one for one in worker.producer.sent if one == DETECTIONS
        ]

    asyncio.run(run())


def test_a_batch_of_another_generation_is_not_acknowledged(tmp_path: Path) -> None:
    """Whoever has the partition now reads it again."""

    async def run() -> None:
        worker = _worker(tmp_path)
        await worker.work(_cycle())
        worker.generation = 2
        await worker.role.checkpoint()
        assert "done" not in worker.producer.sent

    asyncio.run(run())


def test_no_state_is_written_while_the_group_may_have_given_it_away(tmp_path: Path) -> None:
    """Detections go on their way; the state waits until the group confirms the member, and is written then."""

    async def run() -> None:
        member = Member()
        worker = _worker(tmp_path, membership=member)
        await worker.work(_cycle())
        member.member = False
        checkpoint = asyncio.create_task(worker.role.checkpoint())
        while worker.readiness() is None:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0)
        assert worker.readiness() == "detect: its group does not confirm that it is a member"
        assert not {SESSION_CHANGELOG, "done"} & set(worker.producer.sent)
        member.member = True
        await checkpoint
        assert [SESSION_CHANGELOG, "done"] == worker.producer.sent[-2:]
        assert worker.readiness() is None

    asyncio.run(run())


def test_a_state_that_kafka_did_not_take_is_not_sent_again_by_somebody_else(tmp_path: Path) -> None:
    """The broker was away, and meanwhile the group may have given the partition away: it is not tried again, nothing is done."""
    member = Member()

    def fails(topic: str, _: int) -> bool:
        member.member = topic != SESSION_CHANGELOG
        return topic == SESSION_CHANGELOG

    async def run() -> None:
        worker = _worker(tmp_path, fails, membership=member)
        await worker.work(_cycle())
        member.leaving = True
        with pytest.raises(BatchGoneError):
            await worker.role.checkpoint()
        assert [f"not {SESSION_CHANGELOG}"] == worker.producer.sent[-1:]
        assert worker.producer.tries[SESSION_CHANGELOG] == 1
        worker.role.forget()

    asyncio.run(run())


def test_what_is_mostly_bad_is_held_until_it_is_too_much(tmp_path: Path) -> None:
    """Few bad messages are held and not done; more of them end the work; good ones among them set all free."""

    async def run() -> None:
        worker = _worker(tmp_path, policy=BadMessagePolicy(share=0.5, least=10))
        bad = [_Fetched(1_000 + number, b"k", b"?", ()) for number in range(9)]
        await worker.role.work(worker.batch(bad))
        await worker.role.checkpoint()
        assert [DEAD_LETTERS] * 9 == worker.producer.sent
        with pytest.raises(TooManyBadError, match="10 of 10"):
            await worker.role.work(worker.batch(bad[:1]))

        calm = _worker(tmp_path, policy=BadMessagePolicy(share=0.5, least=100))
        await calm.role.work(calm.batch(bad))
        await calm.work(_cycle())
        await calm.role.checkpoint()
        assert ["done", "done"] == calm.producer.sent[-2:]

    asyncio.run(run())


def test_why_it_stops_is_said_though_the_last_batch_holds_nothing_bad(tmp_path: Path) -> None:
    """What makes it too much may be a good message, the one that makes them enough: the reason is that of the last bad one."""

    async def run() -> None:
        worker = _worker(tmp_path, policy=BadMessagePolicy(share=0.5, least=10))
        bad = [_Fetched(1_000 + number, b"k", b"?", ()) for number in range(9)]
        await worker.role.work(worker.batch(bad))
        (event, *_) = _cycle().events
        message = codec.to_kafka(event)
        good = [_Fetched(0, message.key, message.value, message.headers)]
        with pytest.raises(TooManyBadError, match=r"9 of 10 .* The last reason was: not_cloudevents"):
            await worker.role.work(worker.batch(good))

    asyncio.run(run())


def test_a_silent_session_closes_and_what_comes_later_opens_it(tmp_path: Path) -> None:
    """Its summary is said once, its state is written closed; another event makes it open, and it closes again with a later version."""

    async def run() -> None:
        worker = _worker(tmp_path, gap=timedelta(minutes=30))
        await worker.work(_cycle())
        await worker.role.checkpoint()
        said = worker.producer.sent.count(DETECTIONS)
        # The records are of 1970, and nothing came for long by the worker's clock.
        worker.role._windows._partitions[0].arrived = 0
        await worker.role.checkpoint()
        await worker.role.checkpoint()
        assert [SESSION_CHANGELOG, "done", DETECTIONS, SESSION_CHANGELOG] == worker.producer.sent[-4:]
        assert said + 1 == worker.producer.sent.count(DETECTIONS)
        assert {CLOSED} == {head.last_us for _, head in worker.role.table.heads(0) if head}

    asyncio.run(run())
