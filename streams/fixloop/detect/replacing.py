"""`replace` of the standard library, in little more than half of its time: a state has many fields, and an event replaces few of them."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["replace"]

if TYPE_CHECKING:
    # A type checker knows what the fields of that one's argument are.
    from dataclasses import replace
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """A new `value` with other values in some of its fields.

        Args:
            value: a dataclass with more than one field, each of which its constructor takes.
            changes: by field.

        Raises:
            KeyError: it has no such field.
        """
        kind = type(value)
        places, parts_of = _parts(kind)
        parts = list(parts_of(value))
        for name, part in changes.items():
            parts[places[name]] = part
        return kind(*parts)


@cache
def _parts(kind: Any) -> tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]:
    names = [field.name for field in fields(kind)]
    return {name: place for place, name in enumerate(names)}, attrgetter(*names)
