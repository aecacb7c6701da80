"""The whole of fixloop in processes of its own, what goes wrong with it on schedule, and what came of it in the end."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop.workers.worker import DETECT, LAND, LEDGER
from tests.e2e.mishaps import Form, Kill, KillBroker, Mishap, Scale, SinkAway, Step
from tests.integration.worker_processes import READS, command, offsets
from tests.services.clickhouse_server import ClickHouseServer
from tests.services.errors import ServiceError
from tests.services.kafka_broker import KafkaBroker
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

GROUPS: Final = (DETECT_GROUP, LEDGER_GROUP, LAND_GROUP)
_LOOK_SECONDS: Final = 0.05
_AGAIN_SECONDS: Final = 1.0
"""How long a supervisor waits before it starts again what has ended."""
_KEEPING: Final = ("-1", "-3")
"""Places whose workers find again the states that the one before them had; the others read theirs from the changelog."""


@dataclass(slots=True)
class Worker:
    """A place for a worker: its role and its process of now."""

    name: str
    role: str
    process: ServerProcess
    ended_at: float | None = None


class Chaos:
    """Workers under a supervisor, a broker and a store that can be taken away.

    Args:
        broker: with its topics.
        sink: running.
        folder: for the logs.
        form: how much of everything.
        steps: what goes wrong, and when.
    """

    def __init__(
        self, broker: KafkaBroker, sink: ClickHouseServer, folder: Path, form: Form, steps: Sequence[Step]
    ) -> None:
        self._broker = broker
        self._sink = sink
        self._folder = folder
        self._form = form
        self._steps = steps
        self._workers: dict[str, list[Worker]] = {DETECT: [], LEDGER: [], LAND: []}
        self._logs: list[Path] = []
        self._one_at_a_time = Lock()
        self._began = time.monotonic()
        self.happened: list[str] = []
        """What went wrong, in words, each with its moment."""
        self.counts: Counter[str] = Counter()
        """How often each sort of mishap came, and how often a worker ended by itself."""

    def run(self, events: Path) -> None:
        """Return when all events of a file are sent, everything has happened, and nothing is left to do.

        Raises:
            ServiceError: it did not come to rest in time.
        """
        with ExitStack() as stack:
            stack.callback(self._stop)
            for role in self._workers:
                self._scale(Scale(role, 1))
            self._until_ready()
            self._began = time.monotonic()
            pool = stack.enter_context(ThreadPoolExecutor(8))
            sender = self._sender(events)
            stack.callback(sender.kill)
            self._happen(pool, sender)
            self._say("all is sent, and everything has happened")
            poll(
                "nothing is left to do",
                self._settled,
                seconds=self._form.settle_seconds,
                every=_LOOK_SECONDS,
            )
            self._say("nothing is left to do")

    def story(self) -> str:
        """What happened, and what the workers said last."""
        tails = [f"--- {log.name}\n{_tail(log)}" for log in self._logs if _tail(log)]
        return "\n".join(["what happened:", *self.happened, "what workers said:", *tails])

    def tracebacks(self) -> list[str]:
        """The workers that met something that nobody thought of."""
        said = {log.name: log.read_text(errors="replace") for log in self._logs}
        return [name for name, text in said.items() if "Traceback" in text]

    def _sender(self, events: Path) -> ServerProcess:
        arguments = [self._broker.bootstrap, str(events), str(self._form.seconds)]
        program = [sys.executable, "-W", "ignore", "-m", "tests.e2e.load"]
        return ServerProcess("the sender", [*program, *arguments], self._folder / "sender.log")

    def _happen(self, pool: ThreadPoolExecutor, sender: ServerProcess) -> None:
        left = list(self._steps)
        under_way: list[Future[None]] = []
        while left or under_way or sender.running:
            if left and time.monotonic() - self._began >= left[0].at:
                longer = self._do(left.pop(0).mishap)
                if longer is not None:
                    under_way.append(pool.submit(longer))
            for done in [one for one in under_way if one.done()]:
                under_way.remove(done)
                done.result()
            self._supervise()
            time.sleep(_LOOK_SECONDS)
        if sender.said():
            raise ServiceError(f"the sender did not send all:\n{sender.said()[-2_000:]}")

    def _do(self, mishap: Mishap) -> Callable[[], None] | None:
        """Let a mishap happen; what is returned is the rest of it, which takes a while."""
        self._say(str(mishap))
        self.counts[type(mishap).__name__] += 1
        match mishap:
            case Kill(role, which):
                workers = self._workers[role]
                self._start(workers[which % len(workers)])
            case Scale():
                self._scale(mishap)
            case KillBroker(seconds):
                return lambda: self._broker_away(seconds)
            case SinkAway(seconds, hangs):
                return lambda: self._sink_away(seconds, hangs=hangs)
        return None

    def _broker_away(self, seconds: float) -> None:
        with self._one_at_a_time:
            self._broker.kill()
            time.sleep(seconds)
            self._broker.start()
            self._say("the broker is back")

    def _sink_away(self, seconds: float, *, hangs: bool) -> None:
        away, back = (self._sink.hang, self._sink.resume) if hangs else (self._sink.kill, self._sink.start)
        away()
        time.sleep(seconds)
        back()
        self._say("the store is back")

    def _scale(self, scale: Scale) -> None:
        workers = self._workers[scale.role]
        while len(workers) > scale.count:
            workers.pop().process.stop(seconds=40.0)
        while len(workers) < scale.count:
            name = f"{scale.role}-{len(workers) + 1}"
            workers.append(Worker(name, scale.role, self._process(name, scale.role)))

    def _supervise(self) -> None:
        """Start again what has ended by itself, after a pause, and say so."""
        now = time.monotonic()
        for worker in (one for workers in self._workers.values() for one in workers):
            if worker.process.running:
                continue
            if worker.ended_at is None:
                worker.ended_at = now
                self.counts["ended"] += 1
                said = worker.process.said().strip().splitlines()
                self._say(f"{worker.name} ended by itself: {said[-1] if said else 'without a word'}")
            elif now - worker.ended_at >= _AGAIN_SECONDS:
                self._start(worker)

    def _start(self, worker: Worker) -> None:
        """Another process in its place, at once; the one that is there is killed."""
        worker.process.kill()
        worker.process = self._process(worker.name, worker.role)
        worker.ended_at = None

    def _process(self, name: str, role: str) -> ServerProcess:
        log = self._folder / f"{name}.{len(self._logs)}.log"
        self._logs.append(log)
        bootstrap, dsn = self._broker.bootstrap, self._sink.dsn
        arguments = ["worker", role, "--kafka", bootstrap, "--store", dsn, "--metrics", "0"]
        if name.endswith(_KEEPING):
            arguments += ["--state", str(self._folder / f"{name}.state")]
        return ServerProcess(f"worker {name}", command(*arguments), log)

    def _until_ready(self) -> None:
        for worker in (one for workers in self._workers.values() for one in workers):
            process = worker.process
            process.wait_until(lambda: ": ready" in process.said())  # noqa: B023 -- asked before the next one's turn

    def _settled(self) -> bool:
        """Whether the groups have nothing left to do, all of them at once: what one writes, another reads, and it may answer."""
        self._supervise()
        return all(self._behind(group) == 0 for group in (*GROUPS, *GROUPS))

    def _behind(self, group: str) -> int:
        return sum(end - done for done, end in offsets(self._broker.bootstrap, group, READS[group]).values())

    def behind(self) -> str:
        """How much each group has left to do."""
        return ", ".join(f"{group}: {self._behind(group)}" for group in GROUPS)

    def _say(self, what: str) -> None:
        self.happened.append(f"{time.monotonic() - self._began:7.2f} s  {what}")

    def _stop(self) -> None:
        for worker in (one for workers in self._workers.values() for one in workers):
            worker.process.kill()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
