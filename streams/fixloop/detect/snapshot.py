"""A session's state as bytes, and back. JSON, positional, with the state's version in front."""

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from fixloop.detect import facts
from fixloop.detect.state import STATE_VERSION, SessionState

Plain = Any
"""Lists, numbers, strings and None: what JSON keeps as it is."""

_FACT_KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(facts.Fact)}


class SnapshotError(ValueError):
    """The bytes are no snapshot that this version can go on from; read the session anew."""


def snapshot(state: SessionState) -> bytes:
    """`state` as bytes; equal states give equal bytes."""
    return json.dumps([STATE_VERSION, to_plain(state)], separators=(",", ":"), ensure_ascii=False).encode()


def restore(data: bytes) -> SessionState:
    """The state that `snapshot` wrote.

    Raises:
        SnapshotError: not a snapshot, or one of another version.
    """
    try:
        version, plain = json.loads(data)
        state: SessionState | None = reader(SessionState)(plain) if version == STATE_VERSION else None
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise SnapshotError(f"not a snapshot: {error}") from error
    if state is None:
        raise SnapshotError(f"the snapshot has version {version}, this is version {STATE_VERSION}")
    return state


def to_plain(value: Any) -> Plain:
    """A value of the core in its plain form."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return [[key, to_plain(item)] for key, item in value.items()]
    kind: Any = type(value)
    parts = [to_plain(getattr(value, name)) for name in _names(kind)]
    return [kind.__name__, *parts] if kind.__name__ in _FACT_KINDS else parts


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def reader(kind: Any) -> Callable[[Plain], Any]:
    """A function that builds a `kind` from its plain form."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is facts.Fact:
        return _read_fact
    if origin in (typing.Union, types.UnionType):
        (inner,) = (reader(argument) for argument in arguments if argument is not type(None))
        return lambda plain: None if plain is None else inner(plain)
    if origin is tuple:
        item = reader(arguments[0])
        return lambda plain: tuple(item(part) for part in plain)
    if origin is not None and issubclass(origin, Mapping):
        value = reader(arguments[1])
        return lambda plain: {key: value(part) for key, part in plain}
    if is_dataclass(kind):
        return _dataclass_reader(typing.cast("type", kind))
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else lambda plain: plain


def _dataclass_reader(kind: type) -> Callable[[Plain], Any]:
    hints = get_type_hints(kind)
    readers = tuple(reader(hints[name]) for name in _names(kind))
    skip = 1 if kind.__name__ in _FACT_KINDS else 0
    return lambda plain: kind(*(read(part) for read, part in zip(readers, plain[skip:], strict=True)))


def _read_fact(plain: Plain) -> Any:
    return reader(_FACT_KINDS[plain[0]])(plain)
