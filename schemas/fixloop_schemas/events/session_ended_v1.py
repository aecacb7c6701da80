"""A session ends."""

from typing import Literal

from fixloop_schemas.events.wire import SessionEvent


class SessionEndedV1(SessionEvent):
    """The agent says that it is done. Housekeeping only: a later event reopens the session."""

    reason: Literal["completed", "clear", "logout", "exit", "timeout", "unknown"] = "unknown"
