"""`replace` of the standard library, in a quarter of its time: a state has many fields, an event replaces few of them, and does so often.

The constructor of a frozen dataclass sets each field through a call. Here a function is made for each class and each set of fields, once,
as the standard library makes constructors: it fills a twin of the class that is not frozen and has the same slots, and gives it its class.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["filler", "replace"]

Value = TypeVar("Value")

if TYPE_CHECKING:
    # A type checker knows what the fields of that one's argument are.
    from dataclasses import replace
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """A new `value` with other values in some of its fields.

        Args:
            value: a dataclass with slots, which its constructor fills and does nothing else.
            changes: by field.

        Raises:
            TypeError: it has no such field, or no slots.
        """
        return _copier(type(value), tuple(changes))(value, *changes.values())


def filler(kind: type[Value]) -> Callable[..., Value]:
    """What makes a `kind` of all its fields in their order, as its constructor does.

    Raises:
        TypeError: it has no slots, or a constructor that does more than to fill them.
    """
    of: Any = kind
    return partial(_copier(of, tuple(field.name for field in fields(of))), None)


@cache
def _copier(kind: Any, changed: tuple[str, ...]) -> Callable[..., Any]:
    """What copies a value of `kind` with other values of the `changed` fields, which follow it in their order."""
    names = [field.name for field in fields(kind)]
    if unknown := set(changed).difference(names):
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    if "__slots__" not in vars(kind) or hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} is more than its slots")
    twin = type(kind.__name__, (), {"__slots__": tuple(names)})
    lines = (
        f"def _copy(_value, {', '.join(changed)}):",
        " _new = _twin()",
        *(f" _new.{name} = {name if name in changed else f'_value.{name}'}" for name in names),
        " _new.__class__ = _kind",
        " return _new",
    )
    known: dict[str, Any] = {"_twin": twin, "_kind": kind}
    exec("\n".join(lines), known)  # noqa: S102  # made of the names of fields, which are the core's own
    copy: Callable[..., Any] = known["_copy"]
    return copy
