"""A session's state as bytes, and back."""

from fixloop.detect.plain_form import decode, encode
from fixloop.detect.state import STATE_VERSION, SessionState


def snapshot(state: SessionState) -> bytes:
    """`state` as bytes; equal states give equal bytes."""
    return encode(state, STATE_VERSION)


def restore(data: bytes) -> SessionState:
    """The state that `snapshot` wrote.

    Raises:
        SnapshotError: not a snapshot, or one of another version.
    """
    return decode(data, SessionState, STATE_VERSION)
