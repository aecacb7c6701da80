"""The processes that this one descends from, as far as the system tells: from `/proc`, else from `ps`; nothing where there is neither."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

_MOST: Final = 64
_PS_SECONDS: Final = 0.5
_STARTED_WORDS: Final = 5
"""`lstart` of `ps`: day, month, day, time, year."""


class Process(NamedTuple):
    """A process that runs."""

    pid: int
    name: str
    """Of its program, without folder or arguments."""
    started: str
    """When it started, in the system's own words: a later process with the same number has another one."""


def ancestors(pid: int | None = None) -> tuple[Process, ...]:
    """The parent of a process (this one, when none is named), its parent, and so on."""
    parent = _from_proc if Path("/proc/self/stat").exists() else _from_ps()
    found: list[Process] = []
    following = parent(os.getpid() if pid is None else pid)
    while following is not None and following[1] > 1 and len(found) < _MOST:
        one = parent(following[1])
        if one is None:
            break
        found.append(one[0])
        following = one
    return tuple(found)


def environments() -> Iterator[Mapping[str, str]]:
    """What each process that this one descends from was started with, the nearest first; ends where the system does not tell."""
    for process in ancestors():
        try:
            content = Path(f"/proc/{process.pid}/environ").read_bytes()
        except OSError:
            return
        pairs = (pair.partition("=") for pair in content.decode("utf-8", "replace").split("\0"))
        yield {name: value for name, _, value in pairs}


def _from_proc(pid: int) -> tuple[Process, int] | None:
    """A process and its parent's number."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes().decode("utf-8", "replace")
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields = rest.split()
        return Process(pid, name, fields[19]), int(fields[1])
    except (OSError, ValueError, IndexError):
        return None


class _from_ps:  # noqa: N801 -- called as the function beside it is
    """The same from one call of `ps`."""

    def __init__(self) -> None:
        import subprocess  # where there is a /proc, nobody needs it

        self._all: dict[int, tuple[Process, int]] = {}
        try:
            told = subprocess.run(
                ["ps", "-A", "-o", "pid=,ppid=,lstart=,comm="],  # noqa: S607 -- no system agrees where it is
                capture_output=True,
                check=False,
                timeout=_PS_SECONDS,
                env={**os.environ, "LC_ALL": "C"},
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return
        for line in told.decode("utf-8", "replace").splitlines():
            words = line.split()
            if len(words) > 2 + _STARTED_WORDS and words[0].isdigit() and words[1].isdigit():
                name = " ".join(words[2 + _STARTED_WORDS :]).rpartition("/")[2]
                started = " ".join(words[2 : 2 + _STARTED_WORDS])
                self._all[int(words[0])] = Process(int(words[0]), name, started), int(words[1])

    def __call__(self, pid: int) -> tuple[Process, int] | None:
        return self._all.get(pid)
