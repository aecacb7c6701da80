"""A failure as JUnit and its build tools print it: a Java stack trace, or what does not compile."""

import re
from typing import Final

from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import first_lines, frame

_AT: Final = re.compile(r"^\s*at (?:[\w.@\-]+/{1,2})?([\w.$<>]+)\(([^:()]+)(?::\d+)?\)\s*$")
_MORE: Final = re.compile(r"^\s*(?:\.\.\. \d+ (?:more|common frames omitted)|Suppressed: )")
_TYPE: Final = re.compile(r"^(?:Caused by: )?([A-Za-z_][\w.$]*)(?:: ?(.*))?$", re.DOTALL)
_NAMED: Final = re.compile(r"^[\w.$]*(?:Error|Exception)\b")
"""What is surely a type where no stack follows."""
_FOREIGN: Final = re.compile(
    r"^(?:java|javax|jakarta|jdk|sun|com\.sun|org\.junit|junit|org\.opentest4j|org\.apiguardian|org\.apache\.maven|org\.gradle"
    r"|worker\.org\.gradle|org\.assertj|org\.hamcrest|org\.mockito|net\.bytebuddy|com\.google\.common|kotlin|kotlinx|scala|groovy"
    r"|org\.codehaus\.groovy|org\.springframework|org\.testng|reactor|io\.netty|com\.intellij)\."
)
_LAMBDA: Final = re.compile(r"lambda\$(\w+)\$\d+")
_COMPILER: Final = re.compile(
    r"^\[ERROR\] (.+?\.(?:java|kt|scala)):\[\d+,\d+\] (.*(?:\n  .*)*)", re.MULTILINE
)
_MEMBERS: Final = re.compile(r"<\[([^\[\]<>]*)\]>")


def extract(text: str) -> Failure:
    """The failure in a stack trace."""
    if compiler := _COMPILER.search(text):
        return Failure("compilation error", first_lines(compiler[2].split("\n")), frame(compiler[1]))
    said, places, foreign, causes = _read(text)
    match = _TYPE.match("\n".join(said).strip()) if foreign or places or _NAMED.match(text.strip()) else None
    kind = match[1].rpartition(".")[2] if match else None
    message = (match[2] or "") if match else "\n".join(said)
    lines = [_MEMBERS.sub(_in_order, message), *causes]
    timed_out = kind == "TimeoutException"  # where it was at that moment is chance
    nearest = frame(*places[0]) if places and not timed_out else None
    return Failure(kind, first_lines("\n".join(lines).split("\n")), nearest, complete=foreign or timed_out)


def _read(text: str) -> tuple[list[str], list[tuple[str, str]], bool, list[str]]:
    """What is said, the project's places from the nearest on, whether any other place is shown, and the last cause.

    Build tools can leave out all but the test class's own lines; then what is shown is not where it happened.
    """
    said: list[str] = []
    places: list[tuple[str, str]] = []
    causes: list[str] = []
    foreign = traced = False
    for line in text.strip("\n").split("\n"):
        if at := _AT.match(line):
            traced = True
            called, file = at[1], at[2]
            if _FOREIGN.match(called):
                foreign = True
            elif not causes:
                places.append((file, _LAMBDA.sub(r"\1", called.rpartition(".")[2])))
        elif line.startswith("Caused by: ") and (match := _TYPE.match(line)):
            causes = [f"<- {match[1].rpartition('.')[2]}: {match[2] or ''}"]
        elif not traced and not _MORE.match(line):
            said.append(line)
    return said, places, foreign, causes


def _in_order(found: re.Match[str]) -> str:
    """A collection's members in one order: that of a set is another one in each run, and it is printed as a list is."""
    return f"<[{', '.join(sorted(found[1].split(', ')))}]>"
