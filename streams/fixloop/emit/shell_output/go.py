"""What `go test` prints, plain or with `-v`: tests, then the line of the package that they belong to. A cached package did not run."""

import re
from dataclasses import dataclass, field
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Level, Outcome

_OUTCOMES: Final = {"PASS": Outcome.PASS, "FAIL": Outcome.FAIL, "SKIP": Outcome.SKIP}
_VERDICT: Final = re.compile(r"--- (?P<word>PASS|FAIL|SKIP): (?P<test>\S+) \((?P<seconds>[\d.]+)s\)")
_CURRENT: Final = re.compile(r"=== (?:RUN|CONT|NAME)\s+(?P<test>\S+)")
_PACKAGE: Final = re.compile(
    r"(?P<word>ok  |FAIL|---|\?   )\t(?P<package>[\w.\-/~]+)(?:\s+(?P<rest>.*))?|FAIL (?P<unbuilt>[\w.\-/~]+) \[(?P<why>[a-z ]+)\]"
)
_UNBUILT: Final = re.compile(r"# (?P<package>[\w.\-/~]+)(?: \[.*\])?")
_OF_GOTESTSUM: Final = re.compile(
    r"=== (?P<word>FAIL|SKIP): (?P<package>[\w.\-/~]+) (?P<test>\S+) \((?P<seconds>[\d.]+)s\)"
)
_RUNNING: Final = re.compile(r"\t\t(?P<test>\S+) \(.+\)")
_SECONDS: Final = re.compile(r"(?P<seconds>[\d.]+)s\b")
_MAX_LINES: Final = 400
_TIMED_OUT: Final = "panic: test timed out after "


@dataclass(slots=True)
class _Package:
    """The tests since the last package's line."""

    verdicts: dict[str, tuple[Outcome, float | None]] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    """Lines outside of any test: a panic's stacks behind a verdict belong to the test, and here too."""
    started: dict[str, None] = field(default_factory=dict)
    current: str | None = None

    def take(self, line: str) -> None:
        """Take in a line that is no package's."""
        if found := _CURRENT.fullmatch(line):
            self.current = found["test"]
            self.started[self.current] = None
        elif (at := line.rfind("--- ")) >= 0 and (found := _VERDICT.fullmatch(line, at)):
            self.current = found["test"]
            outcome = _OUTCOMES[found["word"]]
            if self.current not in self.verdicts or outcome.red:  # with -count, one failure is the word
                self.verdicts[self.current] = outcome, seconds(found["seconds"])
        else:
            block = self.said.setdefault(self.current, []) if self.current else self.loose
            if len(block) < _MAX_LINES:
                block.append(line)

    def text(self) -> list[str]:
        """All that was said, for what is nobody's alone."""
        return [*self.loose, *(line for block in self.said.values() for line in block)]


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when `go test` did not print them."""
    if json := _json(lines):
        return json
    named, unbuilt = Named(), _unbuilt(lines)
    package, packages, complete = _Package(), 0, True
    for line in lines:
        if found := _OF_GOTESTSUM.fullmatch(line):
            _say(
                named,
                found["package"],
                found["test"],
                _OUTCOMES[found["word"]],
                seconds(found["seconds"]),
                None,
            )
        elif found := _PACKAGE.fullmatch(line):
            name, rest = found["package"] or found["unbuilt"], found["rest"] or f"[{found['why']}]"
            packages += 1
            complete = _close(named, package, name, found["word"] or "FAIL", rest, unbuilt) and complete
            package = _Package()
        else:
            package.take(line)
    if not packages and not package.verdicts and not named.found:
        return None
    _flush(named, package, "")
    results = named.results()
    return Reading("go", results, _totals(named) if complete and packages else None)


def _json(lines: list[str]) -> Reading | None:
    """`go test -json` prints its report."""
    first = next((line for line in lines if line.startswith("{")), "")
    if not ('"Action":"' in first and ('"Package":"' in first or '"ImportPath":"' in first)):
        return None
    from fixloop.emit.reports.go_json import read_lines

    run = read_lines(line.encode("utf-8", "replace") for line in lines)
    return Reading("go", run.results, run.totals, run.status, run.duration) if run else None


def _close(
    named: Named, package: _Package, name: str, word: str, rest: str, unbuilt: dict[str, list[str]]
) -> bool:
    """Say what a package did; whether its tests are all named, which without `-v` only those that failed are."""
    _flush(named, package, name)
    if word.startswith("?") or "[no test files]" in rest or "(cached)" in rest or word == "---":
        return True
    took = _SECONDS.match(rest)
    duration = seconds(took["seconds"]) if took else None
    if word.startswith("ok"):
        if "[no tests to run]" not in rest:
            named.say(f"pkg:{name}", Outcome.PASS, level=Level.GROUP, duration=duration)
        return bool(package.started) or "[no tests to run]" in rest
    failure: Failure | None = None
    if "[" in rest:
        failure = failure_in("go", [*unbuilt.get(name, []), f"FAIL\t{name} {rest}"])
    elif not any(outcome.red for outcome, _ in package.verdicts.values()):
        failure = failure_in("go", package.text())
    outcome = Outcome.ERROR if "[" in rest else Outcome.FAIL
    named.say(f"pkg:{name}", outcome, failure, level=Level.GROUP, duration=duration)
    return bool(package.started)


def _flush(named: Named, package: _Package, name: str) -> None:
    for test, (outcome, duration) in package.verdicts.items():
        failure = failure_in("go", package.said.get(test, [])) if outcome.red else None
        _say(named, name, test, outcome, duration, failure)
    text = package.text()
    if any(line.startswith(_TIMED_OUT) for line in text):
        hung = [found["test"] for line in text if (found := _RUNNING.fullmatch(line))]
    else:
        hung = _unfinished(package) if any(line.startswith("panic: ") for line in text) else []
    if len(hung) == 1 and hung[0] not in package.verdicts:
        _say(named, name, hung[0], Outcome.ERROR, None, failure_in("go", text))


def _unfinished(package: _Package) -> list[str]:
    """The tests that began and did not end, the innermost alone."""
    left = [test for test in package.started if test not in package.verdicts]
    return [test for test in left if not any(other.startswith(f"{test}/") for other in left)]


def _say(
    named: Named, package: str, test: str, outcome: Outcome, duration: float | None, failure: Failure | None
) -> None:
    name = f"{package}::{test}" if package else test
    if (name, Level.CASE) not in named.found or outcome.red:
        named.say(name, outcome, failure, duration=duration)


def _unbuilt(lines: list[str]) -> dict[str, list[str]]:
    """What the compiler said, by package."""
    found: dict[str, list[str]] = {}
    block: list[str] | None = None
    for line in lines:
        if heading := _UNBUILT.fullmatch(line):
            block = found.setdefault(heading["package"].removesuffix("_test"), [])
        elif line.startswith(("FAIL", "ok  ", "---", "=== ", "?   ")):
            block = None
        elif block is not None and len(block) < _MAX_LINES:
            block.append(line)
    return found


def _totals(named: Named) -> Totals | None:
    """Go counts nothing: with `-v` every test is named, so the names are the count."""
    outcomes = [result.outcome for result in named.found.values() if result.level is Level.CASE]
    if not outcomes:
        return None
    return Totals(
        outcomes.count(Outcome.PASS),
        outcomes.count(Outcome.FAIL),
        outcomes.count(Outcome.ERROR),
        outcomes.count(Outcome.SKIP),
    )
