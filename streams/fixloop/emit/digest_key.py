"""The key of all digests: the organisation's where one is set, else one of this machine, made once."""

import os
from pathlib import Path
from typing import Final

from fixloop.emit.capture import Capture
from fixloop.emit.private_files import create_whole, make_directory
from fixloop_schemas.vocabulary import CaptureLevel

NAME: Final = "digest.key"
_BYTES: Final = 32


def capture(spool: Path, organisation_key: bytes | None, level: CaptureLevel) -> Capture:
    """What is told at `level`, with digests under the organisation's key, or under the machine's in the spool, which is made if need be.

    Raises:
        OSError: the machine's key can neither be read nor made.
    """
    return Capture(organisation_key or _machine_key(spool), level)


def _machine_key(spool: Path) -> bytes:
    path = spool / NAME
    try:
        return path.read_bytes()
    except FileNotFoundError:
        make_directory(spool)
        create_whole(path, os.urandom(_BYTES))
        return path.read_bytes()
