"""OpenCode itself, with the plugin that `fixloop install opencode` put there, and a model that follows a script."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.project import program
from tests.plugins.opencode_host import an_environment, opencode
from tests.plugins.scripted_model import scripted_model
from tests.services.polling import poll
from tests.unit.emit.git_repositories import a_repository
from tests.unit.emit.spooled import events_of, short_types

_TEST = "import shop\n\n\ndef test_price():\n    assert shop.price() == 2\n"
_SHOP = "def price():\n    return 1\n"


@contextmanager
def agent(home: Path, port: int) -> Iterator[dict[str, str]]:
    """The environment of OpenCode with this model alone, nothing of which leaves the machine."""
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "Scripted",
        "options": {"baseURL": f"http://127.0.0.1:{port}/v1", "apiKey": "none"},
        "models": {"model-x": {"name": "X", "limit": {"context": 100_000, "output": 1_000}}},
    }
    settings = {
        "autoupdate": False,
        "share": "disabled",
        "model": "scripted/model-x",
        "small_model": "scripted/model-x",
        "enabled_providers": ["scripted"],
        "permission": {"*": "allow"},
        "provider": {"scripted": provider},
    }
    folder = home / ".config/opencode"
    folder.mkdir(parents=True)
    (folder / "opencode.json").write_text(json.dumps(settings))
    quiet = ("MODELS_FETCH", "AUTOUPDATE", "LSP_DOWNLOAD", "DEFAULT_PLUGINS")
    yield an_environment(
        home,
        **{f"OPENCODE_DISABLE_{name}": "1" for name in quiet},
        npm_config_registry="http://127.0.0.1:9/",  # OpenCode wants its types of plugins, and goes on without
        npm_config_fetch_retries="0",
        FIXLOOP="1",
    )


def test_a_session_of_opencode_itself(tmp_path: Path) -> None:
    """Edits, tests of a runner in its shell, and a sub-agent's edit: one session, in order, with model and exit codes."""
    binary = opencode()
    if binary is None:
        pytest.skip("'opencode' is not on PATH: npm install --global opencode-ai")
    project = a_repository(tmp_path / "project", shop_py=_SHOP, test_shop_py=_TEST)
    spool, file = tmp_path / "spool", str(project / "shop.py")
    tests = {"command": f"'{sys.executable}' -m pytest -q -p no:cacheprovider", "description": "tests"}

    def replaced(old: str, new: str) -> tuple[str, dict[str, Any]]:
        return "edit", {"filePath": file, "oldString": old, "newString": new}

    script = (
        replaced("return 1", "return 3"),
        ("bash", tests),
        replaced("nowhere", "x"),
        ("task", {"description": "x", "prompt": "SECOND", "subagent_type": "general"}),
        ("bash", tests),
        ("bash", {"command": "git checkout -- shop.py", "description": "undo"}),
    )
    with (
        scripted_model({"SECOND": (replaced("return 3", "return 2"),), "FIRST": script}) as port,
        agent(tmp_path, port) as environment,
    ):
        subprocess.run(
            [program("fixloop"), "install", "opencode", "--yes"],
            env=environment,
            cwd=tmp_path,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        done = subprocess.run(
            [binary, "run", "FIRST"],
            cwd=project,
            env={**environment, "PWD": str(project)},  # which it believes rather than the system
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "fixloop" not in done.stdout + done.stderr
    poll("the session's end", lambda: spool.exists() and "session.ended" in short_types(spool))
    events: list[Any] = events_of(spool)
    assert 1 == len({event.data.session_id for event in events})
    run = ["testsuiterun.started", "testsuiterun.results", "testsuiterun.finished"]
    assert [
        "session.started",
        "edit.applied",
        *run,
        "edit.applied",
        *run,
        "workspace.restored",
        "session.ended",
    ] == short_types(spool)
    edits = [event.data for event in events if event.type.endswith("edit.applied.v1")]
    assert ["model-x", "model-x"] == [edit.gen_ai_request_model for edit in edits]
    assert [False, True] == [bool(edit.gen_ai_agent_id) for edit in edits]
    assert edits[0].file_digest_after == edits[1].file_digest_before
    finished = [event for event in events if event.type.endswith("finished.v1")]
    assert [("/runner/pytest", 1), ("/runner/pytest", 0)] == [
        (one.source, one.data.exit_code) for one in finished
    ]
