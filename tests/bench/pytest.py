"""What recording costs a run of pytest: 5,000 trivial tests with `FIXLOOP=1` and without, turn by turn, each as a process of its own."""

import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.bench.figures import Figure

_FILES: Final = 50
_TESTS_A_FILE: Final = 100
_ROUNDS: Final = 15
_COMMAND: Final = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    cpu: float


def run() -> list[Figure]:
    """In each round one run of each, the other one first each time; the first round warms up the disk and does not count."""
    with tempfile.TemporaryDirectory() as folder:
        project = _project(Path(folder) / "project")
        pairs = []
        for number in range(_ROUNDS + 1):
            order = (True, False) if number % 2 else (False, True)
            runs = {recorded: _timed(project, Path(folder), recorded=recorded) for recorded in order}
            pairs.append((runs[True], runs[False]))
    pairs = pairs[1:]
    return [
        Figure.of("pytest_with_vs_without", [ours.seconds / theirs.seconds for ours, theirs in pairs]),
        Figure.of("pytest_cpu_with_vs_without", [ours.cpu / theirs.cpu for ours, theirs in pairs]),
        Figure.of("pytest_with", [ours.seconds * 1e3 for ours, _ in pairs], "ms"),
        Figure.of("pytest_without", [theirs.seconds * 1e3 for _, theirs in pairs], "ms"),
        Figure.of("pytest_added_cpu", [(ours.cpu - theirs.cpu) * 1e3 for ours, theirs in pairs], "ms"),
    ]


def _project(folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    tests = "\n\n".join(f"def test_{number}():\n    assert {number} >= 0" for number in range(_TESTS_A_FILE))
    for number in range(_FILES):
        (folder / f"test_{number}.py").write_text(tests + "\n")
    return folder


def _timed(project: Path, folder: Path, *, recorded: bool) -> _Run:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FIXLOOP")}
    environment |= {"FIXLOOP_SPOOL": str(folder / "spool"), **({"FIXLOOP": "1"} if recorded else {})}
    # Installed packages have their bytecode; so has a checkout here, and both kinds of runs.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(_COMMAND, cwd=project, env=environment, capture_output=True, text=True, check=True)
    seconds, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if f"{_FILES * _TESTS_A_FILE} passed" not in done.stdout:
        raise RuntimeError(f"not all tests passed: {done.stdout[-500:]}")
    return _Run(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
