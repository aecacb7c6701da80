"""Who, with what, on which code: the fields that every event carries."""

from collections.abc import Mapping
from typing import Final

from fixloop.emit.git.working_copy import WorkingCopy, git_email
from fixloop.emit.session.here import around
from fixloop.emit.session.identity import CLAUDE_CODE, CODEX, GEMINI, agent_name
from fixloop_schemas.digest import Digester

_PROVIDERS: Final = {CLAUDE_CODE: "anthropic", CODEX: "openai", GEMINI: "gcp.gemini"}
"""Of agents that have one, as OpenTelemetry names it: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/."""


def attribution(
    environment: Mapping[str, str], digester: Digester, copy: WorkingCopy | None, agent: str | None = None
) -> dict[str, str]:
    """The attribution of an event that is emitted now; what is not known is absent.

    Args:
        environment: the process's; `FIXLOOP_AGENT` and `FIXLOOP_MODEL` name what the agent itself does not.
        digester: makes a person's pseudonym.
        copy: the working copy, if there is one.
        agent: the agent's name, where the caller is its hook.
    """
    agent = agent or agent_name(environment, around)
    person = git_email(environment, copy) or environment.get("USER") or environment.get("LOGNAME")
    known = {
        "gen_ai_agent_name": agent,
        "gen_ai_provider_name": _PROVIDERS.get(agent or ""),
        "gen_ai_request_model": environment.get("FIXLOOP_MODEL"),
        "vcs_repository_name": copy.name if copy else None,
        "vcs_ref_head_name": copy.branch if copy else None,
        "vcs_ref_head_revision": copy.revision if copy else None,
        "enduser_pseudo_id": digester.person(person.strip().lower()) if person else None,
    }
    return {name: value for name, value in known.items() if value}
