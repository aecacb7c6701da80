"""What one call of an agent's hook tells, in the words that all agents share. The agents' own words end in their adapters.

What is absent or of another shape is taken as not known: the hook of a newer version of an agent must never fail here.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange  # most calls change no file

_SIGNS_OF_TESTS: Final = (
    *(
        "test",
        "spec",
        "check",
        "verify",
        "tox",
        "nox",
        "nose",
        "jest",
        "mocha",
        "karma",
        "jasmine",
        "cypress",
        "fixloop",
    ),
    *(
        "make",
        "gradle",
        "mvn",
        "maven",
        "cargo",
        "go ",
        "npm",
        "pnpm",
        "yarn",
        "bun",
        "rake",
        "dotnet",
        "python",
        "node",
    ),
)


class Command(NamedTuple):
    """One command that the agent gave to a shell, and what came of it."""

    line: str
    """Empty where it has to be looked up first."""
    output: str = ""
    exit_code: int | None = None
    """None when the agent does not tell."""
    failed: bool = False
    """It did not end well, with whatever exit code."""
    ended: bool = True
    """False when it goes on in the background: what it printed so far is not its last word."""
    revision: str = ""
    """The commit that it made, where the agent says so."""
    task: str = ""
    """The agent's own id of it, where it ran beside what the agent did meanwhile."""
    record: str = ""
    """The file in which the agent noted what began such a task."""

    @property
    def may_be_tests(self) -> bool:
        """Whether it is worth a closer look: cheap, and right where it says no."""
        line = self.line.lower()
        unknown = bool(self.task) and not line
        return self.ended and (unknown or any(sign in line for sign in _SIGNS_OF_TESTS))


class HookCall(NamedTuple):
    """One call; empty is not known, or did not happen."""

    session: str = ""
    """The agent's own id of its session."""
    folder: str = ""
    """Where the agent works, absolute: paths are relative to it."""
    project: str = ""
    """The folder that the agent was opened on."""
    sub_agent: str = ""
    model: str = ""
    """The model that does what the call tells, or from now on, when it tells nothing else."""
    started: str = ""
    """Why a session starts: `startup`, `resume`, `clear`, `compact`, `fork` or `unknown`."""
    ended: str = ""
    """Why it ends: `clear`, `logout`, `exit` or `unknown`."""
    changes: "tuple[FileChange, ...]" = ()
    command: Command | None = None
    lost: int = 0
    """How many calls of the session before this one could not be handed over."""

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.started or self.ended or self.changes or self.command or self.model or self.lost)
