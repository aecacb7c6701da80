"""`fixloop run -- CMD`: the command is as it is without it, and its run is in the spool."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.emit.git_repositories import a_repository, said

REPORT = (
    '<testsuite name="shop.CartTest"><testcase classname="shop.CartTest" name="adds" time="0.1"/>'
    '<testcase classname="shop.CartTest" name="totals"><failure message="no"/></testcase></testsuite>'
)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FIXLOOP", "CLAUDE", "PYTEST"))
    }
    return {
        **kept,
        "FIXLOOP_SPOOL": str(folder / "spool"),
        "FIXLOOP_SESSION": "s",
        "HOME": str(folder),
        **more,
    }


def _command(*words: str, options: tuple[str, ...] = ()) -> list[str]:
    return [sys.executable, "-m", "fixloop", "run", *options, "--", *words]


def _run(
    folder: Path, *words: str, options: tuple[str, ...] = (), text: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*words, options=options),
        cwd=folder,
        env=_environment(folder, **more),
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _events(folder: Path) -> list[Mapping[str, Any]]:
    """The session's events after its start, each as its kind and data."""
    found = []
    for segment in sorted((folder / "spool" / "sessions").glob("*/*.jsonl")):
        for line in segment.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            found.append({"kind": event["type"].split(".")[3], "source": event["source"], **event["data"]})
    return [event for event in found if "run_id" in event]


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.01)


def test_streams_and_exit_code_are_the_commands(tmp_path: Path) -> None:
    """What goes in comes in, what comes out goes out, and the code is passed on, byte for byte."""
    script = "import sys; print('out', sys.stdin.read()); print('err', file=sys.stderr); sys.exit(7)"
    ran = _run(tmp_path, sys.executable, "-c", script, text="in")
    assert ("out in\n", "err\n", 7) == (ran.stdout, ran.stderr, ran.returncode)


def test_options_behind_the_dashes_are_the_commands(tmp_path: Path) -> None:
    """`--report` there is none of ours."""
    ran = _run(tmp_path, sys.executable, "-c", "import sys; print(sys.argv[1:])", "--report", "x", "--", "-h")
    assert "['--report', 'x', '--', '-h']\n" == ran.stdout


@pytest.mark.parametrize(("mode", "code"), [(None, 127), (0o644, 126)])
def test_what_cannot_be_run_ends_as_in_a_shell(tmp_path: Path, mode: int | None, code: int) -> None:
    """127 where there is no such command, 126 where it may not be run; and no run is recorded."""
    if mode is not None:
        (tmp_path / "tool").write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / "tool").chmod(mode)
    ran = _run(tmp_path, str(tmp_path / "tool"))
    assert (code, 1) == (ran.returncode, len(ran.stderr.splitlines()))
    assert [] == _events(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGABRT])
def test_a_command_that_a_signal_ended_ends_us_so(tmp_path: Path, number: signal.Signals) -> None:
    """Who waits sees the signal; the run is recorded as aborted."""
    ran = _run(tmp_path, "sh", "-c", f"kill -{number.name.removeprefix('SIG')} $$")
    assert -number == ran.returncode


def test_an_aborted_run_is_told_as_one(tmp_path: Path) -> None:
    """A test runner that is killed has a run that did not end well, and no outcome."""
    tool = tmp_path / "gotestsum"
    tool.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    tool.chmod(0o755)
    _run(tmp_path, str(tool))
    started, finished = _events(tmp_path)
    assert ("started", "aborted", 137) == (started["kind"], finished["status"], finished["exit_code"])


_SLEEPER = """
import pathlib, signal, sys
stopping = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
pathlib.Path("ready").touch()
seen, patience = [], 30
while found := signal.sigtimedwait(stopping, patience):
    seen.append(found.si_signo)
    patience = 0.3
pathlib.Path("seen").write_text(" ".join(map(str, seen)))
sys.exit(40 + len(seen))
"""


def test_ctrl_c_reaches_the_command_once(tmp_path: Path) -> None:
    """The terminal sends SIGINT to the whole group: the command decides what it means, and hears it once."""
    process = subprocess.Popen(
        _command(sys.executable, "-c", _SLEEPER),
        cwd=tmp_path,
        env=_environment(tmp_path),
        start_new_session=True,
    )
    _wait_for(tmp_path / "ready")
    os.killpg(process.pid, signal.SIGINT)
    assert (41, str(int(signal.SIGINT))) == (
        process.wait(30),
        (tmp_path / "seen").read_text(encoding="utf-8"),
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_us_alone_is_passed_on(tmp_path: Path, number: signal.Signals) -> None:
    """What stops a job stops the command, which may tidy up and choose its exit code."""
    process = subprocess.Popen(
        _command(sys.executable, "-c", _SLEEPER),
        cwd=tmp_path,
        env=_environment(tmp_path),
        start_new_session=True,
    )
    _wait_for(tmp_path / "ready")
    process.send_signal(number)
    assert (41, str(int(number))) == (process.wait(30), (tmp_path / "seen").read_text(encoding="utf-8"))


def test_what_was_ignored_stays_ignored(tmp_path: Path) -> None:
    """Behind `nohup` the command ignores SIGHUP too."""
    script = "import signal; print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    ran = subprocess.run(
        ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *_command(sys.executable, "-c", script)],
        cwd=tmp_path,
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "True\n" == ran.stdout


def test_a_terminal_stays_one(tmp_path: Path) -> None:
    """The command sees the terminal that we were given, with colours and all."""
    ours, theirs = pty.openpty()
    script = (
        "import os, sys; print([os.isatty(n) for n in (0, 1, 2)], os.getpgrp() == os.getpgid(os.getppid()))"
    )
    process = subprocess.Popen(
        _command(sys.executable, "-c", script),
        cwd=tmp_path,
        env=_environment(tmp_path),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = b""
    try:
        while chunk := os.read(ours, 1024):
            printed += chunk
    except OSError:
        pass  # the end of a terminal whose other side is closed
    os.close(ours)
    assert (0, b"[True, True, True] True\r\n") == (process.wait(30), printed)


def test_pytest_records_itself_once(tmp_path: Path) -> None:
    """Its plugin is switched on for it, and nothing is added to what the plugin wrote."""
    (tmp_path / "test_a.py").write_text("def test_b():\n    assert 0\n", encoding="utf-8")
    ran = _run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert 1 == ran.returncode
    assert [("started", "/runner/pytest"), ("results", "/runner/pytest"), ("finished", "/runner/pytest")] == [
        (event["kind"], event["source"]) for event in _events(tmp_path)
    ]


def test_without_a_plugin_that_it_ran_is_all_that_is_said(tmp_path: Path) -> None:
    """A pytest without fixloop in its environment: how it ended, and no outcome."""
    (tmp_path / "test_a.py").write_text("def test_b():\n    assert 0\n", encoding="utf-8")
    _run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:fixloop")
    started, finished = _events(tmp_path)
    assert ("pytest", "all") == (started["framework"], started["scope"])
    assert ("failure", 1, True) == (finished["status"], finished["exit_code"], finished["exit_code_reliable"])
    assert "results_complete" not in finished or finished["results_complete"] is False


def test_a_report_is_the_source(tmp_path: Path) -> None:
    """The tests that it names are the run's, with the command's exit code and what was asked for."""
    ran = _run(
        tmp_path,
        "sh",
        "-c",
        f"printf '%s' '{REPORT}' > out.xml; exit 1",
        options=("--report", "junit:out.xml"),
    )
    assert 1 == ran.returncode
    started, results, finished = _events(tmp_path)
    assert [("shop.CartTest.adds", "pass"), ("shop.CartTest.totals", "fail")] == [
        (one["test_case_name"], one["outcome"]) for one in results["results"]
    ]
    assert started["run_id"] == results["run_id"] == finished["run_id"]
    assert ("failure", 1, True) == (finished["status"], finished["exit_code"], finished["results_complete"])


def test_several_reports_are_one_run(tmp_path: Path) -> None:
    """A command that runs two runners has one run with the tests of both."""
    other = REPORT.replace("Cart", "Store")
    script = f"printf '%s' '{REPORT}' > a.xml; printf '%s' '{other}' > b.xml"
    _run(tmp_path, "sh", "-c", script, options=("--report", "junit:a.xml", "--report", "junit:b.xml"))
    _, results, _ = _events(tmp_path)
    assert 4 == len(results["results"])


def _noted(folder: Path) -> str:
    return (folder / "spool" / "emit.log").read_text(encoding="utf-8")


def test_an_old_report_is_not_read(tmp_path: Path) -> None:
    """It is of the run before: of this one only the exit code is known."""
    (tmp_path / "out.xml").write_text(REPORT, encoding="utf-8")
    os.utime(tmp_path / "out.xml", (time.time() - 60, time.time() - 60))
    ran = _run(tmp_path, "true", options=("--report", "junit:out.xml"))
    assert ((0, ""), ["started", "finished"]) == (
        (ran.returncode, ran.stderr),
        [event["kind"] for event in _events(tmp_path)],
    )
    assert "from before the run" in _noted(tmp_path)


@pytest.mark.parametrize("script", ["true", f"printf '%s' '{REPORT[:90]}' > out.xml", "printf x > out.xml"])
def test_a_missing_or_half_written_report_is_none(tmp_path: Path, script: str) -> None:
    """The command's end stands, no outcome is made up, and the log says why."""
    ran = _run(tmp_path, "sh", "-c", script, options=("--report", "junit:out.xml"))
    assert (0, "", "") == (ran.returncode, ran.stdout, ran.stderr)
    assert ["started", "finished"] == [event["kind"] for event in _events(tmp_path)]
    assert "fixloop run: " in _noted(tmp_path)


def test_edits_before_the_run_are_its_code_state(tmp_path: Path) -> None:
    """A run that has no plugin is said to begin before the command does."""
    tool = tmp_path / "gotestsum"
    tool.write_text('#!/bin/sh\ncat "$FIXLOOP_SPOOL"/sessions/*/*.jsonl > before.jsonl\n', encoding="utf-8")
    tool.chmod(0o755)
    _run(tmp_path, str(tool))
    assert "testsuiterun.started" in (tmp_path / "before.jsonl").read_text(encoding="utf-8")


def test_an_edit_that_nobody_told_is_told_before_the_run(tmp_path: Path) -> None:
    """As pytest does it: what `sed` did between two runs is in the session before the second one begins."""
    copy = a_repository(tmp_path / "copy", shop_py="a = 1\n")
    tool = tmp_path / "gotestsum"
    tool.write_text("#!/bin/sh\n", encoding="utf-8")
    tool.chmod(0o755)
    spool = str(tmp_path / "spool")
    _run(copy, str(tool), FIXLOOP_SPOOL=spool)
    (copy / "shop.py").write_text("a = 2\n", encoding="utf-8")
    _run(copy, str(tool), FIXLOOP_SPOOL=spool)
    run = ["testsuiterun.started", "testsuiterun.finished"]
    told = said(copy)
    assert [*run, "edit.applied", *run] == [kind for kind, _ in told]
    assert told[2][1]["unobserved"]


def test_what_runs_no_tests_is_no_run(tmp_path: Path) -> None:
    """`fixloop run -- make` without a report says nothing."""
    _run(tmp_path, "true")
    assert [] == _events(tmp_path)


@pytest.mark.parametrize(
    "broken",
    [
        {"FIXLOOP": "off"},
        {"FIXLOOP_SPOOL": "/proc/none"},
        {"FIXLOOP_DIGEST_KEY": "short"},
        {"FIXLOOP_SPOOL_BYTES": "many"},
    ],
    ids=lambda broken: "=".join(next(iter(broken.items()))),
)
def test_the_command_runs_whatever_becomes_of_fixloop(tmp_path: Path, broken: dict[str, str]) -> None:
    """Switched off, no spool, broken settings: the command, its output and its exit code are the same."""
    ran = _run(tmp_path, "sh", "-c", "echo out; exit 3", options=("--report", "junit:out.xml"), **broken)
    assert ("out\n", "", 3) == (ran.stdout, ran.stderr, ran.returncode)


def test_switched_off_nothing_is_recorded(tmp_path: Path) -> None:
    """FIXLOOP=off is for this command too, and for what it runs."""
    script = f"echo $FIXLOOP; printf '%s' '{REPORT}' > out.xml"
    ran = _run(tmp_path, "sh", "-c", script, options=("--report", "junit:out.xml"), FIXLOOP="off")
    assert ("off\n", []) == (ran.stdout, _events(tmp_path))
    assert not (tmp_path / "spool").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["--"], ["--report", "out.xml", "--", "true"], ["--report", "tap:out", "--", "true"]]
)
def test_a_wrong_call_says_what_to_do_and_runs_nothing(tmp_path: Path, arguments: list[str]) -> None:
    """One line, and the exit code of wrong usage."""
    ran = subprocess.run(
        [sys.executable, "-m", "fixloop", "run", *arguments],
        cwd=tmp_path,
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (2, 1) == (ran.returncode, len(ran.stderr.splitlines()))
