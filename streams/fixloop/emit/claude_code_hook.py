"""`python -m fixloop.emit.claude_code_hook`: what Claude Code calls. Always exits with 0, prints nothing, and is gone within a second."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, Final

from fixloop.emit.attribution import attribution
from fixloop.emit.claude_code_events import EDIT_TOOLS, HookCall, drafts_of, model_switch, path_of
from fixloop.emit.digest_key import digester
from fixloop.emit.emit_log import note
from fixloop.emit.names_book import write_name
from fixloop.emit.session_identity import CLAUDE_CODE, session_id
from fixloop.emit.spool import Spool
from fixloop.emit.working_copy import WorkingCopy, working_copy
from fixloop.settings import EmitterSettings

LIMIT_SECONDS: Final = 0.9
MAX_INPUT: Final = 64 * 1024 * 1024


def main() -> int:
    """Read one hook call from the standard input and write what it amounts to into the spool. Returns 0, whatever happens."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    try:
        record(sys.stdin.buffer, os.environ)
    except Exception as error:
        _note(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return 0


def record(stream: BinaryIO, environment: Mapping[str, str]) -> None:
    """Write what one hook call amounts to into the spool.

    Raises:
        OSError: the input or the spool cannot be used.
        ValueError: the input is no JSON object.
    """
    fields = json.loads(stream.read(MAX_INPUT))
    if not isinstance(fields, dict):
        raise TypeError("a hook's input is a JSON object")
    settings = EmitterSettings.from_environment(environment)
    spool = Spool(settings.spool_directory)
    call = _call(fields, environment, settings)
    for draft in drafts_of(call):
        spool.emit(draft)
    if switched := model_switch(call):
        spool.remember(call.session_id, switched)
    if call.text("tool_name") in EDIT_TOOLS and (path := path_of(call)):
        write_name(settings.spool_directory, call.digester.path(path), path)


def _call(fields: Mapping[str, Any], environment: Mapping[str, str], settings: EmitterSettings) -> HookCall:
    copy, root = _place(fields, environment)
    digests = digester(settings.spool_directory, settings.digest_key)
    told = fields.get("session_id")
    return HookCall(
        fields=fields,
        session_id=session_id(environment, digests, root, told if isinstance(told, str) else None),
        root=root,
        digester=digests,
        attribution=attribution(environment, digests, copy, agent=CLAUDE_CODE),
    )


def _place(fields: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[WorkingCopy | None, Path]:
    """The working copy of the edited file, else of the agent's folder, else of its project; and its root."""
    project = environment.get("CLAUDE_PROJECT_DIR")
    folder = fields.get("cwd") or project or "."
    tool_input = fields.get("tool_input")
    edited = (
        (tool_input.get("file_path") or tool_input.get("notebook_path"))
        if isinstance(tool_input, dict)
        else None
    )
    edited_in = Path(folder, edited).parent if isinstance(edited, str) else None
    for candidate in (edited_in, folder, project):
        if candidate and (copy := working_copy(Path(candidate))):
            return copy, copy.root
    return None, Path(project or folder).resolve()


def _note(error: Exception) -> None:
    try:
        note(EmitterSettings.from_environment(os.environ).spool_directory, "claude-code hook", error)
    except Exception:
        return


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
