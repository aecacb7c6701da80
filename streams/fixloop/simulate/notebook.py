"""Where truths about a session are noted down: those that runs show surely, and those that may be said."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from fixloop.simulate.truth import Label
from fixloop_schemas.vocabulary import Kind

UNCLEAR: Final = (
    Kind.FLAKY,
    Kind.FIRST_REGRESSION,
    Kind.DIFFERENT_FAILURE,
    Kind.DIFFERENT_SCOPE,
    Kind.PREEXISTING,
    Kind.TEST_IN_DEVELOPMENT,
    Kind.EXPECTATION_CHURN,
    Kind.REQUIREMENT_CHANGE,
    Kind.INDEPENDENT_ATTEMPTS,
)
"""What one may think of a test that failed with nothing wrong, when no run gives that away. None of it alerts."""


Key = tuple[Kind, tuple[str, ...], bool]


@dataclass(slots=True)
class Notebook:
    """Truths, one for each kind and set of tests, in the session and across sessions."""

    labels: dict[Key, Label] = field(default_factory=dict)
    also: dict[Key, Label] = field(default_factory=dict)

    def note(
        self,
        kind: Kind,
        tests: Iterable[str],
        first_run: str | None = None,
        last_run: str | None = None,
        *,
        laps: int = 0,
        sure: bool = True,
        cross_session: bool = False,
    ) -> None:
        """Note a truth; noted again, it lasts until the later run and has the most laps."""
        key = kind, tuple(tests), cross_session
        notes = self.labels if sure else self.also
        known = notes.get(key) or Label(kind, key[1], laps, first_run, last_run, cross_session)
        notes[key] = replace(known, laps=max(known.laps, laps), last_run=last_run)

    def perhaps(self, tests: Iterable[str], *kinds: Kind) -> None:
        """Note what may be said of tests, and need not be."""
        tests = tuple(tests)
        for kind in kinds:
            self.note(kind, tests, sure=False)

    def demote(self, kind: Kind, tests: Iterable[str]) -> None:
        """What was noted as sure may be said, and need not be."""
        key = kind, tuple(tests), False
        if key in self.labels:
            self.also[key] = self.labels.pop(key)

    def results(self) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
        """What is to be found, and what may be said."""
        return tuple(self.labels.values()), tuple(
            self.also[key] for key in self.also if key not in self.labels
        )
