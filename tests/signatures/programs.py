"""The failing programs: templates that are written out with their code moved and in another order each time.

In a template a line `~~~` begins a block that may stand anywhere among the others, `~~~ last` the one that ends the file, and
`~` marks a place within a block where lines may come or go.
"""

import random
from pathlib import Path
from typing import Final

from tests.signatures.labelled import DATA

SUFFIX: Final = ".tmpl"
_COMMENTS: Final = {".py": "#", ".go": "//", ".js": "//", ".rs": "//", ".java": "//"}


def programs(runner: str) -> list[Path]:
    """The folders of a runner's programs: several where one that does not compile would hide the others."""
    folder = DATA / runner.removesuffix("-json")
    inner = sorted(path.parent for path in folder.glob(f"*/*{SUFFIX}"))
    return [folder] if _is_program(folder) or not inner else sorted(set(inner))


def write_out(program: Path, to: Path, chance: random.Random) -> None:
    """Write a program's files below a folder, moved about by `chance`."""
    for template in sorted(program.rglob(f"*{SUFFIX}")):
        file = to / template.relative_to(program).with_suffix("")
        file.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        file.write_text(_moved(text, _COMMENTS.get(file.suffix, ""), chance), encoding="utf-8")


def _is_program(folder: Path) -> bool:
    return any(folder.glob(f"*{SUFFIX}")) or (folder / "tests").is_dir()


def _moved(text: str, comment: str, chance: random.Random) -> str:
    """The text with its blocks in another order, and comments before and in them."""
    if not comment:
        return text
    first, *blocks = text.split("\n~~~")
    last = [block.removeprefix(" last") for block in blocks if block.startswith(" last")]
    movable = [block for block in blocks if not block.startswith(" last")]
    chance.shuffle(movable)
    lines: list[str] = []
    for block in (first, *movable, *last):
        for line in block.split("\n"):
            lines += _fillers(comment, chance, 2) if line.strip() == "~" else [line]
        lines += _fillers(comment, chance, 9)
    return "\n".join(lines) + "\n"


def _fillers(comment: str, chance: random.Random, most: int) -> list[str]:
    return [f"{comment} a line that was put here" for _ in range(chance.randint(0, most))]
