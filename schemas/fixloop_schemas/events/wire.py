"""What all wire models share: strict, frozen, and tolerant of fields that a newer writer adds."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from fixloop_schemas.limits import MAX_FILE_PATH, MAX_SEQ

Name = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""A short name or identifier in plain text."""

TestName = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""A test's identifier as its runner writes it."""

FilePath = Annotated[str, StringConstraints(min_length=1, max_length=MAX_FILE_PATH)]
"""A file's path: as a digest, or in plain and relative to its repository."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]
"""A digest in lower-case hexadecimal: keyed at an emitter, plain where the source gave no key."""

LineHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
"""The first 64 bits of a keyed digest of one line without its surrounding blanks."""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE: Final = BeforeValidator(_whole)
"""For an integer as JSON Schema means it: `5.0` is one."""

Count = Annotated[int, Field(ge=0, le=MAX_SEQ), WHOLE]
"""How many, or which in order."""

Version = Annotated[int, Field(ge=1, le=MAX_SEQ), WHOLE]
"""A version number, from 1."""

ExitCode = Annotated[int, Field(ge=-(2**31), lt=2**32), WHOLE]

Seconds = Annotated[float, Field(ge=0, le=1e9)]


class WireModel(BaseModel):
    """A part of an event. Unknown fields survive a round trip, so that a reader never strips what a newer writer said."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Attribution(WireModel):
    """Who, with what, on which code: on every event. Names are OpenTelemetry's with dots written as underscores."""

    session_id: Name
    """OpenTelemetry `session.id`: the key of the event and of its partition."""
    gen_ai_agent_name: Name | None = None
    """The agent, such as `claude-code`; absent when a person works alone."""
    gen_ai_agent_id: Name | None = None
    """The sub-agent inside the session; absent for the main one."""
    gen_ai_agent_version: Name | None = None
    gen_ai_provider_name: Name | None = None
    gen_ai_request_model: Name | None = None
    vcs_repository_name: Name | None = None
    vcs_ref_head_name: Name | None = None
    """The branch."""
    vcs_ref_head_revision: Name | None = None
    """The commit that is checked out."""
    enduser_pseudo_id: Digest | None = None
    """The person, as a keyed hash."""

    @property
    def partition_key(self) -> str:
        """The key of the event's record, and thereby of its partition."""
        return self.session_id


class SessionEvent(Attribution):
    """A fact inside of one session, with its place in it."""

    seq: Count
    """The event's number in its session, from 0 without gaps; order is decided by it and never by arrival."""
