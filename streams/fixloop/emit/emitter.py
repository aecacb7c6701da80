"""The one door for what emits in Python: which session, whose work, which privacy, or nothing at all because somebody said so.

A hook that is switched off should cost nothing, so this module is imported after `switched_off` was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixloop.emit.attribution import attribution
from fixloop.emit.digest_key import digester
from fixloop.emit.emit_log import note
from fixloop.emit.events import Draft, text
from fixloop.emit.session_identity import session_id
from fixloop.emit.spool import Spool
from fixloop.emit.switch import switched_off
from fixloop.emit.working_copy import WorkingCopy, working_copy
from fixloop.settings import EmitterSettings, Level
from fixloop_schemas.digest import Digester


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
    level: Level

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
        for mistake in settings.mistakes:
            note(settings.spool_directory, mistake)
        copy = working_copy(folder)
        if not settings.allows(copy.name if copy else None):
            return None
        root = copy.root if copy else folder.resolve()
        digests = digester(settings.spool_directory, settings.digest_key)
        who = attribution(environment, digests, copy, agent=agent)
        return cls(
            spool=Spool(settings.spool_directory),
            spool_directory=settings.spool_directory,
            session_id=session_id(environment, digests, root, told),
            root=root,
            copy=copy,
            digester=digests,
            attribution=who | ({"gen_ai_agent_id": text(sub_agent)} if sub_agent else {}),
            level=settings.level,
        )

    def draft(self, event_type: str, source: str, data: Mapping[str, Any]) -> Draft:
        """An event of this session."""
        return Draft(self.session_id, event_type, source, data, self.attribution)

    def emit(self, draft: Draft) -> bool:
        """Write an event; see `Spool.emit`."""
        return self.spool.emit(draft)
