"""The conditions of one run, and how its output is made to speak of no real machine."""

import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.signatures.programs import write_out

_CHECKOUTS: Final = (
    ("/home/ada/shop", "/tmp"),
    ("/tmp/abc/shop", "/tmp"),
    ("/Users/bob/dev/shop-2", "/var/folders/x1/9t3kzz1d1/T"),
    ("/var/lib/jenkins/workspace/shop_main", "/var/tmp"),
    ("C:\\Users\\bob\\code\\shop", "C:\\Users\\bob\\AppData\\Local\\Temp"),
    ("/builds/team/shop", "/tmp"),
    ("/srv/s", "/tmp"),
    ("/home/someone/.cache/worktrees/3f2a9c/shop", "/home/someone/tmp"),
    ("/app", "/tmp"),
    ("/home/me/my projects/shop", "/tmp"),
)
_PASSED_ON: Final = (
    "PATH",
    "HOME",
    "LANG",
    "JAVA_HOME",
    "GOPATH",
    "GOMODCACHE",
    "GOPROXY",
    "CARGO_HOME",
    "RUSTUP_HOME",
)
_WINDOWS_PATH: Final = re.compile(r"C:\\[^\n\"'():,]*")


@dataclass(frozen=True, slots=True)
class Variation:
    """One run's conditions: where it seems to be checked out, and which options it has."""

    number: int
    seed: int

    @property
    def root(self) -> str:
        """The folder that the output speaks of."""
        return _CHECKOUTS[self.number % len(_CHECKOUTS)][0]

    @property
    def temporary(self) -> str:
        """The folder for temporary files that the output speaks of."""
        return _CHECKOUTS[self.number % len(_CHECKOUTS)][1]

    def chance(self, purpose: str) -> random.Random:
        """A source of choices that is the same whenever this variation is made again."""
        return random.Random(f"{purpose} {self.seed} {self.number}")  # noqa: S311 - no secret

    def one_of(self, choices: Sequence[Sequence[str]]) -> list[str]:
        """Options: each of the choices comes up as the variations go on."""
        return list(choices[(self.number + self.seed) % len(choices)])


@dataclass(frozen=True, slots=True)
class Checkout:
    """A program written out in a real folder that no output will name."""

    variation: Variation
    folder: Path
    temporary: Path
    foreign: Mapping[str, str]
    """Other folders of this machine, and what the output calls them."""

    def run(self, *command: str, **environment: str) -> str:
        """Run a command in the folder; all that it printed, whatever its end."""
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**passed_on, "TMPDIR": str(self.temporary), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
        return self.neutral(done.stdout.decode("utf-8", "replace"))

    def neutral(self, text: str) -> str:
        """The text with this machine's folders named as those that the variation speaks of."""
        text = text.replace("\r\n", "\n")
        for real, said in self.foreign.items():
            text = text.replace(real, said.replace("{root}", self.variation.root))
        text = text.replace(str(self.folder), self.variation.root)
        text = text.replace(str(self.temporary), self.variation.temporary)
        text = text.replace(str(self.folder.parent.parent), "/opt/build")
        return _WINDOWS_PATH.sub(lambda found: found[0].replace("/", "\\"), text)


@contextmanager
def checkout(program: Path, variation: Variation, foreign: Mapping[str, str]) -> Iterator[Checkout]:
    """A program, written out for one variation."""
    with tempfile.TemporaryDirectory(prefix="signatures-") as base:
        chance = variation.chance(program.name)
        folder = Path(base) / f"{chance.randrange(10**6):x}" / re.split(r"[\\/]", variation.root)[-1]
        temporary = Path(base) / "temporary"
        temporary.mkdir()
        write_out(program, folder, chance)
        python = {str(Path(sys.executable).parent.parent): "{root}/.venv", sys.base_prefix: "/usr"}
        yield Checkout(variation, folder, temporary, {**foreign, **python})
