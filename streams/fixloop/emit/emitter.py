"""The one door for what emits in Python: which session, whose work, or nothing at all because somebody said so.

A hook that is switched off should cost nothing, so this module is imported after `switched_off` was asked.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from fixloop.emit.attribution import attribution
from fixloop.emit.capture import Capture
from fixloop.emit.digest_key import capture
from fixloop.emit.emit_log import note
from fixloop.emit.events import COMMIT_CREATED, EDIT_APPLIED, WORKSPACE_RESTORED, Draft, text
from fixloop.emit.git.told_edits import is_told
from fixloop.emit.git.working_copy import WorkingCopy, working_copy
from fixloop.emit.session.here import session_here
from fixloop.emit.session.identity import names_its_session
from fixloop.emit.spool.session_file import SessionMemory, folder_name
from fixloop.emit.spool.spool import Spool
from fixloop.emit.switch import switched_off
from fixloop.emitter_settings import EmitterSettings
from fixloop.errors import UsageError
from fixloop_schemas.vocabulary import CaptureLevel

BUDGET_SECONDS: Final = 0.5
"""For a look at the working copy that somebody waits for."""
_SAID_BY_MANY: Final = (EDIT_APPLIED, COMMIT_CREATED, WORKSPACE_RESTORED)


class Emitter(NamedTuple):
    """What an emitter needs to speak for a session."""

    spool: Spool
    spool_directory: Path
    session_id: str
    root: Path
    """The working copy's root, else the folder: paths are relative to it."""
    copy: WorkingCopy | None
    digester: Capture
    """Digests, and what the level lets out beside them."""
    attribution: Mapping[str, str]
    environment: Mapping[str, str]
    """Of which all this was made."""

    @classmethod
    def here(
        cls,
        environment: Mapping[str, str],
        folder: Path,
        *,
        agent: str | None = None,
        told: str | None = None,
        sub_agent: str | None = None,
    ) -> "Emitter | None":
        """The emitter for work in `folder`; None where nothing is to be said.

        Args:
            environment: the process's.
            folder: where the work is done.
            agent: the agent's name, where the caller is its hook.
            told: the session's id, where the agent told it.
            sub_agent: the id of the sub-agent that calls.

        Raises:
            UsageError: the settings cannot be read.
            OSError: the key of the digests can neither be read nor made.
        """
        if switched_off(environment):
            return None
        settings = EmitterSettings.from_environment(environment)
        copy = working_copy(folder)
        if not settings.allows(copy.name if copy else None):
            return None
        root = copy.root if copy else folder.resolve()
        digests = capture(settings.spool_directory, settings.digest_key, _level(settings))
        who = attribution(environment, digests, copy, agent=agent)
        git = copy.git if copy else None
        if git and told and agent and not names_its_session(agent):
            from fixloop.emit.session.markers import mark

            mark(git, told, agent)
        return cls(
            spool=Spool(settings.spool_directory),
            spool_directory=settings.spool_directory,
            session_id=session_here(environment, digests, root, copy, told=told, agent=agent),
            root=root,
            copy=copy,
            digester=digests,
            attribution=who | ({"gen_ai_agent_id": text(sub_agent)} if sub_agent else {}),
            environment=environment,
        )

    def draft(self, event_type: str, source: str, data: Mapping[str, Any]) -> Draft:
        """An event of this session, which says its level in case that the session begins with it."""
        level = {"capture_level": str(self.digester.level)}
        return Draft(self.session_id, event_type, source, {**level, **data}, self.attribution)

    def emit(self, draft: Draft) -> bool:
        """Write an event, unless another emitter has just said the same; see `Spool.emit`."""
        return self._is_told(draft) or self.spool.emit(draft)

    def _is_told(self, draft: Draft) -> bool:
        if draft.type not in _SAID_BY_MANY or draft.data.get("unobserved"):
            return False  # a look at the files has just compared them with what was told
        with suppress(OSError):
            self.spool.take_in(self.folder)  # editors leave what they say in the drop box
        return is_told(self.folder, draft.type, draft.source, draft.data)

    @property
    def folder(self) -> Path:
        """The session's folder in the spool."""
        return self.spool_directory / "sessions" / folder_name(self.session_id)

    def memory(self) -> SessionMemory:
        """What the spool knows of the session, with what waits in its drop box, whatever language wrote it.

        Raises:
            OSError: the session's files cannot be read.
        """
        if self.folder.is_dir():
            self.spool.take_in(self.folder)
        return self.spool.memory(self.session_id)

    def catch_up(self, operation: str | None = None, *, budget_seconds: float = BUDGET_SECONDS) -> None:
        """Report what changed in the working copy and nobody told, before a test run speaks of it. Bounded in time; never raises.

        Args:
            operation: what git just did, where its hook says so.
            budget_seconds: how long it may take.
        """
        from fixloop.emit.git.catch_up import catch_up  # it starts git: most calls of a hook need none of it

        catch_up(self, operation=operation, budget_seconds=budget_seconds)

    def notice_moves(self) -> None:
        """Report commits and moves of git's head that nobody told, from a few small files. Never raises."""
        try:
            from fixloop.emit.git.moves import report_moves

            report_moves(self, self.folder)
        except Exception as error:
            note(self.spool_directory, "git's logs not read", error)


def _level(settings: EmitterSettings) -> CaptureLevel:
    """The level; the strictest where something else is set, which breaks nobody's work and is said in the log."""
    try:
        return settings.level
    except UsageError:
        note(
            settings.spool_directory,
            f"FIXLOOP_LEVEL has to be one of {', '.join(CaptureLevel)}: nothing but digests leaves",
        )
        return CaptureLevel.DIGESTS
