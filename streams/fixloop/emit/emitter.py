"""The one door for what emits in Python: which session, whose work, or nothing at all because somebody said so.

A hook that is switched off should cost nothing, so this module is imported after `switched_off` was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fixloop.emit.attribution import attribution
from fixloop.emit.digest_key import digester
from fixloop.emit.emit_log import note
from fixloop.emit.events import COMMIT_CREATED, WORKSPACE_RESTORED, Draft, text
from fixloop.emit.session_file import folder_name
from fixloop.emit.session_identity import agent_name, names_its_session, session_id
from fixloop.emit.session_markers import mark, marked_session
from fixloop.emit.spool import Spool
from fixloop.emit.switch import switched_off
from fixloop.emit.told_edits import is_told
from fixloop.emit.working_copy import WorkingCopy, working_copy
from fixloop.emitter_settings import EmitterSettings
from fixloop_schemas.digest import Digester

_SAID_BY_MANY: Final = (COMMIT_CREATED, WORKSPACE_RESTORED)


@dataclass(frozen=True, slots=True)
class Emitter:
    """What an emitter needs to speak for a session."""

    spool: Spool
    spool_directory: Path
    session_id: str
    root: Path
    """The working copy's root, else the folder: paths are relative to it."""
    copy: WorkingCopy | None
    digester: Digester
    attribution: Mapping[str, str]

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
        digests = digester(settings.spool_directory, settings.digest_key)
        who = attribution(environment, digests, copy, agent=agent)
        git = copy.git if copy else None
        if git and told and agent and not names_its_session(agent):
            mark(git, told, agent)
        return cls(
            spool=Spool(settings.spool_directory),
            spool_directory=settings.spool_directory,
            session_id=session_id(
                environment,
                digests,
                root,
                told,
                linked=bool(copy and copy.linked),
                marked=lambda: marked_session(git, agent or agent_name(environment)) if git else None,
            ),
            root=root,
            copy=copy,
            digester=digests,
            attribution=who | ({"gen_ai_agent_id": text(sub_agent)} if sub_agent else {}),
        )

    def draft(self, event_type: str, source: str, data: Mapping[str, Any]) -> Draft:
        """An event of this session."""
        return Draft(self.session_id, event_type, source, data, self.attribution)

    def emit(self, draft: Draft) -> bool:
        """Write an event, unless another emitter has just said the same; see `Spool.emit`."""
        if draft.type in _SAID_BY_MANY and is_told(self.folder, draft.type, draft.source, draft.data):
            return True
        return self.spool.emit(draft)

    @property
    def folder(self) -> Path:
        """The session's folder in the spool."""
        return self.spool_directory / "sessions" / folder_name(self.session_id)

    def catch_up(self, operation: str | None = None) -> None:
        """Report what changed in the working copy and nobody told, before a test run speaks of it. Bounded in time; never raises.

        Args:
            operation: what git just did, where its hook says so.
        """
        from fixloop.emit.catch_up import catch_up  # it starts git: most calls of a hook need none of it

        catch_up(self, operation=operation)

    def notice_moves(self) -> None:
        """Report commits and moves of git's head that nobody told, from a few small files. Never raises."""
        try:
            from fixloop.emit.git_moves import report_moves

            report_moves(self, self.folder)
        except Exception as error:
            note(self.spool_directory, "git's logs not read", error)
