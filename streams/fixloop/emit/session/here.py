"""The session of work in a working copy: the rule of `identity.py` with what the copy itself knows."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from fixloop.emit.git.working_copy import WorkingCopy
from fixloop.emit.session.identity import agent_name, session_id
from fixloop_schemas.digest import Digester


def session_here(
    environment: Mapping[str, str],
    digester: Digester,
    root: Path,
    copy: WorkingCopy | None,
    *,
    told: str | None = None,
    agent: str | None = None,
) -> str:
    """The session's id.

    Args:
        environment: the process's.
        digester: makes the id of a session that nobody named.
        root: the working copy's root, else the folder.
        copy: the working copy, if there is one.
        told: what the agent told its hook.
        agent: the agent's name, where the caller is its hook.
    """
    git = copy.git if copy else None

    def marked() -> str | None:
        if git is None or not (git / "fixloop").is_dir():
            return None
        from fixloop.emit.session.markers import marked_session  # most have none

        return marked_session(git, agent or agent_name(environment, around))

    return session_id(
        environment,
        digester,
        root,
        told,
        linked=bool(copy and copy.linked),
        marked=marked,
        around=around,
    )


def around() -> Iterable[Mapping[str, str]]:
    """What the processes around this one were started with."""
    from fixloop.emit.session.processes import environments  # agents inside agents are rare

    return environments()
