"""The signs in a timeline, for terminals that know Unicode and for those that do not."""

from dataclasses import astuple, dataclass
from typing import Final

from fixloop.board.line import Line, Piece, Style, line
from fixloop_schemas.vocabulary import Outcome

Sign = tuple[str, Style]
"""A few characters, and how they are meant."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """One sign for each thing that a cell can say; each is one character wide."""

    passed: str
    inferred_pass: str
    failed: str
    error: str
    skipped: str
    not_run: str
    fix: str
    back: str
    restore: str
    elided: str
    between: str
    """Stands between the parts of a heading."""


UNICODE: Final = Symbols(
    passed="●",
    inferred_pass="○",  # noqa: S106 -- a sign, not a password
    failed="✗",
    error="E",
    skipped="s",
    not_run="·",
    fix="↓",
    back="↑",
    restore="↺",
    elided="…",
    between="·",
)
ASCII: Final = Symbols(
    passed="P",
    inferred_pass="p",  # noqa: S106 -- a sign, not a password
    failed="F",
    error="E",
    skipped="s",
    not_run=".",
    fix="v",
    back="^",
    restore="R",
    elided="~",
    between="|",
)


def symbols_for(encoding: str | None) -> Symbols:
    """The signs that `encoding` can write; the plain ones when it is unknown."""
    try:
        "".join(astuple(UNICODE)).encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return ASCII
    return UNICODE


def outcome_sign(symbols: Symbols, outcome: Outcome | None, *, inferred: bool) -> Sign:
    """The sign of one test in one run, and how it is meant."""
    match outcome:
        case None:
            return symbols.not_run, Style.FAINT
        case Outcome.PASS:
            return (symbols.inferred_pass if inferred else symbols.passed), Style.GOOD
        case Outcome.FAIL:
            return symbols.failed, Style.BAD
        case Outcome.ERROR:
            return symbols.error, Style.ERROR
        case Outcome.SKIP:
            return symbols.skipped, Style.CAUTION


def legend(symbols: Symbols) -> tuple[Line, ...]:
    """What the signs mean, once for all timelines."""
    outcomes = (
        (symbols.passed, "pass", Style.GOOD),
        (symbols.inferred_pass, "pass, inferred", Style.GOOD),
        (symbols.failed, "fail", Style.BAD),
        (symbols.error, "error", Style.ERROR),
        (symbols.skipped, "skipped", Style.CAUTION),
        (symbols.not_run, "not run", Style.FAINT),
        (symbols.fix, "fixed", Style.GOOD),
        (symbols.back, "back again", Style.BAD),
    )
    edits = (
        ("f", "fixing edits", Style.GOOD),
        ("b", "breaking edits", Style.BAD),
        (symbols.restore, "files set back by git", Style.FAINT),
        (f"{symbols.elided}n", "n runs left out", Style.FAINT),
    )
    return tuple(
        line(*(piece for sign, text, style in row for piece in (Piece(sign, style), f" {text}   ")))
        for row in (outcomes, edits)
    )
