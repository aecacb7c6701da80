"""fixloop's hooks in a host's JSON settings: put in, found, taken out. Text in, text out; nothing else of the text changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from fixloop.emit.hosts.command import is_ours
from fixloop.emit.hosts.hook_tables import Entries
from fixloop.emit.hosts.json_edits import Edit, applied, put, rendered_document, take, unit_of
from fixloop.emit.hosts.json_text import Member, Node, NotJsonError, parse, tokens_of

_BLANK = "\ufeff \t\r\n"


@dataclass(frozen=True, slots=True)
class JsonSettings:
    """How a host writes hooks down: `hooks`, by event, a list of hooks or of groups of them."""

    grouped: bool
    """The list holds groups, each with its own list `hooks`."""
    version: int | None = None
    """What `version` at the top has to be, where there is one."""
    comments: bool = False
    """The host reads comments."""
    commas: bool = False
    """The host reads a comma behind the last value."""

    def add(self, text: str, entries: Entries) -> str:
        """The text with these hooks of ours and no other; as it is when it is so already.

        Raises:
            NotJsonError: the text is no settings of this host.
        """
        if not text.strip(_BLANK):
            return rendered_document(self._document(entries))
        root = self._root(text)
        if _sorted(self._ours(root)) == _sorted(self._told(entries)):
            return text
        text = self.remove(text)
        root = self._root(text)
        return applied(text, self._additions(text, root, entries))

    def remove(self, text: str) -> str:
        """The text without any hook of ours, and without the lists that this leaves empty.

        Raises:
            NotJsonError: the text is no settings of this host.
        """
        if not text.strip(_BLANK):
            return text
        root = self._root(text)
        hooks = root.get("hooks")
        if hooks is None:
            return text
        edits, emptied = [], []
        for member in hooks.members:
            inside, all_gone = self._removals(text, member.value)
            if all_gone:
                emptied.append(member)
            else:
                edits += inside
        if emptied and len(emptied) == len(hooks.members):
            return applied(text, take(text, root, [_member_of(root, "hooks")]))
        return applied(text, [*edits, *take(text, hooks, emptied)] if emptied else edits)

    def holds_nothing(self, text: str) -> bool:
        """Whether nobody would miss the file."""
        if not text.strip(_BLANK):
            return True
        value = self._root(text).value
        return all(name == "version" or (name == "hooks" and not held) for name, held in value.items())

    def masked(self, text: str) -> str:
        """The text with what is nobody's business hidden: every text and comment that is not ours."""
        if not text.strip(_BLANK):
            return text
        root = self._root(text)
        ours = [(node.start, node.end) for node in self._our_nodes(root)]
        names = set(_names(root))
        edits = []
        for token in tokens_of(text):
            if token.kind == "comment":
                edits.append(Edit(token.start, token.end, "// ..." if token.text[1] == "/" else "/* ... */"))
            elif token.kind == "string" and not (token.start in names or _within(token.start, ours)):
                edits.append(Edit(token.start, token.end, '"..."'))
        return applied(text, edits)

    def _document(self, entries: Entries) -> dict[str, Any]:
        events: dict[str, list[Any]] = {}
        for event, entry in entries:
            events.setdefault(event, []).append(entry)
        return {"hooks": events} if self.version is None else {"version": self.version, "hooks": events}

    def _root(self, text: str) -> Node:
        root = parse(text, comments=self.comments, commas=self.commas)
        if root.kind != "object":
            raise NotJsonError("line 1: it is no object")
        hooks = root.get("hooks")
        if hooks is not None and hooks.kind != "object":
            raise NotJsonError('"hooks" is no object')
        return root

    def _additions(self, text: str, root: Node, entries: Entries) -> list[Edit]:
        unit, document = unit_of(text, root), self._document(entries)
        add = partial(put, text, unit=unit)
        hooks, edits, top = root.get("hooks"), [], {}
        if "version" in document and root.get("version") is None:
            top["version"] = document["version"]
        if hooks is None:
            top["hooks"] = document["hooks"]
        else:
            new = {}
            for event, wanted in document["hooks"].items():
                there = hooks.get(event)
                if there is None:
                    new[event] = wanted
                elif there.kind != "array":
                    raise NotJsonError(f'"hooks" has something else than a list at "{event}"')
                else:
                    edits += add(container=there, children=[("", entry) for entry in wanted])
            edits += add(container=hooks, children=list(new.items())) if new else []
        return [*edits, *(add(container=root, children=list(top.items())) if top else [])]

    def _removals(self, text: str, event: Node) -> tuple[list[Edit], bool]:
        """The edits in one event's list, and whether it goes as a whole."""
        gone, edits = [], []
        for member in event.members if event.kind == "array" else ():
            listed = self._handlers(member.value)
            ours = [handler for handler in listed if is_ours(handler.value.value)]
            if ours and len(ours) == len(listed):
                gone.append(member)
            elif ours and (handlers := member.value.get("hooks")):
                edits += take(text, handlers, ours)
        if gone and len(gone) == len(event.members):
            return [], True
        return [*edits, *(take(text, event, gone) if gone else [])], False

    def _handlers(self, entry: Node) -> tuple[Member, ...]:
        if not self.grouped:
            return (Member("", entry.start, entry, None),)
        handlers = entry.get("hooks")
        return handlers.members if handlers is not None and handlers.kind == "array" else ()

    def _entries(self, root: Node) -> Iterator[tuple[str, Node, Member]]:
        hooks = root.get("hooks")
        for event in hooks.members if hooks is not None else ():
            for entry in event.value.members if event.value.kind == "array" else ():
                for handler in self._handlers(entry.value):
                    if is_ours(handler.value.value):
                        yield event.key, entry.value, handler

    def _our_nodes(self, root: Node) -> Iterator[Node]:
        for _, entry, handler in self._entries(root):
            yield entry if len(self._handlers(entry)) == 1 else handler.value

    def _ours(self, root: Node) -> list[tuple[str, Any, Any]]:
        return [
            (event, entry.value.get("matcher") if self.grouped else None, handler.value.value)
            for event, entry, handler in self._entries(root)
        ]

    def _told(self, entries: Entries) -> list[tuple[str, Any, Any]]:
        if not self.grouped:
            return [(event, None, entry) for event, entry in entries]
        return [
            (event, entry.get("matcher"), handler) for event, entry in entries for handler in entry["hooks"]
        ]


def _member_of(root: Node, key: str) -> Member:
    return next(member for member in reversed(root.members) if member.key == key)


def _names(node: Node) -> Iterator[int]:
    for member in node.members:
        if node.kind == "object":
            yield member.start
        yield from _names(member.value)


def _within(at: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in stretches)


def _sorted(hooks: list[tuple[str, Any, Any]]) -> list[str]:
    return sorted(json.dumps(hook, sort_keys=True) for hook in hooks)
