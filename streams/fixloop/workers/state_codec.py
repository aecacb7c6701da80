"""A state of the core as bytes for the worker's table, and back: MessagePack, made and read in C.

The fields of the state itself go by their place, those inside by their names. What msgspec cannot tell apart, such as the kinds of facts
in one tuple, takes the core's plain form.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec

from fixloop.detect import SnapshotError, plain_form
from fixloop.detect.replacing import filler

State = TypeVar("State")


class StateCodec(Generic[State]):
    """Writes and reads the states of one type.

    Args:
        kind: the type, a dataclass of the core with two fields or more.
        version: of its states; those of another one are refused.
    """

    def __init__(self, kind: type[State], version: int) -> None:
        of: Any = kind
        names, hints = [field.name for field in fields(of)], get_type_hints(kind)
        self._made: Callable[..., State] = filler(kind)
        self._version = version
        self._get = attrgetter(*names)
        self._plain = [
            (place, hints[name]) for place, name in enumerate(names) if not _is_told_apart(hints[name])
        ]
        plain = {place for place, _ in self._plain}
        parts: Any = tuple(Any if place in plain else hints[name] for place, name in enumerate(names))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[int, tuple[parts]]).decode

    def encode(self, state: State) -> bytes:
        """`state` as bytes; equal states give equal bytes."""
        parts = list(self._get(state))
        for place, kind in self._plain:
            if parts[place]:
                parts[place] = plain_form.plain(parts[place], kind)
        return self._encode((self._version, parts))

    def decode(self, data: bytes) -> State:
        """The state that `encode` wrote.

        Raises:
            SnapshotError: it did not, or in another version.
        """
        try:
            version, found = self._decode(data)
            if version == self._version:
                parts: list[Any] = list(found)
                for place, kind in self._plain:
                    parts[place] = plain_form.of_plain(parts[place], kind)
                return self._made(*parts)
        except (ValueError, TypeError, KeyError, IndexError, msgspec.DecodeError) as error:
            raise SnapshotError(f"not a state: {error}") from error
        raise SnapshotError(f"the state has version {version}, this is version {self._version}")


def _is_told_apart(hint: Any) -> bool:
    """Whether msgspec knows from the bytes which type of a hint is meant."""
    try:
        msgspec.msgpack.Decoder(hint)
    except TypeError:
        return False
    return True
