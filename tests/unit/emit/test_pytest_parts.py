"""Results leave in parts that fit."""

from collections.abc import Mapping, Sequence
from typing import Any

from fixloop.emit.pytest.parts import Parts
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART


class Sent(list[tuple[int, list[Mapping[str, Any]]]]):
    """What was sent; refuses when told to."""

    refuse = False

    def take(self, part: int, results: Sequence[Mapping[str, Any]]) -> bool:
        """One part."""
        self.append((part, list(results)))
        return not self.refuse


def test_parts_have_numbers_without_gaps_and_lose_nothing() -> None:
    """More results than fit into one part."""
    sent = Sent()
    parts = Parts(sent.take)
    results = [{"test_case_name": f"t{number}"} for number in range(MAX_RESULTS_PER_PART + 1)]
    for result in results:
        parts.add(result)
    parts.flush()
    assert [part for part, _ in sent] == list(range(parts.sent)) == [0, 1]
    assert [result for _, part in sent for result in part] == results


def test_a_part_fits_into_an_event() -> None:
    """Long names fill a part before the count does."""
    sent = Sent()
    parts = Parts(sent.take)
    for number in range(200):
        parts.add({"test_case_name": f"{number}" + "é" * 1_000})
    parts.flush()
    assert len(sent) > 1
    assert all(len(dump(part)) < MAX_EVENT_BYTES for _, part in sent)


def test_a_part_that_was_not_written_is_said() -> None:
    """Then a name's absence proves nothing."""
    sent = Sent()
    sent.refuse = True
    parts = Parts(sent.take)
    parts.add({"test_case_name": "a"})
    parts.flush()
    assert parts.complete is False
