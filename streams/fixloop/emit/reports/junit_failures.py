"""What a JUnit report says of one failure, read as its writer wrote it. Pure."""

from fixloop.emit.reports.junit_dialects import Dialect
from fixloop.emit.reports.xml import Element
from fixloop.emit.shell_output.phpunit import failure_of as phpunit_failure
from fixloop_schemas.failures import Failure, extract


def failure_of(dialect: Dialect, case: Element, bad: Element) -> Failure:
    """The failure in an element `failure`, `error` or the like."""
    stack = bad.first("stackTrace")
    text = (stack.text if stack is not None else bad.text).strip("\n")
    message, kind = bad.attributes.get("message", ""), bad.attributes.get("type", "")
    if dialect.framework == "phpunit":
        return phpunit_failure(text.split("\n")[1:])
    if dialect.framework == "rspec":
        return Failure(kind.rpartition(":")[2] or None, message or text or None, complete=bool(message))
    if dialect.framework == "nextest":
        out = case.first("system-err")
        text = "\n".join(part for part in (text, out.text if out is not None else "") if part)
    found = extract(dialect.extractor, text or message)
    if not (found.error_type or found.message):
        return Failure(_bare(kind), message or None, complete=bool(message))
    if dialect.extractor == "junit" and found.error_type is None and kind:
        return Failure(_bare(kind), found.message, found.frame, found.complete)
    return found


def _bare(kind: str) -> str | None:
    """The type without where it is defined."""
    return kind.rpartition(".")[2] or None
