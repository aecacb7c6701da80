"""The golden examples, as test cases."""

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

EXAMPLES = Path(str(files("fixloop_schemas").joinpath("examples")))


@dataclass(frozen=True, slots=True)
class Example:
    """One example file."""

    path: Path

    @property
    def event_type(self) -> str:
        """The type that its folder is called after."""
        return self.path.parent.name

    @property
    def valid(self) -> bool:
        """Whether its name says that it is an event."""
        return self.path.name.startswith("valid-")

    @property
    def event(self) -> Any:
        """Its CloudEvents dictionary."""
        return json.loads(self.path.read_text(encoding="utf-8"))

    def __str__(self) -> str:
        return f"{self.event_type}/{self.path.stem}"


ALL = tuple(Example(path) for path in sorted(EXAMPLES.rglob("*.json")))
VALID = tuple(example for example in ALL if example.valid)
INVALID = tuple(example for example in ALL if not example.valid)
