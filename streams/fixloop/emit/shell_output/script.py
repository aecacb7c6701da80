"""A reproduction script, or a test file that is run by itself: its exit code is the only word, and speaks for the script alone."""

import re
from collections.abc import Callable
from typing import Final

from fixloop.emit.parsed_run import ParsedRun, Result
from fixloop_schemas.commands import called
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import Level, Outcome, PathRole, RunStatus

_SCRIPT: Final = re.compile(r"\.(py|sh|js|mjs|cjs|ts|rb|pl)$")
_NOT_STARTED: Final = (126, 127)


def script_run(command: str, exit_code: int | None, relative: Callable[[str], str]) -> ParsedRun | None:
    """The run that a script's call was; None where it was none, or its exit code says nothing of the script.

    Args:
        command: the command line.
        exit_code: the shell's, where the caller knows it.
        relative: a path as the session tells it.
    """
    how = called(command)
    if (
        exit_code is None
        or exit_code in _NOT_STARTED
        or not how.exit_code_reliable
        or len(how.selectors) != 1
    ):
        return None
    path = relative(how.selectors[0])
    if not _SCRIPT.search(path) or path_role(path) not in (PathRole.SCRATCH, PathRole.TEST):
        return None
    return ParsedRun(
        framework="script",
        results=(Result(path, Outcome.FAIL if exit_code else Outcome.PASS, Level.SCRIPT),),
        status=RunStatus.FAILURE if exit_code else RunStatus.SUCCESS,
        runner=how.runner,
        scope=how.scope,
        selectors=(path,),
        exit_code=exit_code,
        exit_code_reliable=True,
    )
