"""One shell command of an agent as facts, in the order in which the command did them: edits, restores, commits and the test run.

A command that failed is sure to have done what stands before its last program, and of the last one it is in doubt.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fixloop.emit.imported.facts import Fact
from fixloop.emit.shell.edits import shell_changes
from fixloop.emit.shell.programs import Program, on_one_line, programs
from fixloop.emit.shell.restores import restore_of
from fixloop.emit.shell_output import parse, script_run
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop_schemas.commands import is_test_run

_COMMITTED: Final = re.compile(r"^\[(?:[^\]\n]*\s)?([0-9a-f]{7,40})\] ", re.MULTILINE)
_FILE_NAME: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")


@dataclass(frozen=True, slots=True)
class ShellCall:
    """One command with what came of it."""

    key: str
    command: str
    output: str
    exit_code: int | None
    """None when the transcript does not say."""
    began: str | None = None
    ended: str | None = None
    folder: str = ""
    """Absolute, where the command was started."""
    sub_agent: str = ""
    background: bool = False
    revision: str | None = None
    """The commit that the host says was made."""


def shell_facts(teller: SessionTeller, call: ShellCall) -> Iterator[Fact]:
    """The facts of one command."""
    found = programs(call.command)
    tests = [index for index, program in enumerate(found) if is_test_run(program.texts)]
    last_test = tests[-1] if tests else len(found)
    line = on_one_line(found)
    told = False
    for index, program in enumerate(found):
        if index > last_test and not told:
            yield from _run(teller, call, line)
            told = True
        if not (call.exit_code and index == len(found) - 1):
            yield from _done_by(teller, call, program, index)
    if not told:
        yield from _run(teller, call, line)
    yield from _commits(teller, call)


def _run(teller: SessionTeller, call: ShellCall, line: str) -> Iterator[Fact]:
    run = parse(line, call.output, call.exit_code) or script_run(
        line, call.exit_code, lambda path: teller.place.relative(path, call.folder)
    )
    if run is not None:
        yield from teller.run(
            call.key,
            run,
            call.command,
            began=call.began,
            ended=call.ended,
            folder=call.folder,
            background=call.background,
            sub_agent=call.sub_agent,
        )


def _done_by(teller: SessionTeller, call: ShellCall, program: Program, index: int) -> Iterator[Fact]:
    changes = shell_changes(program)
    yield from teller.edits(f"{call.key}:edit-{index}", changes, call.ended, call.folder, call.sub_agent)
    restore = restore_of(program, _looks_like_a_file)
    if restore is not None:
        key = f"{call.key}:restore-{index}"
        yield teller.restore(key, restore, call.ended, call.folder, call.sub_agent)


def _looks_like_a_file(word: str) -> bool:
    """`git checkout NAME` names a file or a branch; a transcript has no disk that could tell."""
    return _FILE_NAME.search(word) is not None


def _commits(teller: SessionTeller, call: ShellCall) -> Iterator[Fact]:
    revisions = [call.revision] if call.revision else []
    if not revisions and "git" in call.command and "commit" in call.command:
        revisions = _COMMITTED.findall(call.output)
    for number, revision in enumerate(revisions):
        yield teller.commit(f"{call.key}:commit-{number}", revision, call.ended, call.sub_agent)
