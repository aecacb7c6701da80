"""What recording costs a run of pytest: suites that are green and red, with `FIXLOOP=1` and without, each run as a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

from tests.bench.figures import Figure

T = TypeVar("T")

_TESTS_A_FILE: Final = 100
_TRIVIAL: Final = 5_000
_FAILING: Final = 500
_PAIRS: Final = 16
_OTHER_PAIRS: Final = 8
_COMMAND: Final = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
_RECORDED: Final = {"FIXLOOP": "1"}
_PERSON: Final = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")


@dataclass(frozen=True, slots=True)
class _Suite:
    folder: Path
    ends: str
    """What pytest's last line says of it."""
    environment: Mapping[str, str]


def run() -> list[Figure]:
    """The ratio that counts, `pytest_with_vs_without`, is one of processor time (children included), of two runs that share one core.

    On a machine that others use too, runs one after the other differ by more than recording costs; two at once, bound to the same core,
    meet the same caches, clock rate and neighbours. Which starts first changes from pair to pair, the first pair does not count, and
    `pytest_control` is the same measure of runs of which neither records. What waits without using the processor is not in it; it is in
    `pytest_wall_with_vs_without`, the wall time of runs in turn.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder))
        green = _suite(Path(folder) / "green", _TRIVIAL, "{} >= 0", "passed", environment)
        red = _suite(Path(folder) / "red", _FAILING, "{} < 0", "failed", environment)
        pairs = _pairs(green, _PAIRS)
        control = _pairs(green, _OTHER_PAIRS, recorded={})
        failing = _pairs(red, _OTHER_PAIRS)
        walls = _walls(green, _OTHER_PAIRS)
    return [
        _ratio("pytest_with_vs_without", pairs),
        _ratio("pytest_control", control),
        _ratio("pytest_wall_with_vs_without", walls),
        _added("pytest_added_cpu", pairs),
        _added("pytest_control_added_cpu", control),
        Figure.of("pytest_with", [ours * 1e3 for ours, _ in walls], "ms"),
        Figure.of("pytest_without", [theirs * 1e3 for _, theirs in walls], "ms"),
        _ratio("pytest_failing_with_vs_without", failing),
        _added("pytest_failing_added_cpu", failing),
    ]


def _ratio(name: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    return Figure.of(name, [ours / theirs for ours, theirs in pairs])


def _added(name: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    return Figure.of(name, [(ours - theirs) * 1e3 for ours, theirs in pairs], "ms")


def _environment(folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FIXLOOP")}
    # Installed packages have their bytecode; so has a checkout here, and both kinds of runs.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment | {
        "FIXLOOP_SPOOL": str(folder / "spool"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }


def _suite(folder: Path, tests: int, claim: str, outcome: str, environment: Mapping[str, str]) -> _Suite:
    """A project whose files are committed, as most of those in somebody's working copy are."""
    folder.mkdir()
    numbers = range(_TESTS_A_FILE)
    text = "\n\n".join(f"def test_{number}():\n    assert {claim.format(number)}" for number in numbers)
    for number in range(tests // _TESTS_A_FILE):
        (folder / f"test_{number}.py").write_text(text + "\n")
    for arguments in (("init", "-q", "-b", "main"), ("add", "."), (*_PERSON, "commit", "-q", "-m", "tests")):
        subprocess.run(("git", *arguments), cwd=folder, check=True)
    return _Suite(folder, f"{tests} {outcome}", environment)


def _pairs(
    suite: _Suite, count: int, recorded: Mapping[str, str] = _RECORDED
) -> Sequence[tuple[float, float]]:
    """Seconds of processor time of two runs at once, the first with `recorded` in its environment; the core changes every other pair."""
    cores = sorted(os.sched_getaffinity(0))
    pairs = []
    for number in range(count + 1):
        with _bound_to(cores[number // 2 % len(cores)]):
            order = _in_turn(number, (recorded, {}))
            runs = [_started(suite, variables, f".{place}") for place, variables in enumerate(order)]
            seconds = [_seconds_of(run) for run in runs]
        pairs.append(_in_turn(number, (seconds[0], seconds[1])))
    return pairs[1:]


def _walls(suite: _Suite, count: int) -> Sequence[tuple[float, float]]:
    """Seconds of wall time of a run that is recorded and of one that is not, in turn."""
    pairs = []
    for number in range(count):
        seconds = []
        for variables in _in_turn(number, (_RECORDED, {})):
            began = perf_counter()
            _seconds_of(_started(suite, variables))
            seconds.append(perf_counter() - began)
        pairs.append(_in_turn(number, (seconds[0], seconds[1])))
    return pairs


def _in_turn(number: int, pair: tuple[T, T]) -> tuple[T, T]:
    """The pair, turned round every other time; applied once more, it is as it was."""
    return pair if number % 2 else (pair[1], pair[0])


@contextmanager
def _bound_to(core: int) -> Iterator[None]:
    """This process, and what it starts, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class _Run:
    suite: _Suite
    process: subprocess.Popen[bytes]
    said: Path


def _started(suite: _Suite, variables: Mapping[str, str], says: str = ".said") -> _Run:
    said = suite.folder.with_suffix(says)
    with said.open("wb") as output:
        process = subprocess.Popen(
            _COMMAND,
            cwd=suite.folder,
            env={**suite.environment, **variables},
            stdout=output,
            stderr=output,
        )
    return _Run(suite, process, said)


def _seconds_of(run: _Run) -> float:
    """Processor time of a run and of all that it started, when it has ended."""
    _, status, used = os.wait4(run.process.pid, 0)
    run.process.returncode = os.waitstatus_to_exitcode(status)
    said = run.said.read_text()
    if not said.splitlines()[-1].startswith(run.suite.ends):
        raise RuntimeError(f"not all tests ended as they should: {said[-500:]}")
    return used.ru_utime + used.ru_stime
