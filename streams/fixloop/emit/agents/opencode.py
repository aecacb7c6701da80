"""What OpenCode's plugin (`plugins/opencode`) hands over, in the form that its README describes. Pure.

The plugin knows each file before and after a call, so nothing has to be made out of what the tool was given.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.json_fields import Object, content, objects_in, text, whole_number
from fixloop_schemas.digest import plain

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange

AGENT: Final = "opencode"
_VERSION: Final = 1
_MOST_LOST: Final = 1_000_000
_START_REASONS: Final = frozenset({"startup", "resume", "compact"})
_END_REASONS: Final = frozenset({"clear", "exit"})


def read(fields: Object, _: Mapping[str, str]) -> HookCall:
    """What one call tells; nothing, where it is in a form that is not known here."""
    if fields.get("v") != _VERSION:
        return HookCall()
    kind, reason = text(fields, "kind"), text(fields, "reason")
    return HookCall(
        session=text(fields, "session"),
        folder=text(fields, "folder"),
        project=text(fields, "project"),
        sub_agent=text(fields, "sub_agent"),
        model=text(fields, "model"),
        started=_known(reason, _START_REASONS) if kind == "started" else "",
        ended=_known(reason, _END_REASONS) if kind == "ended" else "",
        changes=_changes(fields) if kind == "edit" else (),
        command=_command(fields) if kind == "command" else None,
        lost=min(max(whole_number(fields.get("lost")) or 0, 0), _MOST_LOST),
    )


def _known(reason: str, reasons: frozenset[str]) -> str:
    return reason if reason in reasons else "unknown"


def _changes(fields: Object) -> "tuple[FileChange, ...]":
    from fixloop.emit.file_change import FileChange  # a command need not wait for what edits need

    files = [file for file in objects_in(fields, "files") if text(file, "path")]
    replaced = _replaced(fields) if len(files) == 1 else None
    return tuple(
        FileChange(
            path=text(file, "path"),
            tool=text(fields, "tool"),
            change=_change(file),
            before=before,
            after=content(file, "after"),
            # OpenCode forgives an old text that differs in its blanks: then it is not what was replaced.
            fragments=replaced if replaced and (before is None or replaced[0] in before) else None,
        )
        for file in files
        for before in (content(file, "before"),)
    )


def _change(file: Object) -> str:
    """By what was there and is there; a file that is not known before is taken as one that was there."""
    before, after = file.get("before", ""), file.get("after", "")
    if after is None:
        return "deleted"
    return "created" if before is None else "modified"


def _replaced(fields: Object) -> tuple[str, str] | None:
    old, new = fields.get("old"), fields.get("new", "")
    return (plain(old), plain(new)) if isinstance(old, str) and old and isinstance(new, str) else None


def _command(fields: Object) -> Command | None:
    line = text(fields, "line")
    if not line:
        return None
    told = fields.get("exit", ...)
    code = whole_number(told)
    return Command(
        line,
        output=plain(text(fields, "output")),
        exit_code=code,
        failed=told is None or bool(code),
        ended=told is not None,  # OpenCode has no code for what it ended itself
    )
