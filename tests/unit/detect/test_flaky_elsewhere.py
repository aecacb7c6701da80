"""What other sessions know of a test, and what that does to a session's returns."""

import pytest

from fixloop.detect.ledger.flakiness import SETTLED, SUSPECTED
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus, Kind
from tests.builders import Session, fold_all, latest

RACE = "tests/test_queue.py::test_race"


def flipping(number: int, day: int = 0) -> Session:
    """A session in which the test changes its outcome with no edit in between."""
    return Session(f"flips-{number}", day=day).run({RACE: "pass"}).run({RACE: "fail"})


def returning(day: int = 1) -> Session:
    """A session in which the test comes back after a fix, as far as the session can see."""
    session = Session("returns", day=day).run({RACE: "fail"}).edit("src/queue.py").run({RACE: "pass"})
    return session.edit("src/queue.py").run({RACE: "fail"})


def said(*sessions: Session) -> DetectionRecordedV1:
    """The latest word on the reintroduction."""
    versions = fold_all(sessions).of("file", "returns").versions
    (found,) = [found for found in latest(versions) if found.kind is Kind.REINTRODUCTION]
    return found


def test_alone_a_session_believes_its_own_eyes() -> None:
    """Fewer sessions than `SUSPECTED` move nothing."""
    alone = said(returning())
    assert alone == said(*(flipping(number) for number in range(SUSPECTED - 1)), returning())


def test_doubt_grows_with_the_sessions_that_saw_it_flip() -> None:
    """From `SUSPECTED` on the confidence falls, from `SETTLED` on it is withdrawn."""
    words = [said(*(flipping(each) for each in range(count)), returning()) for count in range(SETTLED + 1)]
    assert words[SUSPECTED].confidence < words[0].confidence
    assert words[SUSPECTED + 1].confidence < words[SUSPECTED].confidence
    assert DetectionStatus.OPEN is words[SETTLED - 1].status
    assert DetectionStatus.WITHDRAWN is words[SETTLED].status


def test_later_sessions_teach_an_earlier_one() -> None:
    """What is learned after a session ended still revises it, by a new version of the same detection."""
    later = [flipping(number, day=2) for number in range(SETTLED)]
    alone, taught = said(returning()), said(returning(), *later)
    assert alone.detection_id == taught.detection_id
    assert taught.detection_version > alone.detection_version
    assert DetectionStatus.WITHDRAWN is taught.status


def test_flips_of_long_ago_say_nothing() -> None:
    """Tests get mended: a session speaks for another within thirty days."""
    assert said(returning(60)) == said(*(flipping(number) for number in range(SETTLED)), returning(60))


def test_a_session_that_flips_all_day_is_one_session() -> None:
    """Sessions count, not flips."""
    restless = Session("restless")
    for _ in range(SETTLED):
        restless.run({RACE: "pass"}).run({RACE: "fail"})
    assert said(returning()) == said(restless, returning())


@pytest.mark.parametrize("count", [SUSPECTED, SETTLED])
def test_the_order_of_learning_leaves_no_trace(count: int) -> None:
    """Whether the flips were known before the return or after it, the last word is the same, with the same version."""
    flips = [flipping(number) for number in range(count)]
    assert said(*flips, returning()) == said(returning(), *flips)
