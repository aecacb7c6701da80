"""`fixloop worker`: the roles of one process, from their start to their orderly end.

Each role is a Faust application of its own (`groups.py` says why). They share a process, its metrics and its end: when one cannot go on,
all stop, and the process says why.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

from fixloop.errors import FixloopError
from fixloop.land.store import Store, directory_of, open_store
from fixloop.land.store_socket import StoreServer
from fixloop.observe.http import serve
from fixloop.observe.metrics import Metrics
from fixloop.workers import lander
from fixloop.workers.bad_messages import BadMessagePolicy
from fixloop.workers.batches import Batch, Batches, BatchGoneError
from fixloop.workers.counting import Counting
from fixloop.workers.faust_app import new_app
from fixloop.workers.folding_role import FoldingRole
from fixloop.workers.foldings import LEDGERS, SESSIONS, Folding
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop.workers.lander import Lander
from fixloop.workers.readiness import Readiness
from fixloop.workers.sending import NotSentError

DETECT: Final = "detect"
LEDGER: Final = "ledger"
LAND: Final = lander.PART
ROLES: Final = (DETECT, LEDGER, LAND)

_FOLDING: Final[Mapping[str, tuple[str, Folding[Any]]]] = MappingProxyType(
    {DETECT: (DETECT_GROUP, SESSIONS), LEDGER: (LEDGER_GROUP, LEDGERS)}
)
"""The roles that fold: the group of each, and what it folds."""

_FOLD_BATCH: Final = 500
_FOLD_SECONDS: Final = 0.1
_LAND_BATCH: Final = 5_000
_LAND_SECONDS: Final = 0.5
_TIDY_SECONDS: Final = 5.0
_EXPIRE_SECONDS: Final = 600.0
_STOP_SECONDS: Final = 20.0

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is told."""

    roles: tuple[str, ...]
    bootstrap: str
    dsn: str
    """The store, for the role `land`."""
    threshold: float
    """The confidence from which a detection alerts."""
    policy: BadMessagePolicy
    metrics_address: tuple[str, int] | None
    """Where `/metrics` is served; None: nowhere."""
    said: Callable[[str], object]
    """Told, in a sentence each, what somebody who starts a worker wants to know."""


def run_worker(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        FixloopError: it cannot begin, or cannot go on; the offsets are those of what is safe.
    """
    metrics, readiness = Metrics(), Readiness()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="fixloop-worker-")))
        store = _opened(settings.dsn, stack) if LAND in settings.roles else None
        if settings.metrics_address:
            host, port = settings.metrics_address
            server = serve(metrics, readiness, host, port)
            stack.callback(server.close)
            settings.said(f"metrics on http://{host}:{server.port}/metrics")
        asyncio.run(_run(settings, directory, store, metrics, readiness))


def _opened(dsn: str, stack: ExitStack) -> Store:
    store = stack.enter_context(open_store(dsn))
    store.migrate()
    directory = directory_of(dsn)
    if directory is not None:
        stack.enter_context(StoreServer(store, directory))
    return store


async def _run(
    settings: WorkerSettings, directory: Path, store: Store | None, metrics: Metrics, readiness: Readiness
) -> None:
    counting = Counting(metrics, settings.threshold)
    end = _End()
    apps = [
        _folding(role, settings, directory, counting, readiness, end)
        for role in settings.roles
        if role in _FOLDING
    ]
    if store is not None:
        apps.append(_landing(settings, directory, store, counting, metrics, readiness, end))
    for part in settings.roles:
        readiness.not_ready(part, "starting")
    try:
        if await end.comes_before(_start(apps), apps):
            return
        for part in settings.roles:
            readiness.ready(part)
        settings.said(f"fixloop worker {' '.join(settings.roles)}: ready")
        await end.comes_before(asyncio.Event().wait(), apps)
    finally:
        for part in settings.roles:
            readiness.not_ready(part, "stopping")
        await _stop(apps)
        end.raise_for_error()


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
) -> Any:
    group, folding = _FOLDING[part]
    app = new_app(group, settings.bootstrap, directory)
    batches = Batches(app)
    role = FoldingRole(part, folding, app, batches, counting, readiness, settings.policy)

    async def work(stream: Any) -> None:
        async for batch in batches.of(stream, _FOLD_BATCH, _FOLD_SECONDS):
            await _worked(role.work, batch, batches, end)

    async def tidy() -> None:
        async with batches.lock:
            await role.tidy()

    async def expire() -> None:
        async with batches.lock:
            try:
                await role.expire(datetime.now(UTC))
            except NotSentError as error:
                _log.warning("states that have expired stay for now: %s", error)

    app.agent(role.source, concurrency=1, name=part)(work)
    app.timer(_TIDY_SECONDS)(tidy)
    app.timer(_EXPIRE_SECONDS)(expire)
    return app


def _landing(
    settings: WorkerSettings,
    directory: Path,
    store: Store,
    counting: Counting,
    metrics: Metrics,
    readiness: Readiness,
    end: "_End",
) -> Any:
    app = new_app(LAND_GROUP, settings.bootstrap, directory)
    batches = Batches(app)
    role = Lander(app, store, counting, metrics, readiness)

    async def land(stream: Any) -> None:
        async for batch in batches.of(stream, _LAND_BATCH, _LAND_SECONDS):
            await _worked(role.work, batch, batches, end)

    app.agent(role.source, concurrency=1, name=LAND)(land)
    return app


async def _worked(
    work: Callable[[Batch], Awaitable[None]], batch: Batch, batches: Batches, end: "_End"
) -> None:
    """Let a role work on a batch. Whatever it raises, no exception leaves the agent: Faust would take the batch for done."""
    try:
        async with batches.lock:
            await work(batch)
    except BatchGoneError:
        _log.info("a batch went to another worker with its partitions")
    except Exception as error:
        if not isinstance(error, FixloopError):
            _log.exception("the worker cannot go on")
        end.because(error)
        # Nothing more is to be taken; the end of the application cancels this.
        await asyncio.Event().wait()


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
            _log.exception("the worker cannot begin")
            self.because(error)
        finally:
            for task in (working, *ends):
                task.cancel()
        return True

    def raise_for_error(self) -> None:
        """Raise what ended the work.

        Raises:
            FixloopError: something did.
        """
        if isinstance(self._error, FixloopError):
            raise self._error
        if self._error is not None:
            raise FixloopError(
                f"The worker could not go on: {type(self._error).__name__}: {self._error}. What it has not settled is read again."
            ) from self._error


async def _stop(apps: list[Any]) -> None:
    """Stop the applications, each within a bounded time; what is acknowledged is committed."""
    for app in apps:
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await app.stop()
        except Exception:
            _log.exception("an application did not stop in order")
