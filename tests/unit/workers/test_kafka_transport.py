"""The thread that speaks with the broker, where the broker has no part in it."""

import asyncio
from pathlib import Path

from fixloop.workers.faust_app import new_app
from fixloop.workers.state_stores import MEMORY


def test_a_thread_that_has_ended_can_be_stopped(tmp_path: Path) -> None:
    """It ends by itself where no broker answers, and whoever stops it then finds its loop closed."""

    async def run() -> None:
        app = new_app("group", "127.0.0.1:1", tmp_path, MEMORY)
        thread = app.consumer._thread
        thread.thread_loop.close()
        thread._stopped_set()
        assert thread.should_stop

    asyncio.run(run())
