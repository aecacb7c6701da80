"""A file's text before and after an edit of Claude Code, from the hook's input alone. Pure.

The tool's own answer is preferred to the file on disk: by the time that a hook runs, the next edit may already be in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EditTexts:
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
        before = None if created else _text(response.get("originalFile"))
        return EditTexts(before=before, after=_text(tool_input.get("content")), created=created)
    if tool == "NotebookEdit":
        return EditTexts(
            before=_text(response.get("original_file")), after=_text(response.get("updated_file"))
        )
    before = _text(response.get("originalFile"))
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
        old, new = _text(edit.get("old_string")), _text(edit.get("new_string"))
        if after is None or old is None or new is None or old not in after or not old:
            return None
        after = after.replace(old, new) if edit.get("replace_all") else after.replace(old, new, 1)
    return after


def _fragments(replacements: list[dict[str, Any]]) -> tuple[str, str] | None:
    if len(replacements) != 1:
        return None
    old, new = _text(replacements[0].get("old_string")), _text(replacements[0].get("new_string"))
    return None if old is None or new is None else (old, new)


def _text(value: Any) -> str | None:
    return value.replace("\r\n", "\n") if isinstance(value, str) else None
