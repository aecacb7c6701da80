"""A command line, cut where one program ends and the next begins. A reading, not a shell: nothing is expanded.

Recordings collapse line breaks and cut long commands, so quotes may be open at the end.
"""

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<redirect>&>>?|\d*(?:<<<|<<-?|>>|>\||[<>])(?P<copy>&[\d\-])?)
      | (?P<operator>&&|\|\||\|&|[|;&])
      | (?P<word>(?:'[^']*'?|"(?:\\.|[^"\\])*"?|\\.?|[^\s'"|;&<>\\])+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_QUOTED: Final = re.compile(r"""'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.)""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One program's words, and the operator behind it (empty at the end)."""

    words: tuple[str, ...]
    operator: str


def parts(command: str) -> tuple[Part, ...]:
    """The programs of a command line in order, without redirections and brackets."""
    found: list[Part] = []
    words: list[str] = []
    skip_target = False
    for token in _TOKEN.finditer(command):
        if token["redirect"]:
            skip_target = token["copy"] is None
        elif token["operator"]:
            found.append(Part(tuple(words), token["operator"]))
            words = []
        elif skip_target:
            skip_target = False
        else:
            words += _word(token["word"])
    found.append(Part(tuple(words), ""))
    return tuple(part for part in found if part.words)


def _word(raw: str) -> list[str]:
    """A word without its quotes; brackets of a subshell are no part of it."""
    bare = _QUOTED.sub(lambda match: match[1] or match[2] or match[3] or "", raw)
    if not raw.startswith(("'", '"')):
        bare = bare.strip("(){}") if bare.count("(") != bare.count(")") or bare in ("{", "}") else bare
    return [bare] if bare else []
