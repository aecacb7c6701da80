"""A shell command cut into words, redirections and operators. A reading, not a shell: nothing is expanded.

A word that the shell would expand (`$X`, `*.py`, a command in it) is not certain.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_OPERATORS: Final = ("&&", "||", "|&", ";;", ";", "|", "&", "\n", "(", ")")
_REDIRECTION: Final = re.compile(r"\d*(<<<|<<-?|<>|>>|>\||>&|<&|>|<)|&>>?")
_HEREDOC_WORD: Final = re.compile(r"""[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|(\\?)([\w.\-!+]+))""")
_GLOB: Final = frozenset("*?[")
_MAX_CHARACTERS: Final = 1_000_000


class Word(NamedTuple):
    """One word, without its quotes."""

    text: str
    certain: bool = True
    """The shell would hand on exactly this."""


class Redirection(NamedTuple):
    """Where a program's input comes from, or its output goes."""

    operator: str
    target: Word
    body: str | None = None
    """A here-document's text, where nothing in it is expanded."""


Call = tuple[list[Word], tuple[Redirection, ...], str]
"""Words, redirections, and the operator behind them; empty at the end."""


class _Scan:
    __slots__ = ("at", "redirections", "text", "waiting", "words")

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.words: list[Word] = []
        self.redirections: list[Redirection] = []
        self.waiting: list[tuple[int, str, bool, bool]] = []
        """Here-documents whose text is still to come: which redirection, its delimiter, whether quoted, whether tabs go."""


def calls(command: str) -> Iterator[Call]:
    """Words and redirections up to each operator. A bracket is an operator too; what stands behind an open quote is not read."""
    scan = _Scan(command[:_MAX_CHARACTERS])
    while scan.at < len(scan.text):
        if _blank(scan):
            continue
        if redirection := _REDIRECTION.match(scan.text, scan.at):
            if not _redirect(scan, redirection):
                return
        elif operator := next((one for one in _OPERATORS if scan.text.startswith(one, scan.at)), None):
            scan.at += len(operator)
            if operator == "\n":
                _take_bodies(scan)
            yield _flushed(scan, operator)
        elif (word := _word(scan)) is not None:
            scan.words.append(word)
        else:
            return
    yield _flushed(scan, "")


def _blank(scan: _Scan) -> bool:
    """Whether what stands here says nothing; then it is passed over."""
    character = scan.text[scan.at]
    if character in " \t\r":
        scan.at += 1
    elif scan.text.startswith("\\\n", scan.at):
        scan.at += 2
    elif character == "#" and (scan.at == 0 or scan.text[scan.at - 1] in " \t\n;"):
        scan.at = _line_end(scan.text, scan.at)
    else:
        return False
    return True


def _flushed(scan: _Scan, operator: str) -> Call:
    # A here-document's text may come behind an operator: `cat <<EOF > f && pytest`.
    if scan.waiting:
        _take_bodies_ahead(scan)
    call = (scan.words, tuple(scan.redirections), operator)
    scan.words, scan.redirections = [], []
    return call


def _redirect(scan: _Scan, match: re.Match[str]) -> bool:
    operator = match[0].lstrip("0123456789") if not match[0].startswith("2") else match[0]
    scan.at = match.end()
    if operator.startswith("<<") and operator != "<<<":
        delimiter = _HEREDOC_WORD.match(scan.text, scan.at)
        if delimiter is None:
            return False
        scan.at = delimiter.end()
        quoted = delimiter[1] is not None or delimiter[2] is not None or bool(delimiter[3])
        name = next(group for group in (delimiter[1], delimiter[2], delimiter[4]) if group is not None)
        scan.waiting.append((len(scan.redirections), name, quoted, operator.endswith("-")))
        scan.redirections.append(Redirection("<<", Word(name)))
        return True
    while scan.at < len(scan.text) and scan.text[scan.at] in " \t":
        scan.at += 1
    target = _word(scan)
    if target is None:
        return False
    scan.redirections.append(Redirection(operator, target))
    return True


def _take_bodies_ahead(scan: _Scan) -> None:
    """The texts of the here-documents that wait, cut out from behind the line that is being read."""
    end = _line_end(scan.text, scan.at)
    if scan.at > 0 and scan.text[scan.at - 1] == "\n":
        end = scan.at - 1
    rest = _Scan(scan.text, end + 1)
    rest.redirections, rest.waiting = scan.redirections, scan.waiting
    _take_bodies(rest)
    scan.text = scan.text[: end + 1] + scan.text[rest.at :]
    scan.waiting = []


def _take_bodies(scan: _Scan) -> None:
    """Read the here-documents that wait for their text, which begins here."""
    for index, delimiter, quoted, tabs in scan.waiting:
        lines = []
        while scan.at < len(scan.text):
            end = _line_end(scan.text, scan.at)
            line = scan.text[scan.at : end]
            scan.at = min(end + 1, len(scan.text))
            if (line.lstrip("\t") if tabs else line).rstrip() == delimiter:
                break
            lines.append(line.lstrip("\t") if tabs else line)
        text = "".join(f"{line}\n" for line in lines)
        known = quoted or not any(sign in text for sign in "$`\\")
        scan.redirections[index] = scan.redirections[index]._replace(body=text if known else None)
    scan.waiting = []


def _word(scan: _Scan) -> Word | None:
    """The next word; None when it has no end."""
    pieces: list[str] = []
    certain = True
    while scan.at < len(scan.text):
        character = scan.text[scan.at]
        if character in " \t\r\n;|&<>()":
            break
        if character == "\\":
            pieces.append(scan.text[scan.at + 1 : scan.at + 2].replace("\n", ""))
            scan.at += 2
        elif character in "'\"":
            quoted = _quoted(scan, character)
            if quoted is None:
                return None
            pieces.append(quoted.text)
            certain = certain and quoted.certain
        elif scan.text.startswith("$(", scan.at) or character == "`":
            end = _closed(scan.text, scan.at)
            pieces.append(scan.text[scan.at : end])
            scan.at, certain = end, False
        else:
            certain = certain and character not in _GLOB and character != "$"
            pieces.append(character)
            scan.at += 1
    return Word("".join(pieces), certain)


def _quoted(scan: _Scan, quote: str) -> Word | None:
    """What stands between two quotes."""
    if quote == "'":
        end = scan.text.find("'", scan.at + 1)
        if end < 0:
            return None
        text = scan.text[scan.at + 1 : end]
        scan.at = end + 1
        return Word(text)
    pieces: list[str] = []
    certain = True
    at = scan.at + 1
    while at < len(scan.text):
        character = scan.text[at]
        if character == '"':
            scan.at = at + 1
            return Word("".join(pieces), certain)
        if character == "\\" and scan.text[at + 1 : at + 2] in ("$", "`", '"', "\\", "\n"):
            pieces.append(scan.text[at + 1].replace("\n", ""))
            at += 2
        elif scan.text.startswith("$(", at) or character == "`":
            end = _closed(scan.text, at)
            pieces.append(scan.text[at:end])
            at, certain = end, False
        else:
            certain = certain and character != "$"
            pieces.append(character)
            at += 1
    return None


def _closed(text: str, at: int) -> int:
    """The place behind the command that is substituted at `at`; the text's end when it stays open."""
    if text[at] == "`":
        end = text.find("`", at + 1)
        return end + 1 if end >= 0 else len(text)
    depth = 0
    for position in range(at + 1, len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0:
            return position + 1
    return len(text)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
