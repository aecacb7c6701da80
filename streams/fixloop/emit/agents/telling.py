"""A hook call as events in the spool. Reads the edited file where the call does not quote it; nothing of a text is written."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.capture import fitting
from fixloop.emit.emitter import Emitter
from fixloop.emit.events import (
    COMMIT_CREATED,
    EDIT_APPLIED,
    MAX_NAME,
    SESSION_ENDED,
    SESSION_STARTED,
    WORKSPACE_RESTORED,
)
from fixloop.emit.names_book import write_name
from fixloop_schemas.digest import plain_text

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange
    from fixloop.emit.shell.restores import ShellRestore

_AGENT: Final[tuple[str, ...]] = ("gen_ai_agent_name", "gen_ai_provider_name")
_MAX_RESTORED: Final = 1_000
_MAX_FILE: Final = 8 * 1024 * 1024


def tell(telling: "Telling") -> None:
    """Write what a call tells; what else came of a command is looked for later (`one_call.py`)."""
    emitter, call = telling.emitter, telling.call
    if call.lost:
        emitter.spool.give_up(emitter.session_id, call.lost)
    if call.started:
        telling.emit(SESSION_STARTED, {"reason": call.started})
    for change in call.changes:
        _edit(telling, change)
    if call.command is not None:
        _restores(telling, call.command)
        if call.command.revision:
            telling.emit(COMMIT_CREATED, {"revision": call.command.revision[:MAX_NAME]})
    if call.ended:
        telling.emit(SESSION_ENDED, {"reason": call.ended})
    elif call.model and not (call.started or call.changes or call.command):
        emitter.spool.remember(emitter.session_id, telling.remembered)


class Telling:
    """One call's events: who says them, and what of it the session's other events should carry too.

    Args:
        emitter: of the session.
        call: what is told.
        source: who says it, such as `/agent/codex`.
    """

    __slots__ = ("attribution", "call", "emitter", "remembered", "source")

    def __init__(self, emitter: Emitter, call: HookCall, source: str) -> None:
        self.emitter = emitter
        self.call = call
        self.source = source
        self.attribution = dict(emitter.attribution)
        self.remembered: dict[str, str] = {}
        if call.model:
            self.attribution["gen_ai_request_model"] = call.model
        if call.model and not call.sub_agent:
            # A sub-agent may have a model of its own, which says nothing of the tests that its agent runs.
            known: dict[str, str] = {
                name: self.attribution[name] for name in _AGENT if name in self.attribution
            }
            self.remembered = {**known, "gen_ai_request_model": call.model}

    def emit(self, event_type: str, data: dict[str, Any]) -> None:
        """Write one event of the call."""
        draft = self.emitter.draft(event_type, self.source, data)
        self.emitter.emit(draft._replace(attribution=self.attribution, remember=self.remembered))

    def path(self, given: str) -> str:
        """A path as it is told: relative to the working copy, or absolute where it lies outside; POSIX form."""
        root = self.emitter.root
        path = Path(os.path.normpath(Path(self.call.folder or root) / given))
        for candidate in (path, path.resolve()):
            if candidate.is_relative_to(root):
                return candidate.relative_to(root).as_posix()
        return path.as_posix()


def _edit(telling: Telling, change: "FileChange") -> None:
    from fixloop.emit.changes import edit_data, stretches_of  # a command need not wait for what edits need

    emitter, path = telling.emitter, telling.path(change.path)
    deleted = change.change == "deleted"
    after = change.after
    if after is None and not deleted:
        after = _on_disk(emitter.root / path)
    before = change.before if change.before is not None else _before(after, change)
    if (before is not None and before == after) or _replaced_by_itself(change):
        return
    stretches = stretches_of(change, before, "" if deleted else after)
    data = edit_data(emitter.digester, path, change, stretches, before=before, after=after)
    telling.emit(EDIT_APPLIED, data)
    write_name(emitter.spool_directory, emitter.digester.path(path), path)


def _replaced_by_itself(change: "FileChange") -> bool:
    return change.fragments is not None and change.fragments[0] == change.fragments[1]


def _before(after: str | None, change: "FileChange") -> str | None:
    """The text before, where one replacement is known and it can stand at one place only."""
    if after is None or change.fragments is None or change.change != "modified":
        return None
    old, new = change.fragments
    return after.replace(new, old) if new and after.count(new) == 1 else None


def _restores(telling: Telling, command: Command) -> None:
    if "git" not in command.line:
        return
    from fixloop.emit.shell.restores import (
        restores_in,  # most calls are no commands, and none of them waits for it
    )

    folder = Path(telling.call.folder or telling.emitter.root)
    for restore in restores_in(command.line, lambda path: (folder / path).is_file()):
        # Of a failed command only the last part is in doubt: what stands before it was done.
        if not (command.failed and restore.last):
            telling.emit(WORKSPACE_RESTORED, _restored(telling, folder, restore))


def _restored(telling: Telling, folder: Path, restore: "ShellRestore") -> dict[str, Any]:
    if not restore.paths:
        return {"operation": restore.operation, "everything": True}
    digester, root = telling.emitter.digester, telling.emitter.root
    paths = []
    for given in restore.paths[:_MAX_RESTORED]:
        path = telling.path(str(folder / given))
        content = _on_disk(root / path)
        entry = digester.file(path)
        paths.append(entry if content is None else {**entry, "file_digest_after": digester.text(content)})
    return {"operation": restore.operation, "paths": fitting(paths)}


def _on_disk(path: Path) -> str | None:
    try:
        if path.stat().st_size > _MAX_FILE:
            return None
        return plain_text(path.read_bytes())
    except OSError:
        return None
