"""Digests that let equal things be seen as equal, and nothing else be read from them. Standard library only.

The key is the organisation's; with the same key, digests compare across machines, without one on a single machine only.
"""

import hashlib
import hmac
from collections.abc import Iterable


class Digester:
    """HMAC-SHA-256 under one key, per purpose, so that a path's digest never equals a line's."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def path(self, path: str) -> str:
        """A path (POSIX form, relative to the repository), as 32 hexadecimal digits."""
        return self._digest("path", path, 32)

    def text(self, text: str) -> str:
        """A whole text: a file, a fragment, a masked message, a command; 32 hexadecimal digits."""
        return self._digest("text", text, 32)

    def person(self, name: str) -> str:
        """A person's name or address, as 32 hexadecimal digits."""
        return self._digest("person", name, 32)

    def lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Each line without its surrounding blanks, as 16 hexadecimal digits; blank lines say nothing and are left out."""
        stripped = (line.strip() for line in lines)
        return tuple(self._digest("line", line, 16) for line in stripped if line)

    def _digest(self, purpose: str, text: str, digits: int) -> str:
        message = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:digits]


def plain(text: str) -> str:
    """A text as every emitter digests it: a line ends with a newline alone."""
    return text.replace("\r\n", "\n")


def plain_text(content: bytes) -> str:
    """A file's content as every emitter digests it."""
    return plain(content.decode("utf-8", "surrogateescape"))


def lineage(repository: str | None, test: str) -> str:
    """What a test is called in all sessions on its repository: the key of the ledger; 32 hexadecimal digits."""
    name = f"{repository or ''}\0{test}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(name).hexdigest()[:32]
