"""One session's facts in the making: who, where, and the events that edits, commands and runs amount to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fixloop.emit.capture import fitting
from fixloop.emit.changes import edit_data, stretches_of
from fixloop.emit.events import (
    COMMIT_CREATED,
    EDIT_APPLIED,
    RUN_RESULTS,
    RUN_STARTED,
    SESSION_ENDED,
    SESSION_STARTED,
    WORKSPACE_RESTORED,
    text,
)
from fixloop.emit.file_change import FileChange
from fixloop.emit.imported.facts import Asked, Fact
from fixloop.emit.inferred_passes import InferredPasses
from fixloop.emit.parsed_run import ParsedRun
from fixloop.emit.run_events import run_events
from fixloop.emit.shell.restores import ShellRestore
from fixloop.emit.transcripts.places import Place
from fixloop_schemas.names import bounded, encodable

_MAX_PATHS: Final = 1_000


@dataclass(slots=True)
class SessionTeller:
    """Makes the facts of one session.

    Attributes:
        asked: what the caller said for all.
        session_id: the session's.
        agent: its name, such as `codex`.
        place: where it works.
        who: attribution beside repository and agent: model, version, provider; changes as the session goes on.
    """

    asked: Asked
    session_id: str
    agent: str
    place: Place = field(default_factory=Place)
    who: dict[str, str] = field(default_factory=dict)
    passes: InferredPasses = field(default_factory=InferredPasses)
    unique: bool = False
    """Keys are ids that no other session has but for copies of this one's."""

    def __post_init__(self) -> None:
        self.session_id = self.asked.session_id or self.session_id

    def started(self, time: str | None, **data: Any) -> Fact:
        """The session begins."""
        level = str(self.asked.digester.level)
        return self._fact(
            "started", SESSION_STARTED, {"reason": "unknown", "capture_level": level, **data}, time
        )

    def ended(self, time: str | None, reason: str) -> Fact:
        """The session says itself that it ended."""
        return self._fact("ended", SESSION_ENDED, {"reason": reason}, time)

    def edit(
        self, key: str, change: FileChange, time: str | None, folder: str = "", sub_agent: str = ""
    ) -> Fact | None:
        """One file was changed; None when nothing in it was."""
        path = self.place.relative(change.path, folder)
        if change.before is not None and change.before == change.after:
            return None
        stretches = stretches_of(change, change.before, change.after)
        data = edit_data(
            self.asked.digester, path, change, stretches, before=change.before, after=change.after
        )
        return self._fact(key, EDIT_APPLIED, data, time, sub_agent, (path,))

    def edits(
        self, key: str, changes: Iterable[FileChange], time: str | None, folder: str = "", sub_agent: str = ""
    ) -> Iterator[Fact]:
        """Several files were changed by one call."""
        for number, change in enumerate(changes):
            fact = self.edit(f"{key}-{number}", change, time, folder, sub_agent)
            if fact is not None:
                yield fact

    def restore(
        self, key: str, restore: ShellRestore, time: str | None, folder: str = "", sub_agent: str = ""
    ) -> Fact:
        """The workspace was set back."""
        digester = self.asked.digester
        paths = tuple(self.place.relative(path, folder) for path in restore.paths)
        if not paths or len(paths) > _MAX_PATHS:
            data: dict[str, Any] = {"operation": restore.operation, "everything": True}
        else:
            named = fitting([digester.file(path) for path in paths])
            data = {"operation": restore.operation, "paths": named}
        return self._fact(key, WORKSPACE_RESTORED, data, time, sub_agent, paths)

    def commit(self, key: str, revision: str, time: str | None, sub_agent: str = "") -> Fact:
        """A commit was made."""
        return self._fact(key, COMMIT_CREATED, {"revision": text(revision)}, time, sub_agent)

    def run(
        self,
        key: str,
        run: ParsedRun,
        command: str,
        *,
        began: str | None,
        ended: str | None,
        folder: str = "",
        background: bool = False,
        sub_agent: str = "",
    ) -> Iterator[Fact]:
        """A test run, with the passes that can be deduced from it."""
        run = self.passes.completed(run, command)
        root = Path(self.place.root) if self.place.root else None
        where = Path(folder) if folder else root
        events = run_events(
            run,
            bounded(encodable(f"run-{key}")),
            self.asked.digester,
            command=command,
            folder=where,
            root=root,
        )
        for event_type, data in events:
            if event_type == RUN_STARTED:
                told = {**data, "background": True} if background else data
                yield self._fact(f"{key}:started", event_type, told, began, sub_agent)
            else:
                suffix = f"results-{data['part']}" if event_type == RUN_RESULTS else "finished"
                yield self._fact(f"{key}:{suffix}", event_type, data, ended, sub_agent)

    def _fact(
        self,
        key: str,
        event_type: str,
        data: Mapping[str, Any],
        time: str | None,
        sub_agent: str = "",
        paths: tuple[str, ...] = (),
    ) -> Fact:
        return Fact(
            session_id=bounded(encodable(self.session_id)),
            key=key,
            type=event_type,
            source=f"/agent/{self.agent}",
            data=data,
            time=time,
            attribution=self._attribution(sub_agent),
            paths=paths,
            unique=self.unique and key not in ("started", "ended"),
        )

    def _attribution(self, sub_agent: str) -> dict[str, str]:
        known = {
            "gen_ai_agent_name": self.agent,
            "gen_ai_agent_id": sub_agent,
            **self.who,
            "vcs_repository_name": self.asked.repository or self.place.repository,
            "vcs_ref_head_name": self.place.branch,
            "vcs_ref_head_revision": self.place.revision,
        }
        return {name: value for name, value in known.items() if value}
