"""The heartbeat: whether the loop of the work turns, as another thread sees it."""

import asyncio
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.request import urlopen

from fixloop.observe.heartbeat import Heartbeat
from fixloop.observe.http import serve
from fixloop.observe.metrics import Metrics
from tests.services.polling import poll


def test_silence_is_told_after_its_time() -> None:
    """Before the first beat nothing is wrong: the work has not begun. A beat ends the silence."""
    now = 100.0
    heartbeat = Heartbeat(30.0, clock=lambda: now)
    now = 500.0
    assert heartbeat() is None
    heartbeat.beat()
    now = 530.0
    assert heartbeat() is None
    now = 531.0
    assert "nothing was done for 31 seconds" == heartbeat()
    heartbeat.beat()
    assert heartbeat() is None


def test_a_loop_that_stands_still_fails_its_health() -> None:
    """A call that blocks the loop: `/healthz` says so from its own thread, and is well again when the loop turns again."""
    heartbeat = Heartbeat(0.5)
    release, over = Event(), Event()

    async def work() -> None:
        beating = asyncio.create_task(heartbeat.keep())
        await asyncio.sleep(0)
        release.wait()
        await asyncio.to_thread(over.wait)
        beating.cancel()

    loop = Thread(target=lambda: asyncio.run(work()))
    server = serve(Metrics(), lambda: None, heartbeat)
    try:
        loop.start()
        poll("it is said", lambda: _health(server.port) == 503)
        release.set()
        poll("it goes on", lambda: _health(server.port) == 200)
    finally:
        release.set()
        over.set()
        loop.join()
        server.close()


def _health(port: int) -> int:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
