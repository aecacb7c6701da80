"""`fixloop worker`: the roles of one process, from their start to their orderly end.

Each role is a Faust application of its own (`groups.py` says why). They share a process, its metrics and its end: when one cannot go on,
all stop, and the process says why.
"""

import asyncio
import fcntl
import logging
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

from fixloop.errors import FixloopError, UsageError
from fixloop.kafka_connection import KafkaConnection
from fixloop.kafka_errors import nobody_answers
from fixloop.land.store import Store, directory_of, open_store
from fixloop.land.store_socket import StoreServer
from fixloop.observe.heartbeat import Heartbeat
from fixloop.observe.http import serve
from fixloop.observe.metrics import Metrics
from fixloop.workers import lander, process_memory
from fixloop.workers.bad_messages import BadMessagePolicy
from fixloop.workers.checkpoints import Checkpoints
from fixloop.workers.counting import Counting
from fixloop.workers.faust_app import is_away, new_app, quiet
from fixloop.workers.folding_role import FoldingRole
from fixloop.workers.foldings import LEDGERS, SESSIONS, Folding
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop.workers.health import Health
from fixloop.workers.lander import Lander
from fixloop.workers.readiness import Readiness
from fixloop.workers.tunables import Tunables

DETECT: Final = "detect"
LEDGER: Final = "ledger"
LAND: Final = lander.PART
ROLES: Final = (DETECT, LEDGER, LAND)

_FOLDING: Final[Mapping[str, tuple[str, Folding[Any]]]] = MappingProxyType(
    {DETECT: (DETECT_GROUP, SESSIONS), LEDGER: (LEDGER_GROUP, LEDGERS)}
)
"""The roles that fold: the group of each, and what it folds."""

_WORKER: Final = "worker"
"""What says of the whole process that it is not ready; the roles speak for themselves."""
_EXPIRE_SECONDS: Final = 600.0
_TELL_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 5.0
"""For each of the two steps of stopping. What is not safe by then, such as while the store is away, is read again."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is told."""

    roles: tuple[str, ...]
    kafka: KafkaConnection
    dsn: str
    """The store, for the role `land`."""
    threshold: float
    """The confidence from which a detection alerts."""
    tunables: Tunables
    said: Callable[[str], object]
    """Told, in a sentence each, what somebody who starts a worker wants to know."""


def run_worker(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        FixloopError: it cannot begin, or cannot go on; the offsets are those of what is safe.
    """
    process_memory.tune()
    metrics, readiness = Metrics(), Readiness()
    heartbeat = Heartbeat(settings.tunables.stuck_seconds)
    readiness.not_ready(_WORKER, "starting")
    with ExitStack() as stack:
        directory = _directory(settings.tunables.state, stack)
        store = _opened(settings.dsn, stack) if LAND in settings.roles else None
        if settings.tunables.address:
            host, port = settings.tunables.address
            server = serve(metrics, readiness, heartbeat, host=host, port=port)
            stack.callback(server.close)
            settings.said(f"metrics on http://{host}:{server.port}/metrics")
        asyncio.run(_run(settings, directory, store, metrics, readiness, heartbeat))


def _directory(chosen: Path | None, stack: ExitStack) -> Path:
    """Where the states lie: the chosen directory, made for its owner alone when it is not there, else one that goes with the process."""
    if chosen is None:
        return Path(stack.enter_context(TemporaryDirectory(prefix="fixloop-worker-")))
    try:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        _hold(chosen, stack)
    except OSError as error:
        raise UsageError(
            f"The directory {chosen} cannot hold the worker's states: {error.strerror}."
        ) from error
    return chosen


def _hold(directory: Path, stack: ExitStack) -> None:
    """Keep other workers out of a directory of states: two of them would each write what the other one does not know."""
    lock = stack.enter_context((directory / "lock").open("a"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"Another worker keeps its states in {directory}. Give each worker a directory of its own with --state."
        ) from None


def _opened(dsn: str, stack: ExitStack) -> Store:
    store = stack.enter_context(open_store(dsn))
    store.migrate()
    directory = directory_of(dsn)
    if directory is not None:
        stack.enter_context(StoreServer(store, directory))
    return store


async def _run(
    settings: WorkerSettings,
    directory: Path,
    store: Store | None,
    metrics: Metrics,
    readiness: Readiness,
    heartbeat: Heartbeat,
) -> None:
    counting = Counting(metrics, settings.threshold)
    end = _End()
    parts = [
        _folding(role, settings, directory, counting, readiness, end)
        for role in settings.roles
        if role in _FOLDING
    ]
    if store is not None:
        parts.append(_landing(settings, directory, store, counting, metrics, readiness, end))
    apps = [part.app for part in parts]
    healths = [Health(app, metrics, readiness, settings.tunables.most_lag) for app in apps]
    watching = [asyncio.create_task(work) for work in (heartbeat.keep(), *(one.watch() for one in healths))]
    try:
        with quiet():
            if await end.comes_before(_start(apps), apps):
                return
        readiness.ready(_WORKER)
        settings.said(f"fixloop worker {' '.join(settings.roles)}: ready")
        await end.comes_before(asyncio.Event().wait(), apps)
    finally:
        readiness.not_ready(_WORKER, "stopping")
        await asyncio.gather(*map(_stop, parts))
        for task in watching:
            task.cancel()
        end.raise_for_error(settings.kafka)


@dataclass(frozen=True, slots=True)
class _Part:
    """One role at work."""

    app: Any
    checkpoints: Checkpoints


async def _start(apps: list[Any]) -> None:
    for app in apps:
        await app.start()


def _folding(
    part: str,
    settings: WorkerSettings,
    directory: Path,
    counting: Counting,
    readiness: Readiness,
    end: "_End",
) -> _Part:
    group, folding = _FOLDING[part]
    tunables = settings.tunables
    policy = BadMessagePolicy(tunables.bad_share, tunables.bad_least, tunables.bad_seconds)
    app = new_app(group, settings.kafka, directory)
    role = FoldingRole(part, folding, app, counting, readiness, policy, tunables.session_gap)
    checkpoints = Checkpoints(app, role, tunables.checkpoint_seconds, end.because)

    async def expire() -> None:
        await checkpoints.alone(lambda: role.expire(datetime.now(UTC)))

    app.agent(role.source, concurrency=1, name=part)(checkpoints.work)
    app.timer(_EXPIRE_SECONDS)(expire)
    return _Part(app, checkpoints)


def _landing(
    settings: WorkerSettings,
    directory: Path,
    store: Store,
    counting: Counting,
    metrics: Metrics,
    readiness: Readiness,
    end: "_End",
) -> _Part:
    app = new_app(LAND_GROUP, settings.kafka, directory)
    role = Lander(app, store, counting, metrics, readiness, settings.tunables.land_rows)
    checkpoints = Checkpoints(app, role, settings.tunables.land_seconds, end.because)

    async def tell_age() -> None:
        role.tell_age(datetime.now(UTC))

    app.agent(role.source, concurrency=1, name=LAND)(checkpoints.work)
    app.timer(_TELL_SECONDS)(tell_age)
    return _Part(app, checkpoints)


class _End:
    """When the process ends, and why."""

    def __init__(self) -> None:
        self._now = asyncio.Event()
        self._error: BaseException | None = None
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._now.set)

    def because(self, error: BaseException) -> None:
        """End with an error; the first one counts."""
        self._error = self._error or error
        self._now.set()

    async def comes_before(self, work: Coroutine[Any, Any, Any], apps: list[Any]) -> bool:
        """Whether the end comes, by a signal, an error, or because an application stopped by itself, before `work` is done."""
        working = asyncio.create_task(work)
        ends = [asyncio.create_task(self._now.wait())]
        ends += [asyncio.create_task(app.wait_for_stopped(self._now)) for app in apps]
        try:
            await asyncio.wait({working, *ends}, return_when=asyncio.FIRST_COMPLETED)
            for app in apps:
                if app.crash_reason is not None:
                    self.because(app.crash_reason)
            if working.done() and not self._now.is_set():
                working.result()
                return False
        except Exception as error:
            if not is_away(error):
                _log.exception("the worker cannot begin")
            self.because(error)
        finally:
            for task in (working, *ends):
                task.cancel()
        return True

    def raise_for_error(self, kafka: KafkaConnection) -> None:
        """Raise what ended the work, at these brokers.

        Raises:
            FixloopError: something did.
        """
        if isinstance(self._error, FixloopError):
            raise self._error
        if is_away(self._error):
            # It answered a moment ago, when the topics were looked at; who has begun waits for it to come back.
            raise nobody_answers(kafka, self._error) from self._error
        if self._error is not None:
            raise FixloopError(
                f"The worker could not go on: {type(self._error).__name__}: {self._error}. What it has not settled is read again."
            ) from self._error


async def _stop(part: _Part) -> None:
    """Stop an application within a bounded time; what it holds is made safe and committed."""
    for stop in (part.checkpoints.end, part.app.stop):
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await stop()
        except Exception:
            _log.exception("an application did not stop in order")
