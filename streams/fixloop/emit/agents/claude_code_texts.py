"""A file's text before and after an edit of Claude Code, from the hook's input alone. Pure.

The tool's own answer is preferred to the file on disk: by the time that a hook runs, the next edit may already be in the file.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fixloop.emit.changes import stretches_of_patch
from fixloop.emit.file_change import FileChange
from fixloop.emit.json_fields import Object, content, listing, objects_in


def change_of(tool: str, path: str, given: Object, answer: Object) -> FileChange | None:
    """The change that an edit tool made; None where it made none.

    Args:
        tool: its name.
        path: the file; empty where nobody names it.
        given: the tool's input.
        answer: its structured answer.
    """
    # A staged edit is not written; a notebook's error stands inside an answer that looks well.
    if not path or answer.get("staged") is True or answer.get("error"):
        return None
    texts = texts_of(tool, given, answer)
    return FileChange(
        path=path,
        tool=tool,
        change="created" if texts.created else "modified",
        before=texts.before,
        after=texts.after,
        stretches=stretches_of_patch(
            {"lines": listing(hunk, "lines")} for hunk in objects_in(answer, "structuredPatch")
        ),
        fragments=texts.fragments,
        user_modified=answer.get("userModified") is True,
    )


class EditTexts(NamedTuple):
    """What is known of the texts of one edit; None is not known."""

    before: str | None = None
    after: str | None = None
    fragments: tuple[str, str] | None = None
    """The text that was replaced, and the one that replaced it."""
    created: bool = False


def texts_of(tool: str, tool_input: Mapping[str, Any], response: Mapping[str, Any]) -> EditTexts:
    """The texts of the edit that `tool` made."""
    if tool == "Write":
        created = response.get("type") == "create"
        before = None if created else content(response, "originalFile")
        return EditTexts(before=before, after=content(tool_input, "content"), created=created)
    if tool == "NotebookEdit":
        return EditTexts(before=content(response, "original_file"), after=content(response, "updated_file"))
    before = content(response, "originalFile")
    edits = tool_input.get("edits") if tool == "MultiEdit" else [_applied(tool_input, response)]
    replacements = [edit for edit in edits if isinstance(edit, dict)] if isinstance(edits, list) else []
    return EditTexts(before=before, after=_replaced(before, replacements), fragments=_fragments(replacements))


def _applied(tool_input: Mapping[str, Any], response: Mapping[str, Any]) -> dict[str, Any]:
    """The replacement as it was applied: a person may have changed what was asked for."""
    return {
        "old_string": response.get("oldString", tool_input.get("old_string")),
        "new_string": response.get("newString", tool_input.get("new_string")),
        "replace_all": response.get("replaceAll", tool_input.get("replace_all")),
    }


def _replaced(before: str | None, replacements: list[dict[str, Any]]) -> str | None:
    after = before
    for edit in replacements:
        old, new = content(edit, "old_string"), content(edit, "new_string")
        if after is None or old is None or new is None or old not in after or not old:
            return None
        after = after.replace(old, new) if edit.get("replace_all") else after.replace(old, new, 1)
    return after


def _fragments(replacements: list[dict[str, Any]]) -> tuple[str, str] | None:
    if len(replacements) != 1:
        return None
    old, new = content(replacements[0], "old_string"), content(replacements[0], "new_string")
    return None if old is None or new is None else (old, new)
