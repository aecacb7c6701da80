"""Whether a dead letter can be sent again to where it came from. Pure."""

from typing import Final

from fixloop.workers.dead_letters import Letter
from fixloop_schemas.topics import DEAD_LETTERS, TOPICS

REPLAYABLE: Final = tuple(name for name in TOPICS if name != DEAD_LETTERS)
"""Where letters may go back to. What a letter says of its topic can be written by whoever may write letters."""

_LENGTHS: Final = 100
"""Bytes that Kafka takes for a message and for a header, and more than that."""


def obstacle(letter: Letter) -> str | None:
    """Why a letter cannot be sent again, in words; None when it can."""
    if letter.topic is None:
        return "it came from no topic: replay the file again"
    if letter.topic not in REPLAYABLE:
        return f"{letter.topic} is no topic that fixloop reads"
    if not letter.whole:
        return f"it is cut: {len(letter.value)} of {letter.size} bytes are kept, and none of its headers"
    headers = sum(_LENGTHS + len(name.encode()) + len(of or b"") for name, of in letter.headers)
    if (
        _LENGTHS + len(letter.key or b"") + len(letter.value) + headers
        > TOPICS[letter.topic].max_message_bytes
    ):
        return f"it is larger than {letter.topic} takes"
    return None
