"""What somebody sees first: `fixloop demo`, in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixloop.cli import main
from fixloop.ingest.recordings import shipped_paths


def _demo(*arguments: str, **environment: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "fixloop", "demo", *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "120", **environment},
    )
    assert (0, b"") == (finished.returncode, finished.stderr)
    return finished.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a store that the demo keeps."""
    return tmp_path_factory.mktemp("demo") / "store"


@pytest.fixture(scope="module")
def printed(kept: Path) -> str:
    """What the demo prints when its output is no terminal."""
    return _demo("--data", str(kept))


def test_the_demo_shows_the_cycle_that_the_core_found(printed: str) -> None:
    """The coupled cycle of a real session stands there, as a timeline with its way there and back."""
    timeline, _, rest = printed.partition("coupled_cycle")
    assert "pytest-dev__pytest-6197" in timeline
    assert "↑ ✗" in timeline.replace("  ", " ")
    assert "confidence" in rest


def test_the_demo_shows_detections_a_question_and_what_to_try_next(printed: str) -> None:
    """Look-alikes are in the table, the SQL stands above its answer, and the next commands are named."""
    table = printed.partition("All detections")[2]
    assert ["flaky", "restore_check"] == sorted({"flaky", "restore_check"} & set(table.split()))
    assert "SELECT" in table
    assert [] == [
        word
        for word in ("fixloop replay", "fixloop up", "fixloop sql", "pytest --fixloop")
        if word not in table
    ]


def test_a_pipe_gets_plain_text(printed: str) -> None:
    """There is no escape sequence in what is piped."""
    assert "\x1b" not in printed


def test_the_demo_says_the_same_again(printed: str, kept: Path) -> None:
    """A second demo on the kept store finds the same and counts nothing twice; only the duration differs."""
    assert _without_durations(printed) == _without_durations(_demo("--data", str(kept)))


def test_the_demo_speaks_ascii_where_it_must() -> None:
    """Where the output cannot hold the signs, letters take their place."""
    assert "coupled_cycle" in _demo(PYTHONIOENCODING="ascii")


def test_without_a_cycle_the_demo_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is hard-coded: where the core finds no cycle, the demo says so and exits with 1."""
    quiet = [path for path in shipped_paths() if "agentv" in path.name]
    monkeypatch.setattr("fixloop.workers.demo.shipped_paths", lambda: quiet)
    assert 1 == main(["demo"])
    assert capsys.readouterr().err.startswith("fixloop: No coupled cycle was found")


def _without_durations(text: str) -> str:
    return re.sub(r"in \d+\.\d s", "in some time", text)


def test_the_readme_shows_what_the_demo_prints(printed: str) -> None:
    """The picture at the top of the README is the demo's own; when this fails, paste it anew."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    picture = readme.partition("```\n")[2].partition("```")[0]
    assert "coupled_cycle" in picture
    assert picture in printed
