"""The editor tool that several agents share (`view`, `create`, `str_replace`, `insert`, `undo_edit`), as changes of files."""

from typing import Final

from fixloop.emit.changes import Stretch
from fixloop.emit.file_change import FileChange
from fixloop.emit.json_fields import Object, content, text
from fixloop.emit.patches import hunks_of_diff

_CHANGING: Final = frozenset({"create", "str_replace", "insert", "undo_edit", "write"})


def editor_change(tool: str, given: Object, answer: Object | None = None) -> FileChange | None:
    """The change that one call of the editor made, from what it was given and, where there is one, its structured answer.

    The answer may hold `old_content`, `new_content`, `diff` and `prev_exist`. None for a call that changes nothing.
    """
    answer = answer or {}
    command, path = text(given, "command"), text(answer, "path") or text(given, "path")
    before, after = content(answer, "old_content"), content(answer, "new_content")
    diff = content(answer, "diff")
    if not path or (command not in _CHANGING and before is None and after is None and diff is None):
        return None
    created = answer.get("prev_exist") is False
    old, new = content(given, "old_str"), content(given, "new_str")
    stretches = hunks_of_diff(diff) if diff and (before is None or after is None) else ()
    if command in ("create", "write") and after is None:
        after = content(given, "file_text")
    elif command == "insert" and after is None and new is not None and not stretches:
        stretches = (Stretch((), tuple(new.splitlines())),)
    return FileChange(
        path=path,
        tool=tool,
        change="created" if created else "unknown" if command == "create" else "modified",
        before=None if created else before,
        after=after,
        stretches=stretches,
        fragments=(old, new or "") if command == "str_replace" and old is not None else None,
    )
