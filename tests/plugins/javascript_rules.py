"""Writes the rules that emitters in JavaScript go by, as a module: `python -m tests.plugins.javascript_rules`.

Patterns are translated, so that they mean in JavaScript (flag `u`) what they mean in Python: what a blank, a letter and a digit is, where a
word and a line ends. How the rules are applied is a port, which the golden vectors judge.
"""

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from fixloop_schemas import limits, names, signature
from fixloop_schemas.failures import jest, text

FILE: Final = Path(__file__).parents[2] / "plugins/javascript/src/rules.js"

_WORD: Final = r"\p{L}\p{N}_"
_BLANK: Final = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CLASSES: Final = {"w": _WORD, "d": r"\p{Nd}", "s": _BLANK}
_BOUNDARY: Final = rf"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")
_PART: Final = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|.)|\[\^?|[^\\]", re.DOTALL)


def rules() -> str:
    """The module, as it has to be."""
    content = {
        "masking": {
            "version": signature.VERSION,
            "maxMasked": signature.MAX_MASKED,
            "maxRead": signature.MAX_READ,
            "chosen": in_javascript(signature._CHOSEN.pattern),
            "rules": [
                [in_javascript(pattern.pattern), _replacement(replacement)]
                for pattern, replacement in signature._RULES
            ],
        },
        "failures": {
            "maxRead": text.MAX_READ,
            "maxLines": text.MAX_LINES,
            "advice": list(jest._ADVICE),
            "repeated": jest._REPEATED,
            "patterns": {**_patterns(text), **_patterns(jest)},
        },
        "limits": {
            "event": limits.MAX_EVENT_BYTES,
            "name": names.MAX_NAME,
            "testName": names.MAX_TEST_NAME,
            "tail": names._TAIL,
        },
    }
    return (
        "// Written by `make generate` from fixloop_schemas; a test compares.\n"
        f"export const rules = {json.dumps(content, indent=2)};\n"
    )


def in_javascript(pattern: str) -> str:
    """What a pattern of Python's is in JavaScript, with the flag `u`."""
    found: list[str] = []
    inside = False
    for part in _PART.findall(pattern):
        if inside:
            inside = part != "]" or found[-1] in ("[", "[^")
            found.append(_member(part))
        elif part in ("[", "[^"):
            inside = True
            found.append(part)
        else:
            found.append(_outside(part))
    return "".join(found)


def _outside(part: str) -> str:
    if part == ".":
        return r"[^\n]"
    if part == "$":
        return r"(?=\n?$)"
    if part == r"\b":
        return _BOUNDARY
    if part[0] == "\\" and part[1:].lower() in _CLASSES:
        return f"[{'^' if part[1].isupper() else ''}{_CLASSES[part[1].lower()]}]"
    return _escape(part)


def _member(part: str) -> str:
    if part[0] == "\\" and part[1:] in _CLASSES:
        return _CLASSES[part[1]]
    if part == r"\-":
        return part
    return _escape(part)


def _escape(part: str) -> str:
    """Python lets anything be escaped, JavaScript only what would mean something."""
    known = len(part) != 2 or part[0] != "\\" or part[1] in _SYNTAX or part[1].isalnum()
    return part if known else part[1]


def _patterns(module: ModuleType) -> dict[str, str]:
    return {
        name.strip("_").lower(): in_javascript(value.pattern)
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def _replacement(replacement: object) -> str:
    if replacement is signature._path:
        return "PATH"
    if replacement is signature._in_order:
        return "IN_ORDER"
    return re.sub(r"\\(\d)", r"$\1", str(replacement))


if __name__ == "__main__":
    FILE.write_text(rules(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
