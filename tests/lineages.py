"""Sessions that learn from each other, on one repository each time: what one fixed another brings back, and a test flips in several."""

import itertools
from collections.abc import Iterable

from fixloop.detect.ledger.flakiness import SETTLED, SUSPECTED
from fixloop_schemas.codec import Event
from tests.builders import Session

TOTAL = "tests/test_shop.py::test_total"
RACE = "tests/test_queue.py::test_race"


def lineage_sessions(repositories: int = 1, first: int = 0) -> list[Session]:
    """For each repository: a fix, its loss in another session, a return of a test, and the sessions in which that test flips.

    In every second one so many flip that the return is withdrawn; in the others it is doubted. `first` is the first one's number.
    """
    return [
        session
        for number in range(first, first + repositories)
        for session in _on_one_repository(f"repository-{number}", SUSPECTED if number % 2 else SETTLED)
    ]


def in_turn(sessions: Iterable[Session]) -> list[Event]:
    """One event of each session after the other, so that all go on at once."""
    turns = itertools.zip_longest(*(session.events for session in sessions))
    return [event for events in turns for event in events if event is not None]


def _on_one_repository(repository: str, flipping: int) -> list[Session]:
    def session(name: str, day: int) -> Session:
        return Session(f"{repository}/{name}", day=day, vcs_repository_name=repository).started()

    fixes = session("fixes", 0).run({TOTAL: "fail"})
    fixes.edit("src/shop.py", before="broken", after="sound", add=["round(x)"], remove=["x"])
    fixes.run({TOTAL: "pass"}).commit().ended()
    breaks = session("breaks", 1).run({TOTAL: "pass"})
    breaks.edit("src/shop.py", before="sound", after="other", add=["int(x)"], remove=["round(x)"])
    breaks.run({TOTAL: "fail"}).ended()
    returns = session("returns", 1).run({RACE: "fail"}).edit("src/queue.py").run({RACE: "pass"})
    returns.edit("src/queue.py").run({RACE: "fail"}).ended()
    flips = [
        session(f"flips-{number}", 2).run({RACE: "pass"}).run({RACE: "fail"}).ended()
        for number in range(flipping)
    ]
    return [fixes, breaks, returns, *flips]
