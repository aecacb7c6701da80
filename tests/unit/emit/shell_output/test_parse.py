"""Commands, outputs and exit codes as runs: what is a run at all, how it ended, and what may be deduced."""

import itertools

import pytest

from fixloop.emit.parsed_run import ParsedRun, Result, Totals
from fixloop.emit.shell_output import parse
from fixloop_schemas.vocabulary import Outcome, RunStatus, Scope
from tests.unit.emit.told_run import told

_GREEN = "....  [100%]\n4 passed in 0.05s\n"


@pytest.mark.parametrize(
    ("command", "output", "exit_code"),
    [
        ("ls -l", "1 failed in 0.01s", 0),
        ("cat report.txt", "FAILED tests/test_a.py::test_b - assert 1 == 2", 0),
        ("grep -rn FAILED .", "FAILED tests/test_a.py::test_b", 0),
        ("git commit -m 'pytest: 1 failed'", "", 0),
        ("pytest --version", "pytest 8.3.0", 0),
        ("pytest --collect-only -q", "tests/test_a.py::test_b\n\n1 test collected in 0.01s", 0),
        ("go test -list .", "TestA\nok  \texample.com/shop\t0.01s", 0),
        ("npx jest --listTests", "/home/ada/shop/a.test.js", 0),
        ("cargo test --no-run", "    Finished `test` profile", 0),
        ("pytest", "bash: pytest: command not found", 127),
        ("make test", "cc -o shop shop.c", 0),
        ("npm test", "Error: no test specified", 1),
        ("python setup.py test_wheel.py", "done", 0),
        ("", "", None),
    ],
)
def test_what_is_no_run_is_none(command: str, output: str, exit_code: int | None) -> None:
    """Neither a command that shows a report, nor a runner that was asked for something else, nor one that is not there."""
    assert parse(command, output, exit_code) is None


@pytest.mark.parametrize(
    ("command", "output", "exit_code", "status"),
    [
        ("pytest -q", _GREEN, 0, RunStatus.SUCCESS),
        ("pytest -q | tail -1", _GREEN, 0, RunStatus.SUCCESS),
        ("pytest -q | tail -1", "1 failed, 3 passed in 0.05s", 0, RunStatus.FAILURE),
        ("pytest -q --cov", _GREEN + "FAIL Required test coverage of 90% not reached.", 1, RunStatus.FAILURE),
        ("pytest -q", "no tests ran in 0.01s", 5, RunStatus.SKIPPED),
        ("pytest -q > out.txt", "", 0, RunStatus.SUCCESS),
        ("pytest -q > out.txt", "", 1, RunStatus.FAILURE),
        ("pytest -q > out.txt", "", 4, RunStatus.UNKNOWN),
        ("timeout 5 pytest", "tests/test_a.py .", 124, RunStatus.TIMED_OUT),
        ("pytest", "!!!!!! KeyboardInterrupt !!!!!!\n1 passed in 2.00s", 2, RunStatus.ABORTED),
        ("pytest", _GREEN, 130, RunStatus.ABORTED),
        ("go test ./...", "ok  \texample.com/shop\t0.01s", 0, RunStatus.SUCCESS),
        ("go test ./...", "?   \texample.com/shop\t[no test files]", 0, RunStatus.SUCCESS),
    ],
)
def test_how_a_run_ended(command: str, output: str, exit_code: int, status: RunStatus) -> None:
    """What stopped it, else what the runner says, else what its exit code does; behind a pipe the code says nothing."""
    run = parse(command, output, exit_code)
    assert run is not None
    assert status is run.status


def test_an_unread_run_behind_a_pipe_is_none() -> None:
    """Neither its output nor its exit code says anything of the tests."""
    assert parse("pytest -q | grep nothing", "", 1) is None


def test_an_exit_code_speaks_for_the_runner_or_is_marked() -> None:
    """The code of a pipe is the last program's."""
    whole, piped = parse("pytest", _GREEN, 0), parse("pytest | cat", _GREEN, 0)
    assert whole is not None
    assert piped is not None
    assert (True, False) == (whole.exit_code_reliable, piped.exit_code_reliable)


def test_dots_name_nothing() -> None:
    """Four tests passed, and nothing says which."""
    assert "pytest success: 4 passed, 0 failed, 0 errors, 0 skipped; not all named\n" == told(
        parse("pytest", _GREEN, 0)
    )


@pytest.mark.parametrize(
    ("command", "output", "name"),
    [
        ("pytest tests/test_a.py::test_b", "1 passed in 0.01s", "tests/test_a.py::test_b"),
        (
            "python -m unittest tests.test_a.TestA.test_b",
            "Ran 1 test in 0.001s\n\nOK",
            "tests.test_a.TestA.test_b",
        ),
        (
            "go test -run '^TestA$' ./cart",
            "ok  \texample.com/shop/cart\t0.01s",
            "example.com/shop/cart::TestA",
        ),
    ],
)
def test_the_one_test_that_was_asked_for_passed(command: str, output: str, name: str) -> None:
    """It is not named, but nothing else can have been counted: deduced."""
    run = parse(command, output, 0)
    assert run is not None
    assert [Result(name, Outcome.PASS, inferred=True)] == [
        result for result in run.results if result.level.value == "case"
    ]


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("pytest tests/test_a.py::test_b", "2 passed in 0.01s"),
        ("pytest tests/test_a.py::test_b", "1 skipped in 0.01s"),
        ("pytest tests/test_a.py::test_b tests/test_c.py", "1 passed in 0.01s"),
        ("pytest tests/test_a.py", "1 passed in 0.01s"),
        ("go test -run '^TestA$' ./...", "ok  \ta.b/c\t0.01s\nok  \ta.b/d\t0.01s"),
        ("go test -run '^TestA$' ./cart", "ok  \ta.b/c\t0.01s [no tests to run]"),
        ("go test -run '^TestA$' ./cart", "ok  \ta.b/c\t(cached)"),
        ("go test -run 'TestA' ./cart", "ok  \ta.b/c\t0.01s"),
    ],
)
def test_where_more_may_be_meant_nothing_is_deduced(command: str, output: str) -> None:
    """Parameters, classes, patterns and other packages: it may have been another test that was counted."""
    run = parse(command, output, 0)
    assert run is not None
    assert not [result for result in run.results if result.level.value == "case"]


def test_a_cached_package_did_not_run() -> None:
    """Go repeats an old result without running anything."""
    run = parse("go test ./...", "ok  \ta.b/c\t(cached)\nok  \ta.b/d\t0.01s\n", 0)
    assert run is not None
    assert ["pkg:a.b/d"] == [result.name for result in run.results]


def test_a_retry_of_pytest_is_an_attempt() -> None:
    """pytest-rerunfailures prints each attempt; only the last is the outcome."""
    output = "tests/test_a.py::test_b RERUN [ 50%]\ntests/test_a.py::test_b RERUN [ 50%]\ntests/test_a.py::test_b PASSED [100%]\n"
    run = parse("pytest -v", output + "1 passed, 2 rerun in 0.03s\n", 0)
    assert run is not None
    assert (
        Result("tests/test_a.py::test_b", Outcome.PASS, attempts=(Outcome.FAIL, Outcome.FAIL, Outcome.PASS)),
    ) == run.results


def test_what_was_asked_for_comes_along() -> None:
    """Runner, selectors and scope are those of the command."""
    assert ParsedRun(
        "pytest",
        status=RunStatus.SUCCESS,
        totals=Totals(passed=4),
        runner="pytest",
        scope=Scope.SELECTION,
        selectors=("add",),
        exit_code=0,
        exit_code_reliable=True,
        duration=0.05,
    ) == parse("pytest -q -k add", _GREEN, 0)


_HOSTILE = [
    "=" * 200_000,
    "= " * 100_000,
    "a::" * 100_000,
    " FAILED" * 40_000,
    "x [" * 80_000 + "]",
    "{" * 200_000,
    '{"Action":"' * 20_000,
    " " * 400_000,
    "--- FAIL: " * 40_000,
    "\x1b[" * 100_000,
    "\x1b]8;;" * 60_000,
    "1) " * 100_000,
    "✓ " * 100_000,
    "● " * 100_000,
    "> " * 100_000,
    "\u276f a.ts (" * 30_000,
    "ok " * 100_000,
    "not ok 1 - a # SKIP " * 15_000,
    "\tat a.b(" * 40_000,
    "[ERROR] " * 40_000,
    "Tests run: 1, " * 20_000,
    "test a ... " * 30_000,
    "Passed a [" * 30_000,
    "(1): error A1: " * 20_000,
    "\r" * 300_000,
    "____ a ____\n" * 20_000,
    "=== FAILURES ===\n" + "____ a ____\nE   x\n" * 10_000,
    "FAIL: test_a (a.B)\n" * 10_000,
    "=====\nFAIL: test_a (a.B)\n" * 5_000,
    "  1) a\n" * 20_000,
    "  5 passing (1ms)\n" + "  1) a\n     b\n" * 10_000,
    "=== RUN   TestA\n" * 20_000,
    "# Subtest: a\n" * 20_000,
    "".join("  " * (depth % 500) + "✓ a\n" for depth in range(5_000)),
    "TAP version 13\n" + "".join("  " * depth + "# Subtest: a\n" for depth in range(1_500)),
]
_PROGRAMS = [
    "pytest",
    "python -m unittest",
    "go test",
    "cargo test",
    "npx jest",
    "npx vitest",
    "bun test",
    "make test",
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("output", _HOSTILE, ids=itertools.count())
def test_no_output_holds_up_the_reader(output: str) -> None:
    """A hook runs the parsers on whatever a command printed: none of these takes more than a moment, and none raises."""
    for command in _PROGRAMS:
        parse(command, output, 1)
        parse(command, output.replace(" ", "\n", 1_000), 1)
