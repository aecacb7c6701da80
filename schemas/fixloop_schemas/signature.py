"""A failure's masked identity: what stays the same when the same bug fails again elsewhere. Standard library only.

A signature is the digest of (error type, masked message, first in-project frame). Emitters compute it before anything leaves the machine,
so the rules are part of the contract and carry a version: a change of any rule is a new version, and signatures of different versions
are never compared as different.

Rules of version 1, in this order; each replaces what varies between two runs of the same bug:

1. colour codes are removed, blanks collapse;
2. URLs are `<url>`;
3. a quoted or bracketed path, which may have blanks in it, any other absolute path, and `/tmp`, are `<path>`; a file's name at its end
   stays when it is of small letters, `-` and `_`, and does not begin with `tmp`;
4. UUIDs are `<uuid>`, dates and times `<time>`, local hosts with their port `<port>`;
5. lines and columns, behind a file's name, in brackets or in words, are `<line>`;
6. durations are `<duration>`, numbers with a fraction `<n>`;
7. object addresses, identities behind an `@` and long hexadecimal runs are `<hex>`;
8. numbers of threads, pools, workers, goroutines and processes, numbers with an exponent, and whole numbers of four digits and more,
   are `<n>`;
9. what stands in braces, without others in them, is put in order, since sets and maps have another one in each run.

Smaller whole numbers stay: `expected 1, got 2` and `expected 1, got 3`, or `404` and `500`, are two bugs more often than one. Only the
first 65,536 characters are read, and what is then over 2,000 is cut before the digest, on both sides alike. How error type, message and
frame are found in what a runner prints: `fixloop_schemas.failures`. How well it does is measured: docs/signatures.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fixloop_schemas.digest import Digester

VERSION: Final = 1
MAX_MASKED: Final = 2_000
MAX_READ: Final = 65_536
"""So that no message, however long, holds up the session that it comes from."""

_MAX_TYPE: Final = 256
_TYPE: Final = re.compile(r"(?:[^\W\d][\w$]*(?:\.|::|\\))*_*(?=\w*[a-z]|[A-Z]+_|[A-Z]{1,4}\d)[A-Z][\w$]*")
"""An exception's class or a compiler's code, with or without where it is defined."""
_SURELY: Final = re.compile(
    r".*(?:Error|Exception|Failure|Failed|Warning|Exit|Interrupt|Iteration|Rejection|Timeout|Crash)|[A-Z]{1,4}\d+|[A-Z]+_[A-Z_]+"
)
"""What is taken for one where nothing but the text tells: a message of one word is written like a class, too."""
_WORDS: Final = frozenset(
    {"error", "timeout", "panic", "fatal error", "build failed", "setup failed", "compilation error"}
)
"""What runners call a failure that has no type."""

_CHOSEN: Final = re.compile(r"[\\/]([a-z]+(?:[_\-][a-z]+)*\.[a-z]{1,5})$")


def _path(found: re.Match[str]) -> str:
    """What stays of a path: the file's name, when somebody chose it."""
    name = _CHOSEN.search(found[0])
    return f"<path>/{name[1]}" if name and not name[1].startswith("tmp") else "<path>"


def _in_order(found: re.Match[str]) -> str:
    """The members within braces in one order, the blanks inside of the braces as they were."""
    inner = found[1].strip(" ")
    members = ", ".join(sorted(inner.split(", ")))
    return "{" + found[1].replace(inner, members, 1) + "}" if inner else found[0]


_RULES: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        (r"\x1b\[[0-9;?]*[A-Za-z]", ""),
        (r"\x1b", ""),
        (r"\s+", " "),
        (r"\b[a-z][a-z0-9+.\-]{1,15}://[^\s'\"<>]+", "<url>"),
        (r"(?<=['\"(`])(?:[A-Za-z]:)?[\\/][^'\"()`<>\\/]+[\\/][^'\"()`<>]*(?=['\")`])", _path),
        (
            r"(?:[A-Za-z]:)?(?<![\w.<>])[\\/](?:[\w.+@~%\-]+[\\/])+[\w.+@~%\-]*|(?<![\w.<>\\/])/tmp\b(?![\w.\-])",
            _path,
        ),
        (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "<uuid>"),
        (r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+\-]\d{2}:?\d{2})?", "<time>"),
        (r"\b\d{4}[-/]\d{2}[-/]\d{2}\b|\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?\b", "<time>"),
        (r"(?:\blocalhost|\b127\.0\.0\.1|\b0\.0\.0\.0|\[::1\]):\d+", "<port>"),
        (r"(\.[A-Za-z]\w{0,4}|>)(?::\d+)+(?=[\s:,)\]}]|$)", r"\1:<line>"),
        (r"\bline \d+|\(\d+:\d+\)", ":<line>"),
        (
            r"\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|secs?|seconds?|mins?|minutes?|hours?|(?:milli|micro|nano)seconds?)\b",
            "<duration>",
        ),
        (r"\b\d+\.\d+(?:[eE][+\-]?\d+)?\b", "<n>"),
        (r"\b0[xX][0-9a-fA-F]{4,}\b|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,}\b|(?<=\w)@[0-9a-f]{5,8}\b", "<hex>"),
        (r"\b([Tt]hread|[Ww]orker|[Pp]ool|[Gg]oroutine|[Pp]rocess|[Pp]id|PID)([- =#]?)\d+\b", r"\1\2<n>"),
        (r"\b\d+[eE][+\-]?\d+\b|\b\d{4,}\b", "<n>"),
        (r"\{([^{}]*)\}", _in_order),
    )
)


@dataclass(frozen=True, slots=True)
class FailureSignature:
    """The wire's `Signature`, before it is one."""

    digest: str | None
    version: int
    complete: bool
    error_type: str | None
    """Absent where what the runner put in a type's place is not written like one: it may be words of the message."""
    frame: str | None


def mask(message: str) -> str:
    """The message without what varies between two runs of the same bug; at most 2,000 characters."""
    message = message[:MAX_READ]
    for pattern, replacement in _RULES:
        message = pattern.sub(replacement, message)
    return message.strip()[:MAX_MASKED].rstrip()


def signature(
    digester: Digester,
    error_type: str | None,
    message: str | None,
    frame: str | None = None,
    *,
    complete: bool = True,
) -> FailureSignature:
    """The signature of one failure.

    Args:
        digester: under whose key the digests are made.
        error_type: the exception's type or the runner's word for the failure, when known.
        message: the failure's text, when known.
        frame: the first in-project frame, as `path::function`, when known.
        complete: False when the message was cut.
    """
    masked = mask(message) if message else ""
    known = bool(error_type or masked)
    digest = digester.text("\0".join((error_type or "", masked, frame or ""))) if known else None
    return FailureSignature(
        digest=digest,
        version=VERSION,
        complete=complete and bool(masked),
        error_type=error_type if error_type and _is_type(error_type, placed=bool(frame)) else None,
        frame=digester.path(frame) if frame else None,
    )


def _is_type(said: str, *, placed: bool) -> bool:
    if len(said) > _MAX_TYPE or _TYPE.fullmatch(said) is None:
        return said in _WORDS
    return placed or _SURELY.fullmatch(said) is not None
