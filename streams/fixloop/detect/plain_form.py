"""A state of the core as bytes, and back. JSON, positional, with the state's version in front.

How a type is written and read follows from its annotations, once; what JSON keeps as it is costs nothing but its place in a list.
"""

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from fixloop.detect import facts

State = TypeVar("State")

Convert = Callable[[Any], Any]
"""From a value of the core to lists, numbers, strings and None, or back."""

_FIELDS = "__dataclass_fields__"
_FACT_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(facts.Fact)}


class SnapshotError(ValueError):
    """The bytes are no snapshot that this version can go on from; what it stood for is to be read anew."""


def encode(state: Any, version: int) -> bytes:
    """`state` as bytes; equal states give equal bytes.

    Args:
        state: a dataclass of the core.
        version: the version of its type.
    """
    return json.dumps(
        [version, plain(state, type(state))], separators=(",", ":"), ensure_ascii=False
    ).encode()


def decode(data: bytes, kind: type[State], version: int) -> State:
    """The state that `encode` wrote.

    Raises:
        SnapshotError: not a snapshot of this type, or one of another version.
    """
    try:
        found, parts = json.loads(data)
        if found == version:
            state: State = of_plain(parts, kind)
            return state
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise SnapshotError(f"not a snapshot of a {kind.__name__}: {error}") from error
    raise SnapshotError(f"the snapshot of a {kind.__name__} has version {found}, this is version {version}")


def plain(value: Any, kind: Any) -> Any:
    """A value of the type `kind` as lists, numbers, strings and None."""
    write = _writer(kind)
    return value if write is None else write(value)


def of_plain(value: Any, kind: Any) -> Any:
    """The value of the type `kind` that `plain` took; may raise any of `ValueError`, `TypeError`, `KeyError` and `IndexError`."""
    read = _reader(kind)
    return value if read is None else read(value)


@cache
def _writer(kind: Any) -> Convert | None:
    """What makes a `kind` plain; None when it is."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is facts.Fact:
        return _write_fact
    if origin in (typing.Union, types.UnionType):
        return _optional(_writer(_inner(arguments)))
    if origin is tuple:
        item = _writer(arguments[0])
        return None if item is None else lambda values: [item(value) for value in values]
    if origin is not None and issubclass(origin, Mapping):
        value = _writer(arguments[1])
        if value is None:
            return lambda entries: list(entries.items())
        return lambda entries: [(key, value(entry)) for key, entry in entries.items()]
    return _fields_writer(kind) if hasattr(kind, _FIELDS) else None


def _write_fact(fact: facts.Fact) -> list[Any]:
    kind: Any = type(fact)
    return [kind.__name__, *_fields_writer(kind)(fact)]


@cache
def _fields_writer(kind: Any) -> Convert:
    names, hints = _names(kind), get_type_hints(kind)
    get = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    writers = [(place, write) for place, name in enumerate(names) if (write := _writer(hints[name]))]

    def write_fields(value: Any) -> list[Any]:
        parts = list(get(value))
        for place, write in writers:
            parts[place] = write(parts[place])
        return parts

    return write_fields


@cache
def _reader(kind: Any) -> Convert | None:
    """What makes a `kind` of its plain form; None when that is the same."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is facts.Fact:
        return lambda plain: _fields_reader(_FACT_KINDS[plain[0]])(plain[1:])
    if origin in (typing.Union, types.UnionType):
        return _optional(_reader(_inner(arguments)))
    if origin is tuple:
        item = _reader(arguments[0])
        return tuple if item is None else lambda plain: tuple([item(part) for part in plain])
    if origin is not None and issubclass(origin, Mapping):
        value = _reader(arguments[1])
        return dict if value is None else lambda plain: {key: value(part) for key, part in plain}
    if hasattr(kind, _FIELDS):
        return _fields_reader(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else None


@cache
def _fields_reader(kind: Any) -> Convert:
    names, hints = _names(kind), get_type_hints(kind)
    readers = [(place, read) for place, name in enumerate(names) if (read := _reader(hints[name]))]

    def read_fields(plain: list[Any]) -> Any:
        if len(plain) != len(names):
            raise ValueError(f"a {kind.__name__} has {len(names)} fields, not {len(plain)}")
        for place, read in readers:
            plain[place] = read(plain[place])
        return kind(*plain)

    return read_fields


def _optional(convert: Convert | None) -> Convert | None:
    return None if convert is None else lambda value: None if value is None else convert(value)


def _inner(arguments: tuple[Any, ...]) -> Any:
    (inner,) = (argument for argument in arguments if argument is not type(None))
    return inner


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
