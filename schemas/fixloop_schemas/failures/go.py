"""A failure as `go test` prints it: what a test logged, a panic with its stacks, or what does not compile."""

import re
from typing import Final

from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import first_lines, frame, is_foreign

_PLACE: Final = re.compile(r"^\s*([\w.\-/\\]+\.go):\d+: ?(.*)$")
_PANIC: Final = re.compile(r"^(?:panic|fatal error): (.*)$", re.MULTILINE)
_AGAIN: Final = re.compile(r" \[recovered(?:, repanicked)?\]$")
_UNBUILT: Final = re.compile(r"^(?:\./|\.\\)?([\w.\-/\\]+\.go):\d+:\d+: (.*)$", re.MULTILINE)
_VERDICT: Final = re.compile(r"\[(build failed|setup failed)\]")
_NOT_SAID: Final = re.compile(r"^\s*(?:=== |--- |FAIL\b|exit status|ok\s|PASS$)")
_AT: Final = re.compile(r"^\t(.+\.go):\d+")
_CLOSURE: Final = re.compile(r"(?:\.func\d+|\.gowrap\d+|\.\d+|-fm)+$")
_STANDARD: Final = re.compile(
    r"^(?:archive|bufio|builtin|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|flag|fmt|go|hash"
    r"|html|image|index|internal|io|iter|log|maps|math|mime|net|os|panic|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings"
    r"|structs|sync|syscall|testing|text|time|unicode|unique|unsafe|weak)(?:/[^.]*)?\."
)


def extract(text: str) -> Failure:
    """The failure in what a test, or a package that does not build, printed."""
    if panic := _PANIC.search(text):
        return _panic(text, panic)
    if _VERDICT.search(text) and (place := _UNBUILT.search(text)):
        return Failure("build failed", place[2], frame(place[1]))
    return _logged(text)


def _panic(text: str, panic: re.Match[str]) -> Failure:
    said = _AGAIN.sub("", panic[1])
    if said.startswith("test timed out after "):
        return Failure("timeout", said)  # where it was at that moment is chance
    stack = text[panic.end() :].partition("\ngoroutine ")[2].partition("\n\n")[0]
    kind = "fatal error" if panic[0].startswith("fatal") else "panic"
    return Failure(kind, said, _nearest(stack))


def _nearest(stack: str) -> str | None:
    """The call nearest to the panic that belongs to the project."""
    called = ""
    for line in stack.split("\n"):
        if place := _AT.match(line):
            if "." in called and not _STANDARD.match(called) and not is_foreign(place[1]):
                return frame(place[1], _function(called))
        else:
            called = "" if line.startswith("created by ") else line.rpartition("(")[0][:300]
    return None


def _function(called: str) -> str:
    """`(*Cart).Total` of `example.com/shop.(*Cart).Total.func1`."""
    return _CLOSURE.sub("", called.rpartition("/")[2].partition(".")[2])


def _logged(text: str) -> Failure:
    said: list[str] = []
    file = ""
    for line in text.split("\n"):
        if place := _PLACE.match(line):
            file = file or place[1]
            said.append(place[2])
        elif said and line.startswith("  ") and not _NOT_SAID.match(line):
            said.append(line)
    if not said:
        return Failure(
            message=first_lines([line for line in text.split("\n") if not _NOT_SAID.match(line)]),
            complete=False,
        )
    return Failure(None, first_lines(said), frame(file))
