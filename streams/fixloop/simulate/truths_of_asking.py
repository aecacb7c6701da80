"""What is true of tests that ask for more, or for something else, than they did."""

from fixloop.simulate.chronicle import Change, Intent, Run
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.spans import History, Span
from fixloop_schemas.vocabulary import Kind

BY_TEST = {Intent.EXTEND: Kind.TEST_IN_DEVELOPMENT, Intent.REQUIRE: Kind.REQUIREMENT_CHANGE}
"""What it is when a test is changed, by the reason."""


def note_asked(
    history: History, span: Span, changes: list[Change], runs: list[Run], notebook: Notebook
) -> None:
    """The test itself asked for more, or for something else, and was red."""
    start = span.start
    if start is None or start.intent not in BY_TEST:
        return
    sure = start.seen and history.seen_green(-1, start.at)
    if start.intent is Intent.REQUIRE:
        # With a change of the product in between it may be that as well.
        sure = sure and not changed_before(history, span, changes, product=True)
    elif not _known_to_be_new(history, runs):
        sure = False
        notebook.perhaps(history.names, Kind.REQUIREMENT_CHANGE)
    run = span.seen[0].run.run_id
    notebook.note(BY_TEST[start.intent], history.names, run, span.seen[-1].run.run_id, sure=sure)
    notebook.perhaps(history.names, Kind.DIFFERENT_FAILURE, Kind.FIRST_REGRESSION)
    if start.intent is Intent.REQUIRE:
        notebook.perhaps(history.names, Kind.TEST_IN_DEVELOPMENT)


def changed_before(history: History, span: Span, changes: list[Change], *, product: bool) -> bool:
    """Whether the product, or a test, was changed between the first run that showed a failure and the one before of its test."""
    at = span.seen[0].at
    since = max((sighting.at for sighting in history.sightings if sighting.at < at), default=-1)
    return any(since < change.at < at and (change.product if product else change.tests) for change in changes)


def _known_to_be_new(history: History, runs: list[Run]) -> bool:
    """Whether runs tell that a test was written in this session: one of everything was without it, or it was red when it was first seen."""
    first = history.sightings[0]
    return first.shown.outcome.red or any(
        run.at < first.at and run.whole and run.seen and not run.outage for run in runs
    )


def note_cut(history: History, changes: list[Change], notebook: Notebook) -> None:
    """The test asked for something else, and a run showed it red with a message that was cut: so much may be said."""
    for change in changes:
        asked = change.intent in BY_TEST and any(effect.test == history.test for effect in change.effects)
        after = next((sighting for sighting in history.sightings if sighting.at > change.at), None)
        if asked and after is not None and after.shown.outcome.red and not after.certain:
            notebook.perhaps(history.names, BY_TEST[change.intent])
