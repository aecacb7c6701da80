"""`fixloop evaluate` from event files to figures."""

import json
from pathlib import Path
from typing import Any

import pytest

from fixloop.cli import main
from fixloop.evaluate.ablation import FILTERS, RULES
from fixloop_schemas import codec
from tests.builders import Session
from tests.unit.detect.test_reintroduction import returned


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A folder with a session in which a fix comes back, and one with a look-alike; both labelled."""
    check = Session("data/two").run(a="fail").edit(before="1", after="2").run(a="pass")
    check.edit(before="2", after="1").run(a="fail").edit(before="1", after="2")
    lines = [codec.to_json_line(event) for event in (*returned().events, *check.events)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    labels = [
        {"file": "a.jsonl", "session": "session-1", "label": "true_reintroduction"},
        {"file": "a.jsonl", "session": "two", "label": "look_alike_mutation_check"},
    ]
    (tmp_path / "labels").write_text(json.dumps(labels))
    return tmp_path


def evaluated(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    """What the command prints in its JSON form."""
    path, labels = str(folder / "a.jsonl"), str(folder / "labels")
    assert 0 == main(["evaluate", path, "--labels", labels, "--json", *options])
    return json.loads(capsys.readouterr().out)


def test_ablation_tells_what_each_kind_adds(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it is right; without the filter a look-alike is called, and without the rule nothing is."""
    rows = {row["left_out"]: row for row in evaluated(recorded, capsys, "--ablation")["ablation"]}
    assert [None, *RULES, *FILTERS] == list(rows)
    assert (1.0, 1.0) == (rows[None]["session_precision"], rows[None]["session_recall"])
    assert 0.5 == rows["restore_check"]["session_precision"]
    assert 0.0 == rows["reintroduction"]["session_recall"]


def test_ablation_is_told_only_when_asked_for(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It reads the files many times over."""
    assert "ablation" not in evaluated(recorded, capsys)


def test_rates_name_the_dataset(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands before a recorded session's own name; otherwise its file."""
    rates = evaluated(recorded, capsys)["rates"]
    assert {"a.jsonl": 1, "data": 0} == {
        each["name"]: each["called"] for each in rates if each["by"] == "dataset" and each["kind"] is None
    }
    assert {"by", "name", "kind", "sessions", "called", "rate", "low", "high"} == set(rates[0])


def test_tables_for_a_person(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rates and ablation are tables of the text form too."""
    labels = str(recorded / "labels")
    assert 0 == main(["evaluate", str(recorded / "a.jsonl"), "--labels", labels, "--ablation"])
    shown = capsys.readouterr().out
    assert "95 % interval" in shown
    assert "What each rule and each look-alike filter adds" in shown
