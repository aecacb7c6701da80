"""Which session is meant by a whole id, or by an end or a part of one. Pure."""

from collections.abc import Sequence
from typing import Final

from fixloop.errors import UsageError

MAX_NAMED: Final = 10


def choose(wanted: str, candidates: Sequence[str]) -> str | None:
    """The session that `wanted` names: the one with this id, else the only one that ends with it, else the only one that has it in it.

    Args:
        wanted: what was asked for.
        candidates: sessions whose ids hold it; others are never meant.

    Raises:
        UsageError: several are meant.
    """
    held = [each for each in candidates if wanted in each]
    if wanted in held:
        return wanted
    ending = [each for each in held if each.endswith(wanted)]
    if len(ending or held) <= 1:
        return next(iter(ending or held), None)
    several = sorted(ending or held)
    more = " and others" if len(several) > MAX_NAMED else ""
    raise UsageError(
        f"More than one session is meant by {wanted!r}, say more of its id: {', '.join(several[:MAX_NAMED])}{more}."
    )
