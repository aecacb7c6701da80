"""When too much is bad to go on."""

from fixloop.workers.bad_messages import BadMessagePolicy, BadMessages


def test_more_than_half_of_enough_messages_is_too_much() -> None:
    """Half is not more than half, and 999 are not 1,000."""
    bad = BadMessages(BadMessagePolicy())
    bad.count(0.0, 999, 999)
    assert (True, False) == (bad.mostly_bad(0.0), bad.too_many(0.0))
    bad.count(1.0, 1, 1)
    assert bad.too_many(1.0)
    bad.count(2.0, 1_000, 0)
    assert (False, False) == (bad.mostly_bad(2.0), bad.too_many(2.0))
    bad.count(3.0, 1, 1)
    assert bad.too_many(3.0)


def test_what_is_older_than_the_window_counts_no_more() -> None:
    """A thousand bad messages in an hour are no flood."""
    bad = BadMessages(BadMessagePolicy())
    for second in range(3_600):
        bad.count(float(second), 1, 1)
        assert not bad.too_many(float(second))
    assert not bad.mostly_bad(3_600.0 + 61)


def test_the_window_is_bounded() -> None:
    """However often it is asked within a minute, it holds some sixty counts."""
    bad = BadMessages(BadMessagePolicy())
    for call in range(100_000):
        bad.count(call * 0.001, 1, 0)
    assert len(bad._slices) <= 62


def test_a_share_of_one_stops_never() -> None:
    """Somebody who wants all of them in the dead letters gets that."""
    bad = BadMessages(BadMessagePolicy(share=1.0))
    bad.count(0.0, 100_000, 100_000)
    assert (False, False) == (bad.mostly_bad(0.0), bad.too_many(0.0))


def test_nothing_is_not_mostly_bad() -> None:
    """Without messages there is nothing to hold back."""
    assert not BadMessages(BadMessagePolicy()).mostly_bad(0.0)
