"""git's hooks, which are scripts: one line goes in behind the first, so that whatever stands there runs as before and has the last word."""

import os
import re
import subprocess
from functools import partial
from pathlib import Path
from typing import Final

from fixloop.emit.git.hook import HOOKS
from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.host import HostFile, Place

_BEGIN: Final = "# fixloop: the next line tells it what git did; `fixloop uninstall git` takes both out"
_OURS: Final = re.compile(rf"^{re.escape(_BEGIN)}\n.*\n", re.MULTILINE)
_SHELL: Final = re.compile(r"#!\s*\S*/(?:env\s+(?:-S\s+)?)?(?:ba|da|z|k|a)?sh\b[^\n]*\n")
_NEW: Final = "#!/bin/sh\n"


def hook_files(place: Place, command: Command) -> tuple[HostFile, ...]:
    """The hooks of the repository, wherever it keeps them (`core.hooksPath`).

    Raises:
        ValueError: there is no repository, or it keeps its hooks in files that everybody gets.
    """
    folder = hooks_folder(place.project)
    return tuple(
        HostFile(
            folder / hook,
            add=partial(_add, line=_line(hook, command)),
            remove=lambda text: _OURS.sub("", text),
            holds_nothing=lambda text: text.strip() in ("", _NEW.strip()),
            executable=True,
        )
        for hook in HOOKS
        if not _switched_off(folder / hook)
    )


def hooks_folder(project: Path) -> Path:
    """Where the repository's hooks are. Raises `ValueError`, with a sentence, where none may be put."""
    told = _git(project, "rev-parse", "--git-path", "hooks")
    if told is None:
        raise ValueError("there is no git repository here")
    folder = project / told
    led_to = {str(path.resolve()) for path in (folder, *(folder / hook for hook in HOOKS))}
    if any(_git(project, "ls-files", "--", path) for path in led_to):
        raise ValueError(
            "the repository's hooks are among its own files, and everybody would get the change: "
            'add `fixloop-hook git HOOK "$@"` to them by hand, if that is wanted'
        )
    return folder


def _switched_off(path: Path) -> bool:
    """Whether git passes the hook over, for it may not be run; ours would be too, and nobody asked for theirs."""
    try:
        return not os.access(path, os.X_OK) and _BEGIN.encode() not in path.read_bytes()
    except OSError:
        return False


def _line(hook: str, command: Command) -> str:
    # A rebase calls for each commit; it is looked at once, when it is done.
    not_now = "" if hook == "post-rewrite" else '[ -d "${GIT_DIR:-.git}/rebase-merge" ] || '
    return f'{_BEGIN}\n{not_now}{command.posix} {hook} "$@" </dev/null >/dev/null 2>&1 || :\n'


def _add(text: str, line: str) -> str:
    if line in text:
        return text
    without = _OURS.sub("", text) or _NEW
    first = _SHELL.match(without)
    if first is None:
        raise ValueError("it is no shell script: let it call `fixloop-hook git HOOK` by hand")
    return without[: first.end()] + line + without[first.end() :]


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 -- nothing of it is a shell's
            ["git", "-C", str(folder), *arguments],  # noqa: S607 -- git is the user's
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
