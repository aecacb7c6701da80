"""The programs that a shell command calls, each with where it runs."""

import posixpath
import re
import shlex
from collections.abc import Sequence
from typing import Final, NamedTuple

from fixloop.emit.shell.words import Redirection, Word, calls

_KEYWORDS: Final = frozenset(
    {"then", "do", "else", "elif", "if", "while", "until", "!", "{", "}", "fi", "done"}
)
_WRAPPERS: Final = {
    "command": frozenset[str](),
    "env": frozenset({"-u", "-C", "-S"}),
    "exec": frozenset({"-a"}),
    "nice": frozenset({"-n"}),
    "nohup": frozenset[str](),
    "sudo": frozenset({"-u", "-g", "-h", "-C"}),
    "time": frozenset({"-f", "-o"}),
    "timeout": frozenset({"-k", "-s", "--kill-after", "--signal"}),
}
"""What runs a program, with those of its options that take a value."""

_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*\+?=")
_SHELLS: Final = frozenset({"sh", "bash", "zsh", "dash"})
_MAX_DEPTH: Final = 3


class Program(NamedTuple):
    """One program's call inside a command."""

    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    operator: str
    """What stands behind it; empty at the end."""
    folder: str | None
    """Where it runs, relative to where the command began or absolute; None when it cannot be told."""

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return posixpath.basename(self.words[0].text) if self.words else ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Its words."""
        return tuple(word.text for word in self.words)


def programs(command: str, folder: str | None = "", depth: int = 0) -> tuple[Program, ...]:
    """The programs that `command` calls, in order. What stands behind an open quote is not read."""
    found: list[Program] = []
    folders = [folder]
    for words, redirections, operator in calls(command):
        if operator == "(":
            folders.append(folders[-1])
        bare = _bare(words)
        inner = _inner(bare) if depth < _MAX_DEPTH else None
        if inner is not None:
            nested = programs(inner, folders[-1], depth + 1)
            found += nested[:-1]
            found += [last._replace(operator=operator) for last in nested[-1:]]
        elif bare or redirections:
            found.append(Program(bare, redirections, operator, folders[-1]))
            folders[-1] = _moved(folders[-1], bare)
        if operator == ")" and len(folders) > 1:
            folders.pop()
    if found:
        found[-1] = found[-1]._replace(operator="" if found[-1].operator in "\n;()" else found[-1].operator)
    return tuple(found)


def on_one_line(found: Sequence[Program]) -> str:
    """The same programs as one line, for those who read lines: without redirections and the texts of here-documents."""
    pieces = []
    for program in found:
        operator = ";" if program.operator in ("\n", "(", ")", ";;") else program.operator
        pieces.append(f"{shlex.join(program.texts)} {operator}".strip())
    return " ".join(pieces)


def _inner(words: tuple[Word, ...]) -> str | None:
    """The command of `sh -c COMMAND`."""
    if not words or posixpath.basename(words[0].text) not in _SHELLS:
        return None
    for position, word in enumerate(words[1:-1], start=1):
        if re.fullmatch(r"-[a-z]*c", word.text):
            return words[position + 1].text
    return None


def _moved(folder: str | None, words: tuple[Word, ...]) -> str | None:
    if not words or words[0].text not in ("cd", "pushd"):
        return folder
    targets = [word for word in words[1:] if not word.text.startswith("-") or word.text == "-"]
    if len(targets) != 1 or not targets[0].certain or targets[0].text == "-":
        return None
    target = targets[0].text
    if folder is None and not target.startswith("/"):
        return None
    return posixpath.normpath(posixpath.join(folder or "", target))


def _bare(words: list[Word]) -> tuple[Word, ...]:
    """The words without keywords, variables and wrappers before the program."""
    rest = list(words)
    while rest:
        head = rest[0].text
        if head in _KEYWORDS or _ASSIGNMENT.match(head):
            rest.pop(0)
        elif head in _WRAPPERS:
            rest = _unwrapped(rest[1:], _WRAPPERS[head])
            rest = rest[1:] if head == "timeout" else rest  # the duration
        else:
            break
    return tuple(rest)


def _unwrapped(words: list[Word], with_value: frozenset[str]) -> list[Word]:
    """The words without the options before the first that is none."""
    rest = list(words)
    while rest and rest[0].text.startswith("-"):
        option = rest.pop(0).text
        if option in with_value and rest:
            rest.pop(0)
    return rest
