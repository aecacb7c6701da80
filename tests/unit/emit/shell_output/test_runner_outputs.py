"""What runners print, read: recorded outputs of small programs of ours, each beside what is to be read in it.

An output and what is read: `tests/data/runner_output/NAME.txt` and `NAME.told`. Those of bun, nextest, Gradle, RSpec, PHPUnit and .NET are
written to the documented form; the others were printed by the runners.
"""

from pathlib import Path

import pytest

from fixloop.emit.shell_output import parse
from tests.unit.emit.told_run import told

OUTPUTS = sorted((Path(__file__).parents[3] / "data" / "runner_output").glob("*.txt"))
_COMMANDS = {
    "pytest": "pytest",
    "unittest": "python -m unittest",
    "go": "go test ./...",
    "cargo": "cargo test",
    "nextest": "cargo nextest run",
    "jest": "npx jest",
    "vitest": "npx vitest run",
    "mocha": "npx mocha",
    "node": "node --test",
    "bun": "bun test",
    "maven": "mvn test",
    "gradle": "./gradlew test",
    "rspec": "bundle exec rspec",
    "phpunit": "vendor/bin/phpunit",
    "dotnet": "dotnet test",
}


def command_of(output: Path) -> str:
    """How the runner was called that printed it."""
    return _COMMANDS[output.stem.partition("-")[0]]


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda path: path.stem)
def test_an_output_is_read_as_it_was_checked(output: Path) -> None:
    """Outcomes, failures, attempts and counts are those that a person found in the output."""
    run = parse(command_of(output), output.read_text(encoding="utf-8"), 1)
    assert output.with_suffix(".told").read_text(encoding="utf-8") == told(run)


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda path: path.stem)
def test_behind_a_task_the_output_says_which_runner_it_was(output: Path) -> None:
    """`make test` hides the runner; what it printed does not."""
    text = output.read_text(encoding="utf-8")
    named, hidden = parse(command_of(output), text, 1), parse("make test", text, 1)
    assert named is not None
    assert hidden is not None
    assert (named.framework, named.results) == (hidden.framework, hidden.results)


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda path: path.stem)
def test_a_cut_output_claims_nothing_that_the_whole_does_not(output: Path) -> None:
    """Agents cut outputs anywhere: a test may be missing then, and no other outcome appears, nor are all said to be named."""
    text = output.read_text(encoding="utf-8")
    whole = parse(command_of(output), text, 1)
    assert whole is not None
    outcomes = {(result.name, result.level): result.outcome for result in whole.results}
    attempts = {result.name for result in whole.results if result.attempts}
    lines = text.splitlines(keepends=True)
    for start in range(0, len(lines), 7):
        cut = parse(command_of(output) + " | tail", "".join(lines[start:]), None)
        for result in cut.results if cut else ():
            known = outcomes.get((result.name, result.level))
            bare = any(name.endswith(f" > {result.name}") for name, _ in outcomes)
            assert known is result.outcome or bare or result.name in attempts, (start, result)
        assert cut is None or not cut.results_complete
