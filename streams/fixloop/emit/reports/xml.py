"""XML of others, read as it comes: no entities of its own, no document from elsewhere, bounded in depth and text, one record at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

MAX_DEPTH: Final = 100
MAX_TEXT: Final = 256 * 1024
"""Characters of one element's text that are kept: what a test printed may be without end."""
MAX_CHILDREN: Final = 10_000
"""Of one record."""
MAX_CHUNK: Final = 256 * 1024


class UnsafeXmlError(Exception):
    """The document declares entities, or is too deep: it is not read."""


class BrokenXmlError(Exception):
    """The document is not well-formed, or breaks off."""


@dataclass(slots=True)
class Element:
    """One element with what is in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def first(self, *tags: str) -> "Element | None":
        """The first child that is called so."""
        return next((child for child in self.children if child.tag in tags), None)

    def all(self, *tags: str) -> list["Element"]:
        """The children that are called so."""
        return [child for child in self.children if child.tag in tags]


@dataclass(frozen=True, slots=True)
class Record:
    """An element that was asked for, and the elements around it from the outermost on, without their content."""

    element: Element
    around: tuple[Element, ...]


def records(chunks: Iterable[bytes], wanted: Sequence[str]) -> Iterator[Record]:
    """The elements whose tags are wanted, each when it ends. One within another comes as a child alone.

    Raises:
        UnsafeXmlError: it declares entities or is too deep.
        BrokenXmlError: it is not well-formed or breaks off.
    """
    reading = _Reading(frozenset(wanted))
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    for chunk in chunks:
        for start in range(0, len(chunk), MAX_CHUNK):
            _feed(lambda part: parser.Parse(part, False), chunk[start : start + MAX_CHUNK])
            yield from reading.take()
    _feed(lambda part: parser.Parse(part, True), b"")
    yield from reading.take()


class _Reading:
    """The state between expat's calls."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._around: list[Element] = []
        self._record: list[Element] = []
        self._size = 0
        self._ready: list[Record] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._around) + len(self._record) >= MAX_DEPTH:
            raise UnsafeXmlError(f"elements lie more than {MAX_DEPTH} deep")
        name = tag.rpartition(":")[2]
        element = Element(name, {key: value[:MAX_TEXT] for key, value in attributes.items()})
        if self._record:
            if self._size < MAX_CHILDREN:
                self._record[-1].children.append(element)
            self._size += 1
            self._record.append(element)
        elif name in self._wanted:
            self._record, self._size = [element], 0
        else:
            self._around.append(element)

    def end(self, _tag: str) -> None:
        """An element ends."""
        if not self._record:
            self._around.pop()
            return
        element = self._record.pop()
        if not self._record:
            self._ready.append(Record(element, tuple(self._around)))

    def text(self, text: str) -> None:
        """Text within the innermost element."""
        if self._record and len(self._record[-1].text) < MAX_TEXT:
            self._record[-1].text += text[: MAX_TEXT - len(self._record[-1].text)]

    def take(self) -> list[Record]:
        """What has ended since the last call."""
        ready, self._ready = self._ready, []
        return ready


def _feed(parse: Callable[[bytes], object], part: bytes) -> None:
    try:
        parse(part)
    except expat.ExpatError as error:
        raise BrokenXmlError(f"not well-formed XML at line {error.lineno}") from None


def _refuse(*_: object) -> int:
    raise UnsafeXmlError("it declares entities, which no report needs")
