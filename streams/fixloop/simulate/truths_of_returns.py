"""What is true of failures that were gone and came back: by whom, why, and whether that closes a ring."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from fixloop.simulate.chronicle import Change, Chronicle, Intent
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.spans import History, Span, Story
from fixloop.simulate.truths_of_asking import BY_TEST
from fixloop.simulate.visibility import Visibility, puts_back
from fixloop_schemas.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Return:
    """A failure that is back."""

    history: History
    story: Story
    before: Span
    again: Span
    kind: Kind | None
    """What that is; None for nothing that has a name."""

    @property
    def run(self) -> str:
        """The run that showed it."""
        return self.again.seen[0].run.run_id


def returns(chronicle: Chronicle, histories: Mapping[str, History]) -> list[Return]:
    """All returns, in the order in which they were seen."""
    found = [
        Return(history, story, before, again, _kind(chronicle, before, again))
        for history in histories.values()
        for story in history.stories
        for before, again in story.returns
    ]
    return sorted(found, key=lambda each: each.again.seen[0].at)


def note_returns(
    chronicle: Chronicle,
    histories: Mapping[str, History],
    found: list[Return],
    notebook: Notebook,
    visible: Visibility,
) -> None:
    """Note what came back."""
    for each in found:
        fix, broke = each.before.end, each.again.start
        names = each.history.names
        if each.kind is None or each.kind in BY_TEST.values() or fix is None or broke is None:
            continue  # What tests ask for is noted with the tests.
        # Taken out behind the editor's back, and the same text put back next: by its edits it is a check, whatever was meant.
        secret = (
            broke.hidden and puts_back(each.again.end, fix) and not _edited_between(chronicle, each.again)
        )
        sure = fix in visible and broke in visible and not secret
        if each.kind is Kind.SIGNATURE_CYCLE:
            notebook.perhaps(names, Kind.REINTRODUCTION, Kind.DIFFERENT_FAILURE)
        notebook.note(
            each.kind,
            names,
            each.run,
            each.again.seen[-1].run.run_id,
            laps=_laps(each, found) if each.kind is Kind.SIGNATURE_CYCLE else 0,
            sure=sure,
        )
        if secret:
            told = fix in visible and broke in visible and each.again.end in visible
            told = told and each.before.green and each.kind is Kind.REINTRODUCTION
            notebook.note(Kind.RESTORE_CHECK, names, each.run, each.again.seen[-1].run.run_id, sure=told)
        if broke.hidden or not sure:
            notebook.perhaps(names, Kind.FLAKY, Kind.RESTORE_CHECK)
    _note_rings(chronicle, histories, [each for each in found if each.kind is Kind.REINTRODUCTION], notebook)


def _edited_between(chronicle: Chronicle, span: Span) -> bool:
    """Whether other product edits lie between a failure's coming and its going."""
    start, end = span.start, span.end
    return any(
        start.at < change.at < end.at and change.product
        for change in chronicle.changes
        if start is not None and end is not None
    )


def _laps(each: Return, found: list[Return]) -> int:
    """How often this very failure has come back so far."""
    at = each.again.seen[0].at
    return sum(other.story is each.story and other.again.seen[0].at <= at for other in found)


def _kind(chronicle: Chronicle, before: Span, again: Span) -> Kind | None:
    fix, broke = before.end, again.start
    if fix is None or broke is None:
        return None
    fresh = any(
        change.intent is Intent.FRESH_TREE and fix.at < change.at < again.seen[0].at
        for change in chronicle.changes
    )
    if chronicle.independent or fresh:
        return Kind.INDEPENDENT_ATTEMPTS
    if broke.intent in BY_TEST:
        return BY_TEST[broke.intent] if before.green else None
    if fix.intent is Intent.ACCEPT:
        return Kind.EXPECTATION_CHURN if broke.product else None
    if not (fix.product and broke.product) or broke.tests:
        return None
    return Kind.REINTRODUCTION if before.green else Kind.SIGNATURE_CYCLE


def _note_rings(
    chronicle: Chronicle, histories: Mapping[str, History], found: list[Return], notebook: Notebook
) -> None:
    """Note the rings that went round: repairing one brought the next, and so on, until the first was back; and runs showed all of it."""
    for number, members in chronicle.rings.items():
        closed = [each for each in found if _closes(each, number, members, histories)]
        if closed:
            seen = [histories[test].names for member in members for test in member if test in histories]
            since = closed[0].again.seen[0].at
            laps = Counter(
                each.history.test
                for each in found
                if each.again.seen[0].at >= since and _by_repair_of(each.again.start, number)
            )
            tests = tuple(name for names in seen for name in names)
            notebook.note(Kind.COUPLED_CYCLE, tests, closed[0].run, closed[-1].run, laps=max(laps.values()))
        for each in found:
            if any(each.history.test in member for member in members):
                notebook.perhaps(each.history.names, Kind.COUPLED_CYCLE)


def _closes(
    each: Return, ring: int, members: tuple[tuple[str, ...], ...], histories: Mapping[str, History]
) -> bool:
    fix, broke = each.before.end, each.again.start
    own = next((index for index, member in enumerate(members) if each.history.test in member), None)
    if own is None or fix is None or broke is None or broke.goal is None or broke.goal.ring != ring:
        return False
    way = [(own + step) % len(members) for step in range(1, len(members))]
    way = way[: way.index(broke.goal.member) + 1] if broke.goal.member in way else []
    return bool(way) and all(
        any(
            _brought(histories[test], ring, fix.at, broke.at, each.again)
            for test in members[index]
            if test in histories
        )
        for index in way
    )


def _by_repair_of(change: Change | None, ring: int) -> bool:
    return change is not None and change.goal is not None and change.goal.ring == ring


def _brought(history: History, ring: int, since: int, until: int, again: Span) -> bool:
    """Whether a repair of the ring broke this test, and runs showed it, and that it was gone while the first was back."""
    stays = again.end.at if again.end else inf
    return any(
        span.start is not None
        and _by_repair_of(span.start, ring)
        and since <= span.start.at
        and span.seen[0].at < until
        and any(each.at < stays for each in span.clear)
        for story in history.stories
        for span in story.spans
    )
