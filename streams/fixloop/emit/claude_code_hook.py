"""`python -m fixloop.emit.claude_code_hook`: what Claude Code calls. Always exits with 0, prints nothing, and is gone within a second."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, Final

from fixloop.emit.claude_code_events import EDIT_TOOLS, HookCall, drafts_of, model_switch, path_of
from fixloop.emit.emit_log import note_for
from fixloop.emit.emitter import Emitter
from fixloop.emit.names_book import write_name
from fixloop.emit.session_identity import CLAUDE_CODE
from fixloop.emit.working_copy import working_copy

LIMIT_SECONDS: Final = 0.9
MAX_INPUT: Final = 64 * 1024 * 1024


def main() -> int:
    """Read one hook call from the standard input and write what it amounts to into the spool. Returns 0, whatever happens."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    try:
        record(sys.stdin.buffer, os.environ)
    except Exception as error:
        note_for(os.environ, "claude-code hook", error)
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
    told = fields.get("session_id")
    emitter = Emitter.here(
        environment,
        _place(fields, environment),
        agent=CLAUDE_CODE,
        told=told if isinstance(told, str) else None,
    )
    if emitter is None:
        return
    call = HookCall(fields, emitter.session_id, emitter.root, emitter.digester, emitter.attribution)
    for draft in drafts_of(call):
        emitter.emit(draft)
    if call.text("tool_name") == "Bash":
        emitter.notice_moves()
    if switched := model_switch(call):
        emitter.spool.remember(call.session_id, switched)
    if call.text("tool_name") in EDIT_TOOLS and (path := path_of(call)):
        write_name(emitter.spool_directory, call.digester.path(path), path)


def _place(fields: Mapping[str, Any], environment: Mapping[str, str]) -> Path:
    """The working copy of the edited file, else of the agent's folder, else of its project; else one of these folders."""
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
            return copy.root
    return Path(project or folder).resolve()


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
