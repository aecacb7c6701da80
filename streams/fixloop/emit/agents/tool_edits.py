"""Edits as the tools of most agents are given them: a text and what replaces it, or a whole file. Pure."""

from fixloop.emit.file_change import FileChange
from fixloop.emit.json_fields import Object
from fixloop_schemas.digest import plain

_PATH = ("file_path", "filePath", "path", "notebook_path", "target_file")
_OLD = ("old_string", "oldString", "old_str")
_NEW = ("new_string", "newString", "new_str")
_WHOLE = ("content", "file_text", "contents")


def replaced(tool: str, given: Object, path: str = "") -> FileChange | None:
    """The replacement that a tool was asked for; None where its input is of another shape.

    Args:
        tool: its name.
        given: its input.
        path: the file, where the input does not name it.
    """
    path, old, new = path or path_in(given), _of(given, _OLD), _of(given, _NEW)
    if not path or old is None or new is None:
        return None
    if not old:
        return FileChange(path, tool, "created", after=new)
    return FileChange(path, tool, fragments=(old, new))


def written(tool: str, given: Object, *, created: bool | None = None) -> FileChange | None:
    """The whole file that a tool was asked to write; None where its input is of another shape.

    Args:
        tool: its name.
        given: its input.
        created: the file was not there before; None: the tool does not say.
    """
    path, content = path_in(given), _of(given, _WHOLE)
    if not path or content is None:
        return None
    change = "unknown" if created is None else "created" if created else "modified"
    return FileChange(path, tool, change, after=content)


def path_in(given: Object) -> str:
    """The file that a tool was asked for; empty when it names none."""
    return next((value for name in _PATH if isinstance(value := given.get(name), str)), "")


def _of(given: Object, names: tuple[str, ...]) -> str | None:
    """A text as digests take it; an empty one is one too."""
    value = next((value for name in names if isinstance(value := given.get(name), str)), None)
    return None if value is None else plain(value)
