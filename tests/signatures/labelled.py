"""The committed observations: what each runner printed about each bug, under many conditions."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parents[1] / "data" / "signatures"
RUNNERS: Final = ("pytest", "unittest", "go", "jest", "jest-json", "vitest", "rust", "junit")


@dataclass(frozen=True, slots=True)
class Observation:
    """One failure as it was printed, and which bug it truly was."""

    runner: str
    bug: str
    variation: str
    """What the run was like: where it was checked out, and with which options."""
    text: str


def read(runner: str, folder: Path = DATA) -> list[Observation]:
    """All observations of one runner."""
    lines = _file(runner, folder).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [Observation(**json.loads(line)) for line in lines]


def write(runner: str, observations: Iterable[Observation], folder: Path = DATA) -> int:
    """Put a runner's observations in the place of those that were there; how many they are."""
    ordered = sorted(observations, key=lambda one: (one.bug, one.variation))
    lines = [json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) + "\n" for one in ordered]
    _file(runner, folder).parent.mkdir(parents=True, exist_ok=True)
    _file(runner, folder).write_text("".join(lines), encoding="utf-8")
    return len(lines)


def _file(runner: str, folder: Path) -> Path:
    return folder / runner / "failures.jsonl"
