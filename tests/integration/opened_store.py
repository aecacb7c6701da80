"""A migrated store of its own for a test."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fixloop.land.rows import combined, rows_of
from fixloop.land.store import Store, dsn_of, open_store
from fixloop.workers.watched_sessions import WatchedSessions
from fixloop_schemas.codec import Event
from tests.builders import Session


@contextmanager
def opened_store(directory: Path) -> Iterator[Store]:
    """The store in `directory`, migrated."""
    with open_store(dsn_of(directory)) as store:
        store.migrate()
        yield store


def cycle(session_id: str = "s1", **attribution: Any) -> Session:
    """A session with a coupled cycle: fixing a brings b, fixing b brings a back, and once more."""
    session = Session(session_id, **attribution).started()
    session.run(a="fail", b="pass").edit(add=["x = 1"], remove=["x = 0"]).run(a="pass", b="fail")
    session.edit(add=["x = 2"], remove=["x = 1"]).run(a="fail", b="pass")
    session.edit(add=["x = 3"], remove=["x = 2"]).run(a="pass", b="fail")
    return session.edit(add=["x = 4"], remove=["x = 3"]).run(a="fail", b="pass").ended()


def detections_of(events: Iterable[Event]) -> list[Event]:
    """What folding the events finds, without a store: by session, and in each in the order in which it is said."""
    watched = WatchedSessions()
    for event in events:
        watched.fold(watched.of("file", event.data.session_id), event)
    return [event for session in watched.by_file.values() for event in session.found]


def expected_content(directory: Path, events: Iterable[Event]) -> dict[str, list[tuple[Any, ...]]]:
    """What the views say when every event and every detection is written exactly once, in one go."""
    events = list(events)
    with opened_store(directory) as store:
        store.insert(combined(map(rows_of, [*events, *detections_of(events)])))
        return content(store)


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every view that people read."""
    return {view: sorted(store.query(f"SELECT * FROM {view}").rows, key=repr) for view in VIEWS}  # noqa: S608


VIEWS = ("events", "edits", "test_runs", "test_results", "detections", "detection_versions", "dead_letters")
