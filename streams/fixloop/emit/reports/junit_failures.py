"""What a JUnit report says of one failure, read as its writer wrote it. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from fixloop.emit.reports.junit_dialects import Dialect
from fixloop.emit.reports.xml import Element
from fixloop.emit.shell_output.dotnet import failure_of as dotnet_failure
from fixloop.emit.shell_output.javascript import without_codes
from fixloop.emit.shell_output.phpunit import failure_of as phpunit_failure
from fixloop_schemas.failures import Failure, extract


def failure_of(dialect: Dialect, case: Element, bad: Element) -> Failure:
    """The failure in an element `failure`, `error` or the like."""
    stack = bad.first("stackTrace")
    text = (stack.text if stack is not None else bad.text).strip("\n")
    message, kind = bad.attributes.get("message", ""), bad.attributes.get("type", "")
    if own := _OWN.get(dialect.framework):
        return own(case, text, message, kind)
    found = extract(dialect.extractor, text or message)
    if not (found.error_type or found.message):
        return Failure(_bare(kind), message or None, complete=bool(message))
    if dialect.extractor == "junit" and found.error_type is None and kind:
        return Failure(_bare(kind), found.message, found.frame, found.complete)
    return found


def _phpunit(_case: Element, text: str, _message: str, _kind: str) -> Failure:
    return phpunit_failure(text.split("\n")[1:])


def _rspec(_case: Element, text: str, message: str, kind: str) -> Failure:
    return Failure(kind.rpartition(":")[2] or None, message or text or None, complete=bool(message))


def _dotnet(_case: Element, text: str, message: str, _kind: str) -> Failure:
    return dotnet_failure(f"{message}\nStack Trace:\n{text}")


def _go(case: Element, text: str, message: str, _kind: str) -> Failure:
    """What does not build is told with the package's verdict, as `go test` prints it."""
    name = case.attributes.get("name", "")
    return extract(
        "go", f"{text or message}\nFAIL\tpackage {name}" if name.startswith("[") else text or message
    )


def _nextest(case: Element, text: str, message: str, _kind: str) -> Failure:
    out = case.first("system-err")
    return extract(
        "rust", "\n".join(part for part in (text or message, out.text if out is not None else "") if part)
    )


def _node(_case: Element, text: str, message: str, _kind: str) -> Failure:
    """Node wraps what was thrown into an error of its own."""
    cause = text.partition("cause: ")[2] or text or message
    return extract("jest", "\n".join(without_codes(cause.split("\n"))))


_OWN: Final[Mapping[str, Callable[[Element, str, str, str], Failure]]] = MappingProxyType(
    {"phpunit": _phpunit, "rspec": _rspec, "dotnet": _dotnet, "go": _go, "nextest": _nextest, "node": _node}
)
"""Writers whose failures are not as their runner prints them."""


def _bare(kind: str) -> str | None:
    """The type without where it is defined."""
    return kind.rpartition(".")[2] or None
