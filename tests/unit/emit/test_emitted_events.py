"""Everything that the emitters write is judged by the committed JSON Schemas, as any other reader would."""

import json
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator

from fixloop_schemas.registry import MODELS
from tests.unit.emit.hook_calls import bash, call, edited
from tests.unit.emit.pytest_runs import run_pytest
from tests.unit.emit.spooled import lines_of
from tests.unit.emit.test_claude_code_hook import hook

_SCHEMAS = files("fixloop_schemas") / "json"


def test_every_emitted_event_fits_its_schema(tmp_path: Path) -> None:
    """One session with each kind of event, from the hook and from pytest, as one agent works."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "shop.py").write_text("price = 1\n")
    (project / "test_shop.py").write_text("def test_a(): assert 0\ndef test_b(): pass\n")
    hook(
        project,
        call("SessionStart", project, source="startup", model="model-x"),
        edited(project / "shop.py", "price = 1", "price = 2"),
        bash(project, "git stash"),
        bash(project, "git commit -m x", gitOperation={"commit": {"sha": "ab12cd3"}}),
        edited(project / "shop.py", "price = 2", "price = " + "1" * 300_000 + "\nx"),
    )
    run_pytest(project, FIXLOOP_SESSION="claude-session")
    hook(project, call("SessionEnd", project, reason="other"))
    seen = set()
    for line in lines_of(tmp_path / "spool"):
        event = json.loads(line)
        schema = json.loads((_SCHEMAS / f"{event['type']}.schema.json").read_text())
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(event)
        seen.add(event["type"])
    never = {
        "dev.fixloop.events.dropped.v1",
        "dev.fixloop.detection.recorded.v1",
        "dev.fixloop.bug.transitioned.v1",
        "dev.fixloop.testcase.judged.v1",
        "dev.fixloop.session.summarized.v1",
    }
    assert seen == MODELS.keys() - never
