"""What unittest prints, Django's runner and Twisted's trial included: with `-v` a line a test, blocks of failures, and the counts."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

_OUTCOMES: Final = {
    "ok": Outcome.PASS,
    "FAIL": Outcome.FAIL,
    "ERROR": Outcome.ERROR,
    "skipped": Outcome.SKIP,
    "expected failure": Outcome.SKIP,
    "unexpected success": Outcome.PASS,
}
_TEST: Final = r"(?P<method>[A-Za-z_]\w*) \((?P<owner>[\w.<>\-]+)\)"
_VERBOSE: Final = re.compile(
    _TEST + r"(?: \.\.\. (?P<word>ok|FAIL|ERROR|skipped|expected failure|unexpected success)\b.*)?"
)
_DOC: Final = re.compile(
    r".* \.\.\. (?P<word>ok|FAIL|ERROR|skipped|expected failure|unexpected success)(?: .*)?"
)
_HEADING: Final = re.compile(r"(?P<word>FAIL|ERROR|UNEXPECTED SUCCESS): (?P<rest>\S.*)")
_NAMED: Final = re.compile(_TEST + r"(?: .*)?")
_RAN: Final = re.compile(r"Ran (?P<count>\d+) tests? in (?P<seconds>[\d.]+)s")
_END: Final = re.compile(r"(?P<word>OK|FAILED|NO TESTS RAN)(?: \((?P<counts>[a-z =,\d]+)\))?")
_COUNT: Final = re.compile(r"([a-z ]+)=(\d+)")
_UNLOADED: Final = "unittest.loader._FailedTest"
_WHOLE: Final = ("setUpClass", "tearDownClass", "setUpModule", "tearDownModule")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when unittest did not print them."""
    ran = next((found for line in reversed(lines) if (found := _RAN.fullmatch(line))), None)
    named = Named()
    _take_verbose(lines, named)
    failures = _take_blocks(lines, named)
    named.explain(failures)
    if ran is None:
        return Reading("unittest", named.results()) if failures else None
    end = next((found for line in reversed(lines) if (found := _END.fullmatch(line))), None)
    totals = _totals(int(ran["count"]), end["counts"] or "" if end else "")
    stopped = RunStatus.SKIPPED if totals is not None and not totals.all else None
    return Reading("unittest", named.results(), totals if end else None, stopped, seconds(ran["seconds"]))


def _name(method: str, owner: str) -> str:
    """`pkg.test_a.TestA.test_b`; since Python 3.11 the owner ends with the method already."""
    return owner if owner.rpartition(".")[2] == method else f"{owner}.{method}"


def _take_verbose(lines: list[str], named: Named) -> None:
    """`test_b (pkg.test_a.TestA) ... ok`; where a test has a description, it stands on the line behind and the word with it."""
    waiting: str | None = None
    for line in lines:
        if (found := _VERBOSE.fullmatch(line)) and not found["owner"].startswith(_UNLOADED):
            waiting = _name(found["method"], found["owner"])
            word = found["word"]
        elif waiting and (found := _DOC.fullmatch(line)):
            word = found["word"]
        else:
            waiting, word = (waiting, None) if line.endswith(" ... ") else (None, None)
        if waiting and word:
            named.say(waiting, _OUTCOMES[word])
            waiting = None


def _take_blocks(lines: list[str], named: Named) -> dict[str, Failure]:
    failures: dict[str, Failure] = {}
    for number, line in enumerate(lines[1:], 1):
        heading = _HEADING.fullmatch(line)
        if (
            not heading
            or not lines[number - 1].startswith("=====")
            or heading["word"].startswith("UNEXPECTED")
        ):
            continue
        end = next(
            (at for at in range(number + 1, min(len(lines), number + 400)) if lines[at].startswith("=====")),
            min(len(lines), number + 400),
        )
        _take_block(heading["word"], heading["rest"], lines[number + 1 : end], named, failures)
    return failures


def _take_block(word: str, rest: str, block: list[str], named: Named, failures: dict[str, Failure]) -> None:
    outcome = Outcome.FAIL if word == "FAIL" else Outcome.ERROR
    found = _NAMED.fullmatch(rest)
    if found is None:
        name, level = rest, Level.GROUP
    elif found["method"] in _WHOLE:
        name, level = f"{found['method']} ({found['owner']})", Level.GROUP
    elif found["owner"].startswith(_UNLOADED):
        name, level = found["method"], Level.GROUP  # a module that cannot be imported
    else:
        name, level = _name(found["method"], found["owner"]), Level.CASE
    before = named.found.get((name, level))
    if before is None or not before.outcome.red:
        named.say(name, outcome, level=level)
    end = next((at for at, line in enumerate(block) if _RAN.fullmatch(line)), len(block))
    failures.setdefault(name, failure_in("unittest", block[:end]))


def _totals(count: int, said: str) -> Totals | None:
    known = {word.strip(): int(number) for word, number in _COUNT.findall(said)}
    failed, errors = known.get("failures", 0), known.get("errors", 0)
    skipped = known.get("skipped", 0) + known.get("expected failures", 0)
    passed = count - failed - errors - skipped
    return Totals(max(passed, 0), failed, errors, skipped)
