"""`replace` of the core does what the standard library's does."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest

from fixloop.detect import new_session
from fixloop.detect.replacing import filler, replace


@dataclass(frozen=True, slots=True)
class Named:
    """Fields with the names that a function of ours could use for itself."""

    kind: str = "k"
    value: int = 1
    new: tuple[int, ...] = ()
    copy: str | None = None


@dataclass
class Loose:
    """Without slots."""

    one: int = 1


@dataclass(frozen=True, slots=True)
class Busy:
    """Its constructor does more than to fill it."""

    one: int = 1

    def __post_init__(self) -> None:
        """Do more."""


@pytest.mark.parametrize(
    "changes", [{}, {"kind": "x"}, {"copy": "c", "kind": "x"}, {"new": (1,), "value": 2}]
)
def test_it_equals_the_standard_librarys(changes: dict[str, object]) -> None:
    """In value, hash, class and words; the old value stays."""
    old = Named()
    ours, theirs = replace(old, **changes), dataclasses.replace(old, **changes)  # type: ignore[arg-type]
    assert (ours, hash(ours), repr(ours), type(ours)) == (theirs, hash(theirs), repr(theirs), Named)
    assert old == Named()


def test_a_value_is_made_of_its_fields() -> None:
    """By place; one that is missing is an error, as the constructor's is."""
    made = filler(Named)
    assert (made("k", 2, (3,), None), type(made("k", 2, (3,), None))) == (Named("k", 2, (3,)), Named)
    with pytest.raises(TypeError):
        made("k", 2)


def test_the_copy_is_frozen() -> None:
    """As what it was made of."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(new_session("s1"), next_seq=4).next_seq = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "changes", "message"),
    [
        (Named(), {"color": 1}, "Named has no field color"),
        (Loose(), {"one": 2}, "Loose is more than its slots"),
        (Busy(), {"one": 2}, "Busy is more than its slots"),
    ],
)
def test_what_it_cannot_copy(value: Any, changes: dict[str, int], message: str) -> None:
    """A field that is not there, and what a constructor would have to do."""
    with pytest.raises(TypeError, match=message):
        replace(value, **changes)
