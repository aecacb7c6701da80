"""How often sessions are called, and each alerting kind stands, by dataset, agent and model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.evaluate.called import CALLING_KINDS, Session, fired
from fixloop.evaluate.intervals import wilson
from fixloop_schemas.vocabulary import ALERTING_KINDS, Kind

_BY: Final[Mapping[str, Callable[[Session], str | None]]] = {
    "dataset": lambda session: session.dataset,
    "agent": lambda session: session.agent,
    "model": lambda session: session.model,
}
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of a group's sessions in which a kind stands."""

    by: str
    """`dataset`, `agent` or `model`."""
    name: str
    kind: Kind | None
    """None for the whole session: it is called, by whichever kind."""
    sessions: int
    called: int
    low: float
    """The bounds of its 95 % Wilson interval."""
    high: float

    @property
    def rate(self) -> float:
        """The share."""
        return self.called / self.sessions


def rates(sessions: Sequence[Session], threshold: float) -> tuple[Rate, ...]:
    """The rates of each group that has a session, the largest groups first."""
    return tuple(rate for by, name_of in _BY.items() for rate in _rates_by(by, name_of, sessions, threshold))


def _rates_by(
    by: str, name_of: Callable[[Session], str | None], sessions: Sequence[Session], threshold: float
) -> Iterator[Rate]:
    groups: dict[str, list[Session]] = {}
    for session in sessions:
        groups.setdefault(name_of(session) or _UNKNOWN, []).append(session)
    for name, group in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0])):
        for kind in (None, *(kind for kind in Kind if kind in ALERTING_KINDS)):
            called = fired(group, CALLING_KINDS if kind is None else [kind], threshold)
            low, high = wilson(called, len(group)) or (0.0, 1.0)
            yield Rate(by, name, kind, len(group), called, low, high)
