"""Which files of a working copy differ from its commit, as git says it, and what the commit has of them."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from fixloop_schemas.digest import plain_text

_UNTRACKED = "??"


def changed_files(root: Path, seconds: float) -> Mapping[str, bool] | None:
    """The paths that differ from the commit, and whether git tracks them; None when git did not answer within `seconds`."""
    told = _git(
        root,
        (
            "status",
            "--porcelain=v1",
            "-z",
            "--untracked-files=all",
            "--no-renames",
            "--ignore-submodules=all",
        ),
        seconds,
    )
    if told is None:
        return None
    entries = (os.fsdecode(entry) for entry in told.split(b"\0") if len(entry) > 3)
    return {entry[3:]: entry[:2] != _UNTRACKED for entry in entries}


def committed_files(root: Path, since: str, seconds: float) -> Sequence[str]:
    """The paths that differ between a commit and the present one; none when git did not answer within `seconds`."""
    if not since.strip("0"):
        return ()
    told = _git(root, ("diff", "--name-only", "-z", "--no-renames", since, "HEAD"), seconds)
    return [os.fsdecode(path) for path in (told or b"").split(b"\0") if path]


def committed_texts(root: Path, revision: str, paths: Sequence[str], seconds: float) -> Mapping[str, str]:
    """The texts of files in a commit; what it does not have, or cannot be had within `seconds`, is left out."""
    asked = [path for path in paths if "\n" not in path]
    if not asked:
        return {}
    told = _git(
        root,
        ("cat-file", "--batch"),
        seconds,
        b"".join(os.fsencode(f"{revision}:{path}\n") for path in asked),
    )
    found: dict[str, str] = {}
    rest = told or b""
    for path in asked:
        head, _, rest = rest.partition(b"\n")
        words = head.split()
        if len(words) != 3 or words[1] != b"blob" or not words[2].isdigit():
            continue
        size = int(words[2])
        found[path] = plain_text(rest[:size])
        rest = rest[size + 1 :]
    return found


def _git(root: Path, arguments: Sequence[str], seconds: float, given: bytes = b"") -> bytes | None:
    # What git is told about this or another repository by its caller, such as a hook of git, does not count here.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    try:
        done = subprocess.run(  # noqa: S603 -- nothing of it is a shell's
            ["git", "-C", str(root), "--no-optional-locks", *arguments],  # noqa: S607 -- git is the user's
            input=given,
            capture_output=True,
            check=False,
            timeout=max(seconds, 0.001),
            env=environment,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
