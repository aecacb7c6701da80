"""Transcripts with anything in any place: what cannot be read is left out, the rest is imported, and every event is valid."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.emit.imports import test_codex_rollouts as codex
from tests.unit.emit.imports import test_trajectories as trajectories
from tests.unit.emit.imports.claude_lines import AFTER, BEFORE, GREEN, RED, edit, result, shell, use
from tests.unit.emit.imports.reading import imported

_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e300,
    "",
    "\ud800",
    "x" * 5_000,
    "a\0b",
    "~/../..",
    [],
    [[]],
    [None],
    {},
    {"a": []},
    "2026-13-45",
    "$(rm",
)
_ROUNDS = 50

Document = Any


def _claude() -> Document:
    return [
        *shell(1, "cd src && pytest -q; git stash; sed -i 's/a/b/' a.py && git commit -m x", RED, code=1),
        *edit(2, BEFORE, AFTER),
        *shell(3, "pytest -q", GREEN),
        use(4, "Bash", {"command": "pytest", "run_in_background": True}),
        result(4, {"stdout": "", "backgroundTaskId": "b"}),
        use(5, "TaskOutput", {"task_id": "b"}),
        result(5, {"task": {"status": "completed", "output": RED, "exitCode": 1}}),
        use(6, "MultiEdit", {"file_path": "a.py", "edits": [{"old_string": "a", "new_string": "b"}]}),
        result(6, {"structuredPatch": [{"lines": ["-a", "+b"]}], "originalFile": "a"}),
    ]


def _codex() -> Document:
    return [
        codex._meta(),
        codex._model(),
        codex._call(1, "exec_command", {"cmd": "pytest -q"}),
        codex._output(1, codex._exited(1, RED)),
        codex._apply(3),
        codex._output(3, "Exit code: 0\nOutput:\nok", "custom_tool_call_output"),
        codex._line(
            "event_msg",
            {
                "type": "patch_apply_end",
                "call_id": "c",
                "success": True,
                "changes": {"a.py": {"type": "add", "content": "x"}},
            },
        ),
        codex._line(
            "event_msg",
            {
                "type": "exec_command_end",
                "call_id": "d",
                "command": ["pytest"],
                "stdout": RED,
                "exit_code": 1,
            },
        ),
        {
            "type": "item.completed",
            "item": {"id": "i", "type": "file_change", "changes": [{"path": "a.py", "kind": "add"}]},
        },
    ]


def _mini() -> Document:
    return trajectories._mini_document(
        trajectories._mini("pytest -q", RED, 1), trajectories._mini("sed -i s/a/b/ a.py", "")
    )


def _swe() -> Document:
    steps = [
        trajectories._step("pytest -q", RED),
        trajectories._step("str_replace_editor create /a.py --file_text 'x'", "ok"),
        trajectories._step("edit 1:2\nx\nend_of_edit", "ok", open_file="/a.py"),
    ]
    return {"trajectory": steps, "info": {"exit_status": "submitted"}, "replay_config": "{}"}


FORMATS: dict[str, tuple[str, Callable[[], Document]]] = {
    "claude-code": ("s.jsonl", _claude),
    "codex": ("rollout.jsonl", _codex),
    "mini-swe-agent": ("m.json", _mini),
    "swe-agent": ("s.traj", _swe),
    "openhands": ("t.json", lambda: trajectories._OPENHANDS),
}


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with a key or index in it."""
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    return [place for key in keys for place in ((value, key), *_places(value[key]))]


def _changed(document: Document, chance: random.Random) -> Document:
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        container, key = chance.choice(_places(changed))
        container[key] = copy.deepcopy(chance.choice(_ODD))
    return changed


@pytest.mark.parametrize("name", FORMATS)
def test_anything_in_any_place_is_survived(tmp_path: Path, name: str) -> None:
    """Every event that comes out is one that the models take; nothing is raised."""
    file, make = FORMATS[name]
    for seed in range(_ROUNDS):
        document = _changed(make(), random.Random(seed))  # noqa: S311 -- the same at every run
        lines = document if file.endswith(".jsonl") else [document]
        path = tmp_path / file
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        imported(name, path)
