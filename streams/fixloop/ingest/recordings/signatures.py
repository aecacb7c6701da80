"""Failure texts to signatures. The text is read here and goes no further; what leaves is its masked digest and the error's type.

A recorded text is the first line of the failure, at most 200 characters, and each runner writes it its own way; what was
cut, or may be output rather than the failure, makes a signature that is not complete.
"""

import re
from dataclasses import dataclass
from typing import Final

from fixloop_schemas.digest import Digester
from fixloop_schemas.events.suite_run_v1 import Signature
from fixloop_schemas.failures import extract
from fixloop_schemas.signature import signature
from fixloop_schemas.vocabulary import Level

CUT_FROM: Final = 198
"""Recorders keep 200 characters, and some take blanks off the end afterwards."""

_TYPE: Final = re.compile(
    r"(?P<type>(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Warning|Failure|Failed|Exit|Interrupt|Timeout|Abort|Fault)|Failed|Error)"
    r"(?=\s*(?::|$|\())"
)
_GO_PLACE: Final = re.compile(r"(?P<file>[\w.\-/]+\.go):\d+:\s*(?P<text>.*)", re.DOTALL)
_SECONDS: Final = re.compile(r"(?P<seconds>\d+(?:\.\d+)?)s")
_VERDICT: Final = re.compile(r"\[(?P<word>build failed|setup failed|no test files)\]")


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a message says, before it is digested."""

    error_type: str | None
    text: str | None
    frame: str | None
    complete: bool


def failure_signature(
    digester: Digester, framework: str, level: Level, message: str | None, error: str | None = None
) -> Signature:
    """The signature of one failed result.

    Args:
        digester: under whose key the digests are made.
        framework: the runner, whose way of writing decides what the message is.
        level: what the result speaks for.
        message: the recorded first line, when there is one.
        error: the error's type where the recording names it.
    """
    failure = _go(message, level) if framework == "go" else _rust(framework, message) or _general(message)
    found = signature(
        digester, error or failure.error_type, failure.text, failure.frame, complete=failure.complete
    )
    return Signature(
        digest=found.digest,
        version=found.version,
        complete=found.complete,
        error_type=found.error_type,
        frame=found.frame,
    )


def seconds(message: str | None) -> float | None:
    """The duration that a message is, as `go test` writes after a package's name; None when it says something else."""
    match = _SECONDS.fullmatch(message.strip()) if message else None
    return float(match["seconds"]) if match else None


def is_cut(message: str) -> bool:
    """Whether the recorder or the runner's own summary took the end off."""
    return message.endswith(("...", "…")) or len(message) >= CUT_FROM


def _rust(framework: str, message: str | None) -> _Failure | None:
    """Rust's first line says where it panicked, and not why; None of other runners, whose first line is the message."""
    if not message or framework not in ("cargo", "rust"):
        return None
    found = extract("rust", message)
    return _Failure(
        found.error_type, found.message, found.frame, found.complete and not is_cut(message.strip())
    )


def _general(message: str | None) -> _Failure:
    if not message:
        return _Failure(None, None, None, complete=False)
    text = message.strip()
    found = _TYPE.match(text.removeprefix("error: "))
    error_type = found["type"] if found else None
    if error_type is None and text.startswith("assert "):
        error_type = "AssertionError"  # pytest leaves the name out where it rewrote the assertion
    if error_type is None and " panicked at " in text:
        error_type = "panic"
    return _Failure(error_type, text, None, complete=not is_cut(text))


def _go(message: str | None, level: Level) -> _Failure:
    """Go has no error types: `file_test.go:12: text` is a failure, a line of another file as likely a log, the rest is output."""
    if not message or seconds(message) is not None:
        return _Failure(None, None, None, complete=False)
    text = message.strip()
    if verdict := _VERDICT.fullmatch(text):
        return _Failure(verdict["word"], text, None, complete=True)
    if text.startswith("panic:"):
        return _Failure("panic", text, None, complete=not is_cut(text))
    if place := _GO_PLACE.fullmatch(text):
        certain = place["file"].endswith("_test.go") and not is_cut(text)
        return _Failure(None, place["text"] or None, place["file"], complete=certain)
    return _Failure(None, text, None, complete=level is Level.GROUP and not is_cut(text))
