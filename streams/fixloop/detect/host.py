"""Failures of the host, the network or the file system: they say nothing of the code."""

from typing import Final

from fixloop.detect.facts import Failure

HOST_ERRORS: Final = frozenset(
    {
        "BlockingIOError",
        "BrokenPipeError",
        "ConnectionAbortedError",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "EADDRINUSE",
        "ECONNREFUSED",
        "ENOSPC",
        "EOFError",
        "IOError",
        "OSError",
        "PermissionError",
        "gaierror",
        "socket.gaierror",
    }
)
"""What fails in the host rather than in the code."""


def of_the_host(failure: Failure) -> bool:
    """Whether a failure's type says that the host failed."""
    return failure.error_type in HOST_ERRORS
