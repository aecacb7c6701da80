"""Time stamps as transcripts write them, as the wire has them."""

from datetime import UTC, datetime
from typing import Any, Final

_MILLISECONDS_FROM: Final = 1e11
"""A number of seconds this large lies in the year 5138: such a stamp counts milliseconds."""
_YEARS: Final = range(1970, 2200)


def moment(value: Any) -> str | None:
    """RFC 3339 in UTC with microseconds; None of what is no time. A stamp without a zone is taken as UTC."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC)
        else:
            return None
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if found.year not in _YEARS:
        return None
    return found.isoformat(timespec="microseconds").replace("+00:00", "Z")
