"""What one call of an agent's hook costs, as a process of its own, beside a Python that does nothing; turn by turn."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any, Final

from fixloop.emit.agents.hook import HOSTS
from tests.bench.figures import Figure

_CALLS: Final = 41
_PATIENCE: Final = 2.0
_BARE: Final = (sys.executable, "-S", "-c", "pass")
_PROGRAM: Final = str(Path(sys.executable).parent / "fixloop-hook")
_HOOK: Final = (_PROGRAM, "claude-code")
_GOLDEN: Final = Path(__file__).parents[1] / "data/agents"


def run() -> list[Figure]:
    """An edit, a command, and a session's start, and an edit of every other host; the first round warms up and does not count."""
    with tempfile.TemporaryDirectory() as folder:
        project = _project(Path(folder) / "project")
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("FIXLOOP", "CLAUDE"))
        }
        environment |= {"FIXLOOP_SPOOL": str(Path(folder) / "spool"), "HOME": folder}
        # Installed packages have their bytecode; so has a checkout here.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        calls = _calls(project)
        others = {host: _first_edit(host, project) for host in HOSTS if host != "claude-code"}
        named = [f"edit_{host}" for host in others]
        taken: dict[str, list[float]] = {name: [] for name in ("bare", "off", *calls, *named)}
        told = 0
        for _ in range(_CALLS + 1):
            taken["bare"].append(_timed(_BARE, b"", environment, project))
            taken["off"].append(_timed(_HOOK, calls["edit"], {**environment, "FIXLOOP": "off"}, project))
            for name, call in calls.items():
                taken[name].append(_timed(_HOOK, call, environment, project))
                if name == "command":
                    told = _wait_for_more_runs(Path(folder) / "spool", told)
            for host, call in others.items():
                taken[f"edit_{host}"].append(_timed((_PROGRAM, host), call, environment, project))
    counted = {name: [1e3 * seconds for seconds in times[1:]] for name, times in taken.items()}
    bare = counted.pop("bare")
    added = [
        Figure(f"hook_{name}_added", median(times) - median(bare), "ms") for name, times in counted.items()
    ]
    return [
        Figure.of("hook_bare", bare, "ms"),
        *(Figure.of(f"hook_{name}", times, "ms") for name, times in counted.items()),
        *added,
    ]


def _project(folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    (folder / "shop.py").write_text("".join(f"line_{number} = {number}\n" for number in range(500)))
    return folder


def _wait_for_more_runs(spool: Path, told: int) -> int:
    """How many runs are told, once the child has told its own: what it does beside the next call is not that call's cost."""
    deadline = perf_counter() + _PATIENCE
    while perf_counter() < deadline:
        files = spool.glob("sessions/*/*.jsonl")
        found = sum(file.read_bytes().count(b"testsuiterun.finished") for file in files)
        if found > told:
            return found
        sleep(0.01)
    return told


def _first_edit(host: str, project: Path) -> bytes:
    """The call behind the session's start in the golden session of a host."""
    steps = json.loads((_GOLDEN / f"{host}.json").read_text().replace("{ROOT}", str(project)))
    return json.dumps(steps[1]["call"]).encode()


def _calls(project: Path) -> Mapping[str, bytes]:
    text = (project / "shop.py").read_text()
    shared = {
        "session_id": "s1",
        "cwd": str(project),
        "transcript_path": "/t",
        "hook_event_name": "PostToolUse",
    }
    edit = {"file_path": str(project / "shop.py"), "old_string": "line_7 = 7", "new_string": "line_7 = 8"}
    response = {
        "filePath": edit["file_path"],
        "oldString": edit["old_string"],
        "newString": edit["new_string"],
        "originalFile": text,
        "structuredPatch": [
            {
                "oldStart": 8,
                "oldLines": 1,
                "newStart": 8,
                "newLines": 1,
                "lines": ["-line_7 = 7", "+line_7 = 8"],
            }
        ],
    }
    calls: dict[str, dict[str, Any]] = {
        "edit": {**shared, "tool_name": "Edit", "tool_input": edit, "tool_response": response},
        "command": {
            **shared,
            "tool_name": "Bash",
            "tool_input": {"command": "git checkout -- shop.py && python -m pytest -q"},
            "tool_response": {"stdout": "5 passed in 0.1s\n" * 50, "stderr": "", "interrupted": False},
        },
        "start": {**shared, "hook_event_name": "SessionStart", "source": "startup", "model": "m"},
    }
    return {name: json.dumps(call).encode() for name, call in calls.items()}


def _timed(command: tuple[str, ...], given: bytes, environment: Mapping[str, str], folder: Path) -> float:
    began = perf_counter()
    subprocess.run(command, input=given, env=environment, cwd=folder, check=True, capture_output=True)
    return perf_counter() - began
