"""Names that fit the wire: never longer than it allows, and always encodable. Standard library only."""

import hashlib
from typing import Final

MAX_NAME: Final = 256
MAX_TEST_NAME: Final = 1024
_TAIL: Final = 16


def encodable(text: str) -> str:
    """The text, with a question mark for each half of a character pair that stands alone: JSON can write those, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def bounded(text: str, limit: int = MAX_NAME) -> str:
    """The text itself, or its beginning with a digest of the whole as its tail when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_TAIL]
    return f"{text[: limit - _TAIL - 1]}~{digest}"
