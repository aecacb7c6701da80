"""One shell command of an agent as facts, in the order in which the command did them: edits, restores, commits and the test run.

A command that failed is sure to have done what stands before its last program, and of the last one it is in doubt.
"""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from fixloop.emit.imported.facts import Fact
from fixloop.emit.parsed_run import ParsedRun, Result
from fixloop.emit.shell_output import parse
from fixloop.emit.shell_restores import ShellRestore, restores_in
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_edits import shell_changes
from fixloop.emit.transcripts.shell_programs import Program, on_one_line, programs
from fixloop_schemas.commands import called, is_test_run
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import Level, Outcome, PathRole, RunStatus

_COMMITTED: Final = re.compile(r"^\[(?:[^\]\n]*\s)?([0-9a-f]{7,40})\] ", re.MULTILINE)
_SCRIPT: Final = re.compile(r"\.(py|sh|js|mjs|cjs|ts|rb|pl)$")
_NOT_STARTED: Final = (126, 127)
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
    run = parse(line, call.output, call.exit_code) or _script_run(teller, call, line)
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


def _script_run(teller: SessionTeller, call: ShellCall, line: str) -> ParsedRun | None:
    """A reproduction script, or a test file that is run by itself: its exit code is the only word, and speaks for the script alone."""
    how = called(line)
    if (
        call.exit_code is None
        or call.exit_code in _NOT_STARTED
        or not how.exit_code_reliable
        or len(how.selectors) != 1
    ):
        return None
    (script,) = how.selectors
    path = teller.place.relative(script, call.folder)
    if not _SCRIPT.search(path) or path_role(path) not in (PathRole.SCRATCH, PathRole.TEST):
        return None
    outcome = Outcome.FAIL if call.exit_code else Outcome.PASS
    return ParsedRun(
        framework="script",
        results=(Result(path, outcome, Level.SCRIPT),),
        status=RunStatus.FAILURE if call.exit_code else RunStatus.SUCCESS,
        runner=how.runner,
        scope=how.scope,
        selectors=(path,),
        exit_code=call.exit_code,
        exit_code_reliable=True,
    )


def _done_by(teller: SessionTeller, call: ShellCall, program: Program, index: int) -> Iterator[Fact]:
    changes = shell_changes(program)
    yield from teller.edits(f"{call.key}:edit-{index}", changes, call.ended, call.folder, call.sub_agent)
    if program.name == "git":
        for number, restore in enumerate(_restores(program)):
            key = f"{call.key}:restore-{index}-{number}"
            yield teller.restore(key, restore, call.ended, call.folder, call.sub_agent)


def _restores(program: Program) -> tuple[ShellRestore, ...]:
    """What one git command sets back, with paths as the whole command means them."""
    if "show" in program.texts[1:2]:
        # `git show REVISION:file > file`
        into = [one.target for one in program.redirections if one.operator in (">", ">|")]
        given = {word.text.partition(":")[2] for word in program.words}
        paths = tuple(target.text for target in into if target.certain and target.text in given)
        found: tuple[ShellRestore, ...] = (ShellRestore("restore", paths),) if paths else ()
    else:
        found = restores_in(shlex.join(program.texts), _looks_like_a_file)
    folder = program.folder or ""
    return tuple(
        replace(one, paths=tuple(posixpath.normpath(posixpath.join(folder, path)) for path in one.paths))
        for one in found
    )


def _looks_like_a_file(word: str) -> bool:
    """`git checkout NAME` names a file or a branch; a transcript has no disk that could tell."""
    return _FILE_NAME.search(word) is not None


def _commits(teller: SessionTeller, call: ShellCall) -> Iterator[Fact]:
    revisions = [call.revision] if call.revision else []
    if not revisions and "git" in call.command and "commit" in call.command:
        revisions = _COMMITTED.findall(call.output)
    for number, revision in enumerate(revisions):
        yield teller.commit(f"{call.key}:commit-{number}", revision, call.ended, call.sub_agent)
