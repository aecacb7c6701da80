"""JSON as its text: every value knows where it stands, so that a change touches nothing else.

Comments and commas behind the last value are read where the file's owner reads them. Pure.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<comment>//[^\r\n]*|/\*.*?\*/)"
    r'|(?P<string>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")'
    r"|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<mark>[{}\[\],:])",
    re.DOTALL,
)
_DEEPEST: Final = 200
_MARK_OF_ORDER: Final = "\ufeff"


class NotJsonError(ValueError):
    """The text is not what it should be; says where, and why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """A value in an object or an array."""

    key: str
    """Empty in an array."""
    start: int
    """Where its key begins, or the value in an array."""
    value: "Node"
    comma: int | None
    """Where the comma behind it stands, if there is one."""

    @property
    def end(self) -> int:
        """Where its value ends."""
        return self.value.end


@dataclass(frozen=True, slots=True)
class Node:
    """A value, and where it stands."""

    kind: str
    """`object`, `array` or `plain`."""
    start: int
    end: int
    plain: Any = None
    members: tuple[Member, ...] = ()

    @property
    def value(self) -> Any:
        """The value as Python has it; of a name that is given twice, the last."""
        if self.kind == "object":
            return {member.key: member.value.value for member in self.members}
        return [member.value.value for member in self.members] if self.kind == "array" else self.plain

    def get(self, key: str) -> "Node | None":
        """The value of that name in an object; of a name that is given twice, the last."""
        found = [member.value for member in self.members if member.key == key and self.kind == "object"]
        return found[-1] if found else None


def tokens_of(text: str) -> tuple[Token, ...]:
    """The text in pieces, spaces and comments too. Raises `NotJsonError`."""
    tokens, at = [], len(_MARK_OF_ORDER) if text.startswith(_MARK_OF_ORDER) else 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            _refuse(text, at, f"{text[at]!r} cannot stand here")
        tokens.append(Token(str(match.lastgroup), at, match.end(), match[0]))
        at = match.end()
    return tuple(tokens)


def parse(text: str, *, comments: bool = True, commas: bool = True) -> Node:
    """The value that the text is.

    Args:
        text: JSON; a mark of byte order before it is passed over.
        comments: whether comments may be in it.
        commas: whether a comma may stand behind the last value.

    Raises:
        NotJsonError: it is none.
    """
    tokens = [token for token in tokens_of(text) if token.kind != "space"]
    for token in tokens:
        if token.kind == "comment" and not comments:
            _refuse(text, token.start, "a comment cannot stand in this file")
    return _Reader(text, [token for token in tokens if token.kind != "comment"], commas).document()


class _Reader:
    def __init__(self, text: str, tokens: list[Token], commas: bool) -> None:
        self._text, self._tokens, self._commas = text, tokens, commas
        self._at = 0

    def document(self) -> Node:
        node = self._value(0)
        if self._at < len(self._tokens):
            _refuse(self._text, self._tokens[self._at].start, "the text should have ended")
        return node

    def _value(self, depth: int) -> Node:
        token = self._take("a value")
        if depth > _DEEPEST:
            _refuse(self._text, token.start, "it is nested too deeply")
        if token.text in ("{", "["):
            return self._container(token, depth)
        if token.kind == "mark":
            _refuse(self._text, token.start, f"{token.text!r} stands where a value should")
        return Node("plain", token.start, token.end, json.loads(token.text))

    def _container(self, opened: Token, depth: int) -> Node:
        closing, kind = ("}", "object") if opened.text == "{" else ("]", "array")
        members: list[Member] = []
        while not self._next_is(closing):
            if members and members[-1].comma is None:
                _refuse(self._text, self._take(f"',' or '{closing}'").start, f"',' or {closing!r} is missing")
            members.append(self._member(kind, depth))
        closed = self._take(closing)
        if members and members[-1].comma is not None and not self._commas:
            _refuse(self._text, members[-1].comma, "a comma stands behind the last value")
        return Node(kind, opened.start, closed.end, members=tuple(members))

    def _member(self, kind: str, depth: int) -> Member:
        key, start = "", None
        if kind == "object":
            token = self._take("a name")
            if token.kind != "string":
                _refuse(self._text, token.start, "a name in quotes is missing")
            key, start = json.loads(token.text), token.start
            colon = self._take("':'")
            if colon.text != ":":
                _refuse(self._text, colon.start, "':' is missing")
        value = self._value(depth + 1)
        comma = self._take(",").start if self._next_is(",") else None
        return Member(key, value.start if start is None else start, value, comma)

    def _next_is(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text == text

    def _take(self, what: str) -> Token:
        if self._at == len(self._tokens):
            _refuse(self._text, len(self._text), f"the text ends where {what} should stand")
        self._at += 1
        return self._tokens[self._at - 1]


def _refuse(text: str, at: int, why: str) -> NoReturn:
    line = text.count("\n", 0, at) + 1
    raise NotJsonError(f"line {line}, column {at - text.rfind(chr(10), 0, at)}: {why}")
