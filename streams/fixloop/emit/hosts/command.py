"""The command that a host runs, as the words that it is and as a line for each shell; and whether a command is one of ours. Pure."""

import re
import shlex
import subprocess  # only for its rules of quoting: nothing is started here
from dataclasses import dataclass
from typing import Any, Final

SCRIPT: Final = "fixloop-hook"
MODULE: Final = "fixloop.emit.agents.hook"


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments."""

    words: tuple[str, ...]
    windows: bool = False
    """The machine's own shell is that of Windows."""

    @property
    def line(self) -> str:
        """For the machine's own shell."""
        return subprocess.list2cmdline(self.words) if self.windows else self.posix

    @property
    def posix(self) -> str:
        """For sh and bash, also where Windows has one."""
        return shlex.join(self.words)

    @property
    def powershell(self) -> str:
        """For PowerShell, which takes a quoted program for a text unless it is called with `&`."""
        return "& " + " ".join("'" + word.replace("'", "''") + "'" for word in self.words)


def is_ours(handler: Any) -> bool:
    """Whether a hook, as it stands in a host's settings, does nothing but call fixloop, from wherever."""
    if not isinstance(handler, dict):
        return False
    lines = [handler[key] for key in ("command", "bash", "powershell", "exec") if key in handler]
    if not lines or not all(isinstance(line, str) for line in lines):
        return False
    arguments = handler.get("args")
    if isinstance(arguments, list):
        return all(isinstance(word, str) for word in arguments) and _calls_us([lines[0], *arguments])
    return all(line_is_ours(line) for line in lines)


def line_is_ours(line: str) -> bool:
    """Whether a shell's line does nothing but call fixloop."""
    return any(_calls_us(words) for words in (_posix_words(line), line.split()))


def _posix_words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return []


def _calls_us(words: list[str]) -> bool:
    words = words[1:] if words[:1] == ["&"] else words
    if len(words) < 2 or any(re.search(r"[;|<>`\n]|&&|\$\(", word) for word in words[1:]):
        return False
    program = re.split(r"[\\/]", words[0])[-1].removesuffix(".exe")
    if program == SCRIPT:
        return len(words) == 2
    if program == "fixloop":
        return len(words) == 3 and words[1] == "hook"
    return len(words) == 4 and words[1:3] == ["-m", MODULE]
