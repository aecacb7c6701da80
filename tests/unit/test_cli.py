"""The command line from outside: its help, and one clear line for whatever is wrong."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixloop.cli import COMMANDS, build_parser
from fixloop.land.store import dsn_of, open_store

EXTRAS = (
    "aiokafka",
    "chdb",
    "clickhouse_connect",
    "faust",
    "kafka",
    "mode",
    "prometheus_client",
    "pydantic",
    "rich",
)

_BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {modules!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
from fixloop.cli import main
sys.exit(main(sys.argv[1:]))
"""


def _parser_of(command: str) -> argparse.ArgumentParser:
    (commands,) = (
        action
        for action in build_parser([command])._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    parser: argparse.ArgumentParser = commands.choices[command]
    return parser


def _run(
    *arguments: str, missing: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command in an interpreter of its own, with some modules hidden as if they were not installed."""
    home = environment.get("FIXLOOP_DATA", "/nonexistent")
    return subprocess.run(
        [sys.executable, "-c", _BLOCKED.format(modules=set(missing)), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "HOME": home, "NO_COLOR": "1", **environment},
    )


def _one_line(finished: subprocess.CompletedProcess[str]) -> str:
    """What a failed command said, after checking that it is one line, and that nothing else was said."""
    assert "Traceback" not in finished.stderr
    lines = finished.stderr.strip().splitlines()
    assert 1 == len(lines), finished.stderr
    assert finished.returncode != 0
    return lines[0]


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`fixloop --help` lists what there is, each with a sentence."""
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["--help"])
    assert 0 == left.value.code
    printed = capsys.readouterr().out
    named = [words[0] for words in map(str.split, printed.splitlines()) if words]
    assert [] == [command for command in COMMANDS if command not in named]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_says_what_it_does_and_shows_it(command: str) -> None:
    """A sentence, details and at least one example; and no option without a word about it."""
    parser = _parser_of(command)
    summary, _, details = (parser.description or "").partition("\n")
    assert summary.endswith(".")
    assert "Examples:" in details
    assert f"fixloop {command}" in details.partition("Examples:")[2]
    silent = [action.dest for action in parser._actions if not action.help]
    assert [] == silent


def test_the_help_needs_no_extra() -> None:
    """Somebody with the base install sees all commands, and what each would do."""
    finished = _run("--help", missing=EXTRAS)
    assert (0, "") == (finished.returncode, finished.stderr)
    assert [] == [command for command in COMMANDS if command not in finished.stdout]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_needs_no_extra(command: str) -> None:
    """`fixloop COMMAND --help` works in the base install."""
    finished = _run(command, "--help", missing=EXTRAS)
    assert (0, "") == (finished.returncode, finished.stderr)


def test_hosts_are_listed_in_the_base_install(tmp_path: Path) -> None:
    """Whoever only wants to emit can install the hooks."""
    finished = _run("install", missing=EXTRAS, FIXLOOP_DATA=str(tmp_path))
    assert (0, "") == (finished.returncode, finished.stderr)
    assert "claude-code" in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "missing", "extra"),
    [
        (("demo",), ("chdb",), "local"),
        (("demo",), EXTRAS, "local"),
        (("replay", str(Path(__file__))), EXTRAS, "local"),
        (("sql", "SELECT 1"), ("clickhouse_connect",), "local"),
        (("explain", "s1"), ("clickhouse_connect",), "local"),
        (("explain", "s1", "--events", str(Path(__file__))), EXTRAS, "local"),
        (("status",), EXTRAS, "local"),
        (("up",), ("pydantic",), "local"),
        (("worker",), ("faust", "mode"), "worker"),
        (("topics", "apply"), ("kafka",), "worker"),
        (("dead-letters", "list"), ("kafka",), "worker"),
        (("dead-letters", "show", "0:0"), ("pydantic",), "worker"),
        (("ship",), ("kafka",), "ship"),
    ],
)
def test_a_missing_extra_is_named(
    arguments: tuple[str, ...], missing: tuple[str, ...], extra: str, tmp_path: Path
) -> None:
    """A command whose part of the installation is missing says which one to install."""
    said = _one_line(
        _run(*arguments, missing=missing, FIXLOOP_DATA=str(tmp_path), FIXLOOP_SPOOL=str(tmp_path))
    )
    assert said.startswith(f"fixloop: `fixloop {arguments[0]}` needs the extra [{extra}]")
    assert said.endswith(f"pip install 'fixloop[{extra}]'")


def test_a_wrong_path_is_named(tmp_path: Path) -> None:
    """`replay` of what is not there says so, and touches nothing."""
    finished = _run("replay", "/no/such/recording.jsonl", FIXLOOP_DATA=str(tmp_path / "store"))
    assert "/no/such/recording.jsonl" in _one_line(finished)
    assert 2 == finished.returncode
    assert not (tmp_path / "store").exists()


def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    """A wrong value ends the command with the variable's name."""
    finished = _run("sql", "SELECT 1", FIXLOOP_DATA=str(tmp_path), FIXLOOP_ALERT_THRESHOLD="often")
    assert "FIXLOOP_ALERT_THRESHOLD" in _one_line(finished)
    assert 2 == finished.returncode


@pytest.mark.parametrize(
    "arguments",
    [("topics", "apply"), ("worker",), ("dead-letters", "list"), ("dead-letters", "replay", "--all")],
)
def test_a_dead_broker_is_named(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """What needs Kafka says which address does not answer."""
    address = "127.0.0.1:1"
    said = _one_line(_run(*arguments, FIXLOOP_KAFKA=address, FIXLOOP_DATA=str(tmp_path)))
    assert address in said


def test_a_locked_store_is_named(tmp_path: Path) -> None:
    """Two processes cannot hold one embedded store, and the second says which store, and what to do."""
    with open_store(dsn_of(tmp_path)):
        finished = _run("sql", "SELECT 1", FIXLOOP_DATA=str(tmp_path))
    assert str(tmp_path) in _one_line(finished)
    assert 1 == finished.returncode


def test_wrong_sql_is_one_line(tmp_path: Path) -> None:
    """An error of the engine is said in one line, without the engine's stack."""
    with open_store(dsn_of(tmp_path / "store")) as store:
        store.migrate()
    said = _one_line(_run("sql", "SELECT * FROM no_such_table", FIXLOOP_DATA=str(tmp_path / "store")))
    assert "no_such_table" in said


def test_an_unknown_command_lists_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error is answered with usage and exit code 2."""
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["dmeo"])
    assert 2 == left.value.code
    assert "demo" in capsys.readouterr().err
