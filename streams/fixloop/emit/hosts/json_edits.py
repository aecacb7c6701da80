"""Values put into the text of a JSON file and taken out of it, in the way that the text is written. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fixloop.emit.hosts.json_text import Member, Node

_SAME_LINE_COMMENTS: Final = re.compile(r"(?:[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/))+")
_INDENT: Final = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the text, and what stands there instead."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits, none of which touches another; those at one place in the order in which they come."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def newline_of(text: str) -> str:
    """How the text ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def unit_of(text: str, root: Node) -> str:
    """One step of indentation: that of the first value that stands on a line of its own."""
    first = root.members[0].start if root.members else 0
    indent = _indent_before(text, first)
    return indent or "  "


def put(text: str, container: Node, children: Sequence[tuple[str, Any]], unit: str) -> list[Edit]:
    """The edits that put children behind the last value of an object or array.

    Args:
        text: the whole text.
        container: where they go.
        children: name (of no meaning in an array) and value.
        unit: one step of indentation.
    """
    newline, is_object = newline_of(text), container.kind == "object"
    last = container.members[-1] if container.members else None
    if last is None:
        return _put_into_empty(text, container, children, unit)
    own_line = _indent_before(text, container.members[0].start)
    flat = "\n" not in text[container.start : container.end]
    indent = _line_indent(text, container.start) if own_line is None else own_line
    between = " " if flat or own_line is None else newline + indent
    if flat and not re.search(r"[,:]\s", text[container.start : container.end]):
        between = ""
    at = last.end if last.comma is None else last.comma + 1
    edits = [Edit(at, at, ",")] if last.comma is None else []
    if comments := _SAME_LINE_COMMENTS.match(text, at):
        at = comments.end()
        between = newline + indent
    rendered = [
        _rendered(name if is_object else None, value, "" if flat else unit, indent, newline, between == "")
        for name, value in children
    ]
    end = "," if last.comma is not None else ""
    return [*edits, Edit(at, at, between + f",{between}".join(rendered) + end)]


def take(text: str, container: Node, gone: Sequence[Member]) -> list[Edit]:
    """The edits that take values out of an object or array, each with its comma."""
    left = [member for member in container.members if member not in gone]
    inner = text[container.start + 1 : container.end - 1]
    if not left and not _comments_between(text, container):
        return [Edit(container.start + 1, container.end - 1, "")] if inner else []
    edits = []
    for member in gone:
        end = member.end if member.comma is None else member.comma + 1
        first = all(member.start < other.start for other in left)
        if first and left and member.comma is not None:
            edits.append(Edit(member.start, _after_space(text, end), ""))
            continue
        edits.append(Edit(_before_space(text, member.start), member.end, ""))
        if member.comma is not None:
            edits.append(Edit(member.comma, end, ""))
    if left and left[-1].comma is not None and container.members[-1].comma is None:
        edits.append(Edit(left[-1].comma, left[-1].comma + 1, ""))
    return edits


def rendered_document(value: Any) -> str:
    """A file of its own."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _put_into_empty(text: str, container: Node, children: Sequence[tuple[str, Any]], unit: str) -> list[Edit]:
    newline, outer = newline_of(text), _line_indent(text, container.start)
    indent = outer + unit
    rendered = [
        _rendered(name if container.kind == "object" else None, value, unit, indent, newline, False)
        for name, value in children
    ]
    inner = text[container.start + 1 : container.end - 1]
    at = container.start + 1 + len(inner.rstrip())
    body = f",{newline}{indent}".join(rendered)
    return [Edit(at, container.end - 1, f"{newline}{indent}{body}{newline}{outer}")]


def _rendered(name: str | None, value: Any, unit: str, indent: str, newline: str, tight: bool) -> str:
    separators = (",", ":") if tight else None
    body = json.dumps(value, indent=unit or None, ensure_ascii=False, separators=separators)
    body = body.replace("\n", newline + indent)
    if name is None:
        return body
    return f"{json.dumps(name, ensure_ascii=False)}:{'' if tight else ' '}{body}"


def _indent_before(text: str, at: int) -> str | None:
    """What stands before a place on its line, if that is only space and the line is not the first."""
    start = text.rfind("\n", 0, at) + 1
    before = text[start:at]
    return before if start and not before.strip() else None


def _line_indent(text: str, at: int) -> str:
    match = _INDENT.match(text, text.rfind("\n", 0, at) + 1)
    return match[0] if match else ""


def _comments_between(text: str, container: Node) -> bool:
    at, pieces = container.start + 1, []
    for member in container.members:
        pieces.append(text[at : member.start])
        at = member.end
    pieces.append(text[at : container.end - 1])
    return any(piece.strip(" \t\r\n,") for piece in pieces)


def _before_space(text: str, at: int) -> int:
    return len(text[:at].rstrip(" \t\r\n"))


def _after_space(text: str, at: int) -> int:
    return len(text) - len(text[at:].lstrip(" \t\r\n"))
