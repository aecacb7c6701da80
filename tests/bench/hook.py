"""What one call of an agent's hook costs, as a process of its own, beside a Python that does nothing; turn by turn."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from tests.bench.figures import Figure

_CALLS: Final = 41
_BARE: Final = (sys.executable, "-S", "-c", "pass")
_HOOK: Final = (str(Path(sys.executable).parent / "fixloop-hook"), "claude-code")


def run() -> list[Figure]:
    """An edit, a command, and a session's start; the first round warms up and does not count."""
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
        taken: dict[str, list[float]] = {name: [] for name in ("bare", "off", *calls)}
        for _ in range(_CALLS + 1):
            taken["bare"].append(_timed(_BARE, b"", environment, project))
            taken["off"].append(_timed(_HOOK, calls["edit"], {**environment, "FIXLOOP": "off"}, project))
            for name, call in calls.items():
                taken[name].append(_timed(_HOOK, call, environment, project))
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
