"""An assertion that pytest explains, reduced to what is the same with every verbosity.

How much of two long values is shown depends on `-v` and on the variable `CI`: long ones are shortened, dictionaries and sets come in one
order without `-v` and in another with it, texts lose what is equal at both ends, and after eight lines or 640 characters the rest may be
left out. What differs first is shown always, when it stands near the beginning.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

_INDEX: Final = re.compile(r"^At index \d+ diff: ")
_MORE: Final = re.compile(r"^(?:Left|Right) contains (?:one more item: |\d+ more items, first extra item: )")
_ATTRIBUTE: Final = re.compile(r"^Drill down into differing attribute (\w+):$")
_LISTED: Final = re.compile(
    r"^(?:Differing items:|Extra items in the (?:left|right) set:|(?:Left|Right) contains \d+ more items?:)$"
)
_ENDS: Final = (
    "Use -v",
    "Omitting ",
    "Common items:",
    "Full diff:",
    "Left contains ",
    "Right contains ",
    "Extra items ",
)
_CUT: Final = "...Full output truncated"
_OPERATORS: Final = re.compile(r" (?:==|!=|<=|>=|<|>|not in|in|is not|is) ")
_SHOWN: Final = 60
"""Characters of what differs that are shown with every verbosity."""
_NEAR: Final = 42
"""Characters that two texts may have in common before they differ, and still be shown from their beginning."""
_WHOLE: Final = 200
"""Characters of an assertion without a comparison that pytest does not shorten."""
_OPERAND: Final = 24
"""Characters of an operand that pytest does not shorten."""
_MEMBERS: Final = 16
"""Characters of a collection that has too few members to be shortened."""


def compared(lines: list[str]) -> list[str]:
    """The message's lines, without what depends on the verbosity: what the author wrote, what is compared, and what differs first."""
    at = next((number for number, line in enumerate(lines) if line.strip().startswith("assert ")), None)
    if at is None:
        return lines
    return [*lines[:at], _shortened(lines[at].strip()), *_differs([line.strip() for line in lines[at + 1 :]])]


def _shortened(first: str) -> str:
    """The assertion with its operands as far as they are shown always; after a long one, nothing is sure to be where it seems."""
    said = first.removeprefix("assert ")
    operator = _OPERATORS.search(said)
    if operator is None and len(said) <= _WHOLE and "..." not in said:
        return first
    left = said[: operator.start()] if operator else said
    shown = _operand(left)
    if shown != left or operator is None:
        return f"assert {shown}"
    return f"assert {left}{operator[0]}{_operand(said[operator.end() :])}"


def _operand(value: str) -> str:
    """A value, or its beginning when it is so long that some verbosity shortens it."""
    if value.startswith("{") and len(value) > _MEMBERS:
        return "{…"  # its members are in one order with `-v`, and in another without
    long = _MEMBERS if value.startswith(("[", "(")) else _OPERAND
    return value[:10] + "…" if len(value) > long or "..." in value else value


def _differs(explained: Sequence[str]) -> list[str]:
    """The first difference that is named."""
    for number, line in enumerate(explained):
        if _INDEX.match(line) or _MORE.match(line):
            return [line[:_SHOWN]]
        if _ATTRIBUTE.match(line):
            return [
                line,
                *(
                    value
                    for value in explained[number + 1 : number + 2]
                    if len(value) <= _SHOWN and "..." not in value
                ),
            ]
        if _LISTED.match(line):
            return [line, *_alone(explained[number + 1 :])]
        if line.startswith("Full diff:"):
            return []
    return list(_changed(explained))


def _alone(listed: Sequence[str]) -> list[str]:
    """The member that is listed, when it is one: of several, the hashes of this run choose the first ones."""
    members = list(takewhile(lambda line: line and not line.startswith(_ENDS) and line != _CUT, listed))
    return [members[0][:_SHOWN]] if len(members) == 1 and not members[0].startswith(_CUT) else []


def _changed(explained: Sequence[str]) -> Iterator[str]:
    """The first changed line of two texts, from where it changed."""
    before = 0
    for number, line in enumerate(explained):
        if line.startswith("Skipping ") and "leading" in line:
            return
        if line.startswith("- ") and number < 5:
            new = next(
                (other for other in explained[number + 1 : number + 3] if other.startswith("+ ")), None
            )
            same = _in_common(line, new) if new else 0
            if new and before + same <= _NEAR:
                yield from (f"- {line[same:][:10]}", f"+ {new[same:][:10]}")
            return
        before += len(line)


def _in_common(old: str, new: str) -> int:
    """How many characters two lines begin with alike, the mark before them apart."""
    pairs = zip(old[2:], new[2:], strict=False)
    return 2 + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
