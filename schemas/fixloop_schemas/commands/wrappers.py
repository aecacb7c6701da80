"""What stands before a program in a command line, and is not the program: runners of environments, containers, shells, other machines.

The extension of VS Code goes by the same words (`plugins/vscode/src/wrappers.json` is written from here).
"""

import re
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Final

from fixloop_schemas.commands import shell

WRAPPERS: Final = frozenset(
    {"time", "sudo", "env", "npx", "bunx", "xvfb-run", "exec", "command", "nice", "stdbuf"}
)
TWO_WORD_WRAPPERS: Final = frozenset(
    {
        ("uv", "run"),
        ("poetry", "run"),
        ("pipenv", "run"),
        ("hatch", "run"),
        ("rye", "run"),
        ("pdm", "run"),
        ("coverage", "run"),
    }
    | {
        ("bundle", "exec"),
        ("pnpm", "exec"),
        ("npm", "exec"),
        ("pnpm", "dlx"),
        ("yarn", "exec"),
        ("mise", "exec"),
    }
)
BEHIND_A_SIGN: Final = {
    ("kubectl", "exec"): ("--",),
    ("oc", "exec"): ("--",),
    ("fixloop", "run"): ("--",),
    ("nix", "develop"): ("-c", "--command"),
    ("nix", "shell"): ("-c", "--command"),
}
"""Programs that run what stands behind one of these words."""
CONTAINERS: Final = frozenset({"docker", "podman", "docker-compose", "compose"})
"""Programs whose `exec` and `run` take a container or a service, and then what to run in it."""
SHELLS: Final = frozenset({"sh", "bash", "dash", "zsh", "ash", "nix-shell"})
SHELL_SCRIPT: Final = re.compile(r"-[a-z]*c|--run|--command")
"""The options behind which a shell's script stands."""
SSH_OPTIONS: Final = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOoPpQRSWw")
"""Options of `ssh` that take the next word."""
MAX_DEPTH: Final = 4
CONDA: Final = frozenset({"conda", "mamba", "micromamba"})
PLACE_OPTIONS: Final = frozenset(
    {
        "-e",
        "--env",
        "-w",
        "--workdir",
        "-u",
        "--user",
        "-v",
        "--volume",
        "--name",
        "--index",
        "-n",
        "-p",
        "-f",
        "--file",
    }
    | {
        "--context",
        "--namespace",
        "--project-name",
        "--profile",
        "--env-file",
        "--entrypoint",
        "--network",
        "--mount",
        "--prefix",
    }
)
"""Options of these that take the next word."""
PYTHON_RUNNERS: Final = frozenset({"runtests.py", "test", "manage.py"})
"""Scripts of a project that are its test runner."""


def programs_of(found: tuple[shell.Part, ...], depth: int = 0) -> tuple[shell.Part, ...]:
    """The programs with those of a script that one of them hands to a shell in its place: `docker exec web sh -c 'cd app && pytest'`."""
    flat: list[shell.Part] = []
    for part in found:
        script = _script_for_a_shell(unwrapped(part.words)) if depth < MAX_DEPTH else ""
        if inner := programs_of(shell.parts(script), depth + 1) if script else ():
            flat += (*inner[:-1], shell.Part(inner[-1].words, part.operator))
        else:
            flat.append(part)
    return tuple(flat)


def _script_for_a_shell(words: tuple[str, ...]) -> str:
    """What a shell, here or on another machine, is asked to run as one text; empty where none is."""
    if not words:
        return ""
    head = PurePosixPath(words[0]).name
    if head == "ssh":
        return " ".join(words[_behind_options(words, 1, SSH_OPTIONS) + 1 :])
    if head in SHELLS:
        at = next((at for at, word in enumerate(words[:-1]) if SHELL_SCRIPT.fullmatch(word)), None)
        return words[at + 1] if at else ""
    return ""


def unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without variables, timers and environment runners before the program; `python -m X` is X."""
    while words and (before := _words_before_the_program(words)):
        words = words[before:]
    return words


def _words_before_the_program(words: tuple[str, ...]) -> int:
    """How many of the first words only prepare what the next one runs."""
    head = PurePosixPath(words[0]).name
    variable, equals, _ = words[0].partition("=")
    if head in WRAPPERS or (equals and variable.isidentifier()):
        return 1
    if words[:2] in TWO_WORD_WRAPPERS:
        return 2
    if placed := _words_before_the_place_s_program(words):
        return placed
    if head == "timeout":
        options = sum(1 for _ in takewhile(lambda word: word.startswith("-"), words[1:]))
        return options + 2  # the program's name, its options, the duration
    if head.startswith(("python", "pypy")):
        if "-m" in words[1:4]:
            return words.index("-m") + 1
        if len(words) > 1 and PurePosixPath(words[1]).name in PYTHON_RUNNERS:
            return 1
    return 0


def _words_before_the_place_s_program(words: tuple[str, ...]) -> int:
    """How many words only say where the program runs, as in `docker exec -it web pytest`; 0 when none do."""
    head = PurePosixPath(words[0]).name
    verb = _behind_options(words, 1)
    if signs := BEHIND_A_SIGN.get((head, "".join(words[verb : verb + 1]))):
        return next((at + 1 for at, word in enumerate(words) if word in signs), 0)
    if head in CONTAINERS and words[1:2] == ("compose",):
        return 1 + _words_before_the_place_s_program(words[1:]) if len(words) > 2 else 0
    if head in CONDA and words[verb : verb + 1] == ("run",):
        return _behind_options(words, verb + 1)
    if head in CONTAINERS and words[verb : verb + 1] in (("exec",), ("run",)):
        return _behind_options(words, verb + 1) + 1
    return 0


def _behind_options(words: tuple[str, ...], at: int, valued: frozenset[str] = PLACE_OPTIONS) -> int:
    """Where the first word from `at` on is that is no option, nor an option's value."""
    while at < len(words) and words[at].startswith("-"):
        at += 1 + (words[at] in valued)
    return at
