"""The pytest plugin, in real runs of pytest: what it records, and that the run does not know of it."""

import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fixloop.emit.emitter import Emitter
from fixloop.emit.pytest import plugin as pytest_plugin
from fixloop.emit.pytest.watcher import FULL_REPORTS, FULL_SECONDS, Watcher
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope
from tests.unit.emit.pytest_runs import Recorded, run_pytest
from tests.unit.emit.spooled import lines_of

_ALWAYS = {
    "fixloop",
    "fixloop.emit",
    "fixloop.emit.pytest",
    "fixloop.emit.pytest.plugin",
    "fixloop.emit.switch",
}
"""What pytest loads of ours in every run of an environment that has it."""

_EVERY_OUTCOME = """
import pytest

@pytest.fixture
def broken(): raise RuntimeError("planted-setup")

@pytest.fixture
def breaks():
    yield
    raise RuntimeError("planted-teardown")

def check(value): assert value == "planted-value", "planted-message"

def test_pass(): pass
def test_fail(): check("other")
def test_setup(broken): pass
def test_teardown(breaks): pass
def test_skip(): pytest.skip("planted-reason")
def test_unknown_fixture(nowhere): pass
@pytest.mark.xfail
def test_expected(): assert 0
@pytest.mark.xfail
def test_unexpected(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): pass
@pytest.mark.parametrize("x", [1, 2])
def test_each(x): assert x == 1
"""

_OUTCOMES = {
    "test_pass": "pass",
    "test_fail": "fail",
    "test_setup": "error",
    "test_teardown": "error",
    "test_skip": "skip",
    "test_unknown_fixture": "error",
    "test_expected": "skip",
    "test_unexpected": "pass",
    "test_strict": "fail",
    "test_each[1]": "pass",
    "test_each[2]": "fail",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a test file for every outcome, outside of any repository."""
    folder = tmp_path / "project"
    (folder / "tests").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "tests/test_it.py").write_text(_EVERY_OUTCOME)
    return folder


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_every_outcome(project: Path, arguments: tuple[str, ...]) -> None:
    """Each test once, by its worst phase, with totals and exit code."""
    run_pytest(project, *arguments)
    recorded = Recorded(project)
    assert recorded.outcomes == _OUTCOMES
    assert len(recorded.results) == len(_OUTCOMES)
    end = recorded.end()
    assert (end.parts, end.status, end.exit_code) == (len(recorded.parts), RunStatus.FAILURE, 1)
    assert end.results_complete
    assert end.totals is not None
    assert end.totals.model_dump() == {"passed": 3, "failed": 3, "errors": 3, "skipped": 2}


def test_failures_are_the_same_with_and_without_xdist_and_however_they_are_shown(project: Path) -> None:
    """A signature depends on the failure, and not on how many processes or words it was shown with."""
    seen = []
    for arguments in ((), ("-n", "2"), ("-vv", "--tb=short"), ("-q", "--tb=native")):
        run_pytest(project, *arguments)
        seen.append({result.test_case_name: result.signature for result in Recorded(project).results})
    assert seen[0] == seen[1] == seen[2] == seen[3]
    failed = seen[0]["tests/test_it.py::test_fail"]
    assert failed is not None
    assert (failed.error_type, failed.complete) == ("AssertionError", True)
    assert failed.frame is not None


def test_a_failure_that_is_not_shown_is_not_taken_for_another(project: Path) -> None:
    """Without its place a signature is not complete, and so compatible with any of the same test."""
    run_pytest(project, "--tb=line", "tests/test_it.py::test_fail")
    (result,) = Recorded(project).results
    assert result.signature is not None
    assert (result.signature.error_type, result.signature.complete) == ("AssertionError", False)


@pytest.mark.parametrize("arguments", [(), ("-n", "2"), ("-x",), ("tests/missing.py",)])
def test_a_watched_run_is_the_same_run(project: Path, arguments: tuple[str, ...]) -> None:
    """Exit code and output are those of a run that is not watched."""
    plain, watched = run_pytest(project, *arguments, on=False), run_pytest(project, *arguments)
    assert plain.returncode == watched.returncode
    if "-n" not in arguments:  # which worker is first is not decided
        assert _timeless(plain.stdout) == _timeless(watched.stdout)
        assert _timeless(plain.stderr) == _timeless(watched.stderr)


def _timeless(output: str) -> str:
    return re.sub(r"in \d+\.\d+s|=+", "", output)


def test_no_text_of_the_project_is_in_the_spool(project: Path) -> None:
    """Names of tests are; messages, values, reasons and paths of files are not."""
    run_pytest(project)
    spooled = b"\n".join(lines_of(project.parent / "spool"))
    assert b"planted" not in spooled
    assert str(project).encode() not in spooled


def test_off_unless_asked_for(project: Path) -> None:
    """Nothing is written, and the option asks for it as the variable does; `-v` with it says where."""
    run_pytest(project, on=False)
    run_pytest(project, FIXLOOP="0")
    run_pytest(project, "--collect-only")
    run_pytest(project, "--setup-plan")
    run_pytest(project, "-p", "no:fixloop")
    assert not (project.parent / "spool").exists()
    said = run_pytest(project, "--fixloop", "-v", on=False)
    assert Recorded(project).outcomes == _OUTCOMES
    assert f"fixloop: run recorded in {project.parent / 'spool'}" in said.stdout


@pytest.mark.parametrize("what", ["a file in its place", "a folder that nobody may write"])
def test_a_spool_that_cannot_be_written_changes_nothing(project: Path, what: str) -> None:
    """The run has its results and its exit code, and says nothing of it."""
    spool = project.parent / "spool"
    if what == "a file in its place":
        spool.write_text("")
    else:
        spool.mkdir(mode=0o500)
        (spool / "sessions").write_text("")  # for who may write everywhere
    plain, watched = run_pytest(project, on=False), run_pytest(project)
    assert plain.returncode == watched.returncode == 1
    assert _timeless(plain.stdout + plain.stderr) == _timeless(watched.stdout + watched.stderr)


@pytest.mark.parametrize(
    ("arguments", "selectors"),
    [
        ((), ()),
        ((".",), ()),
        (("-x", "-q", "-n", "2"), ()),
        (("tests",), ("tests",)),
        (("tests/test_it.py::test_pass",), ("tests/test_it.py::test_pass",)),
        (("-k", "pass"), ("-k pass",)),
        (("-m", "not slow", "tests"), ("tests", "-m not slow")),
        (("--deselect", "tests/test_it.py::test_fail"), ("--deselect tests/test_it.py::test_fail",)),
    ],
)
def test_what_was_asked_for(project: Path, arguments: tuple[str, ...], selectors: tuple[str, ...]) -> None:
    """Everything, or which tests; how they are run does not matter."""
    run_pytest(project, *arguments)
    started = Recorded(project).started
    assert started.command.selectors == selectors
    assert started.scope is (Scope.SELECTION if selectors else Scope.ALL)


def test_only_what_failed_last_is_a_selection(project: Path) -> None:
    """`--lf` runs other tests each time."""
    run_pytest(project, "--lf", "-p", "cacheprovider")
    assert Recorded(project).started.scope is Scope.SELECTION


def test_a_folder_below_the_root_is_a_selection(project: Path) -> None:
    """Names and selectors are the same from wherever pytest is started."""
    (project / "other").mkdir()
    run_pytest(project / "other", "../tests", FIXLOOP_SPOOL=str(project.parent / "spool"))
    recorded = Recorded(project)
    assert recorded.started.command.selectors == ("tests",)
    assert recorded.results[0].test_case_name == "tests/test_it.py::test_pass"


def test_a_file_that_cannot_be_collected(project: Path) -> None:
    """It is a result of its own, and none of its tests has one; what else ran is there."""
    (project / "tests/test_broken.py").write_text("import nothing_of_that_name\n")
    run_pytest(project, "--continue-on-collection-errors", "-k", "test_pass or broken")
    broken, passed = Recorded(project).results
    assert (broken.test_case_name, broken.outcome, broken.level) == (
        "tests/test_broken.py",
        Outcome.ERROR,
        Level.GROUP,
    )
    assert broken.signature is not None
    assert broken.signature.error_type == "ModuleNotFoundError"
    assert passed.test_case_name == "tests/test_it.py::test_pass"


def test_retries_inside_a_run(project: Path) -> None:
    """What a plugin such as pytest-rerunfailures reports as `rerun` is an attempt and no outcome."""
    (project / "conftest.py").write_text(_RERUNS)
    (project / "tests/test_it.py").write_text(
        "tries = []\ndef test_flaky():\n    tries.append(1)\n    assert len(tries) == 3\n"
    )
    assert run_pytest(project).returncode == 0
    (result,) = Recorded(project).results
    assert (result.outcome, result.attempts) == (Outcome.PASS, (Outcome.FAIL, Outcome.FAIL, Outcome.PASS))


_RERUNS = """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    while True:
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if not any(report.failed for report in reports):
            break
        for report in reports:
            if report.failed:
                report.outcome = "rerun"
            item.ihook.pytest_runtest_logreport(report=report)
            if report.outcome == "rerun":
                break
        item._initrequest()
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
"""


def test_subtests(project: Path) -> None:
    """One word for the test that they are in."""
    (project / "tests/test_it.py").write_text(
        "def test_many(subtests):\n    for x in (1, 2, 3):\n        with subtests.test(x=x):\n            assert x != 2\n"
    )
    run_pytest(project)
    assert Recorded(project).outcomes == {"test_many": "fail"}


def test_a_crashed_worker(project: Path) -> None:
    """The test that it ran is an error; what ran elsewhere is there, and the run ends by itself."""
    (project / "tests/test_it.py").write_text(
        "import os\ndef test_a(): pass\ndef test_dies(): os._exit(1)\ndef test_b(): pass\n"
    )
    run_pytest(project, "-n", "1")
    recorded = Recorded(project)
    assert recorded.outcomes == {"test_a": "pass", "test_dies": "error", "test_b": "pass"}
    died = next(result for result in recorded.results if result.outcome is Outcome.ERROR)
    assert died.signature is not None
    assert died.signature.error_type == "WorkerCrash"


def test_a_killed_run_leaves_its_parts_and_no_end(project: Path) -> None:
    """What was known counts; what is absent proves nothing."""
    many = "".join(f"def test_{number}(): pass\n" for number in range(250))
    (project / "tests/test_it.py").write_text(f"import os\n{many}def test_last(): os.kill(os.getpid(), 9)\n")
    assert run_pytest(project).returncode == -signal.SIGKILL
    recorded = Recorded(project)
    assert len(recorded.results) >= 200
    assert recorded.finished is None


def test_an_interrupted_run_is_aborted(project: Path) -> None:
    """What was interrupted has no outcome."""
    (project / "tests/test_it.py").write_text(
        "def test_a(): pass\ndef test_stopped(): raise KeyboardInterrupt\ndef test_b(): pass\n"
    )
    assert run_pytest(project).returncode == 2
    recorded = Recorded(project)
    assert recorded.outcomes == {"test_a": "pass"}
    assert recorded.end().status is RunStatus.ABORTED


def test_a_run_inside_of_a_test_is_not_recorded(project: Path) -> None:
    """A project that tests a pytest plugin starts pytest itself; the variable is inherited."""
    (project / "tests/test_it.py").write_text(
        "import subprocess, sys\n"
        "def test_a(tmp_path):\n"
        "    (tmp_path / 'test_inner.py').write_text('def test_inner(): pass')\n"
        "    subprocess.run([sys.executable, '-m', 'pytest', str(tmp_path)], check=True)\n"
    )
    run_pytest(project)
    names = {result.test_case_name for result in Recorded(project).results}
    assert names == {"tests/test_it.py::test_a"}


def test_without_an_id_a_working_copy_is_one_lasting_session(project: Path) -> None:
    """Two runs are one session; Claude Code's own id joins them with its edits."""
    run_pytest(project)
    run_pytest(project)
    assert len({event.data.session_id for event in Recorded(project).events}) == 1
    run_pytest(project, CLAUDE_CODE_SESSION_ID="claude-1")
    mine = [event.data for event in Recorded(project).events if event.data.session_id == "claude-1"]
    assert {data.gen_ai_agent_name for data in mine} == {"claude-code"}


def test_the_plugin_needs_no_extra_and_costs_nothing_when_off(project: Path) -> None:
    """Loaded in every run of an environment that has fixloop: it imports the switch alone until asked for."""
    probe = (
        "import sys, fixloop.emit.pytest.plugin as p; print(sorted(m for m in sys.modules if 'fixloop' in m))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=project
    )
    assert done.stdout.strip() == str(sorted(_ALWAYS))


def test_a_pytest_that_cannot_be_watched_still_loads_the_plugin() -> None:
    """In pytest 6 there is no `pytest.Parser`: the plugin's annotations are words, which nobody looks up."""
    assert {"parser": "pytest.Parser", "return": "None"} == pytest_plugin.pytest_addoption.__annotations__
    assert {"config": "pytest.Config", "return": "None"} == pytest_plugin.pytest_configure.__annotations__


def test_a_green_run_in_a_clean_working_copy_imports_next_to_nothing(project: Path) -> None:
    """What reads failures, rules of paths, markers and changes is for runs that have some; and pytest rewrites no module of ours."""
    (project / "tests/test_it.py").write_text("def test_pass(): pass\n")
    (project / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    ours = [name for name in sys.modules if name.startswith('fixloop')]\n"
        "    rewritten = [name for name in ours if 'Rewrit' in type(sys.modules[name].__loader__).__name__]\n"
        "    print('IMPORTED', *ours)\n"
        "    print('REWRITTEN', *rewritten)\n"
        "    print('FIRST', type(sys.meta_path[0]).__name__)\n"
    )
    for arguments in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *arguments], cwd=project, check=True)
    said = run_pytest(project, "-s").stdout
    imported = set(re.search(r"^IMPORTED (.*)$", said, re.MULTILINE)[1].split())  # type: ignore[index]
    rewritten = set(re.search(r"^REWRITTEN(.*)$", said, re.MULTILINE)[1].split())  # type: ignore[index]
    assert "fixloop.emit.git.catch_up" in imported
    assert not imported & {
        "fixloop.emit.changes",
        "fixloop.emit.git.differences",
        "fixloop.emit.pytest.failures",
        "fixloop.emit.session.markers",
        "fixloop.emit.session.processes",
        "fixloop_schemas.failures",
        "fixloop_schemas.path_role",
        "fixloop_schemas.signature",
    }
    assert rewritten <= _ALWAYS
    assert "FIRST AssertionRewritingHook" in said


def test_a_slow_run_does_not_wait_until_there_is_much_to_say(tmp_path: Path) -> None:
    """A crash costs the results of the last moments at most."""
    now = [0.0]
    emitter = Emitter.here({"FIXLOOP_SPOOL": str(tmp_path / "spool"), "HOME": str(tmp_path)}, tmp_path)
    assert emitter is not None
    config: Any = SimpleNamespace(rootpath=tmp_path)
    watcher = Watcher(config, emitter, clock=lambda: now[0])
    for test in ("a", "b"):
        for when in ("setup", "call", "teardown"):
            watcher.pytest_runtest_logreport(
                pytest.TestReport(test, (test, 0, test), {}, "passed", None, when, duration=0.0)
            )
        assert not lines_of(tmp_path / "spool")
        now[0] += FULL_SECONDS / 2
    watcher.pytest_runtest_logreport(
        pytest.TestReport("c", ("c", 0, "c"), {}, "passed", None, "setup", duration=0.0)
    )
    (part,) = [line for line in lines_of(tmp_path / "spool") if b"suiterun.results" in line]
    assert 2 == part.count(b"test_case_name")


def test_a_long_run_sends_before_it_ends(tmp_path: Path) -> None:
    """However fast it is."""
    emitter = Emitter.here({"FIXLOOP_SPOOL": str(tmp_path / "spool"), "HOME": str(tmp_path)}, tmp_path)
    assert emitter is not None
    config: Any = SimpleNamespace(rootpath=tmp_path)
    watcher = Watcher(config, emitter, clock=lambda: 0.0)
    for number in range(FULL_REPORTS):
        assert not lines_of(tmp_path / "spool")
        watcher.pytest_runtest_logreport(
            pytest.TestReport(
                f"t{number // 3}",
                ("t", 0, "t"),
                {},
                "passed",
                None,
                ("setup", "call", "teardown")[number % 3],
            )
        )
    assert sum(line.count(b"test_case_name") for line in lines_of(tmp_path / "spool")) == FULL_REPORTS // 3
