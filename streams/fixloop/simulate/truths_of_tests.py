"""What is true of single tests: repaired at the first time, failing otherwise, given up on, silenced, in the making, unreliable."""

from collections.abc import Mapping
from itertools import pairwise

from fixloop.simulate.chronicle import Change, Chronicle, Intent, Run, RunBegins
from fixloop.simulate.notebook import UNCLEAR, Notebook
from fixloop.simulate.spans import Check, History, Sighting, Span, Story
from fixloop.simulate.truths_of_asking import changed_before, note_asked, note_cut
from fixloop.simulate.visibility import Visibility
from fixloop_schemas.vocabulary import Kind, Outcome

ATTEMPTS = 6
"""Attempts at one bug, each with a run that still shows it, from which on it counts as stuck (docs/glossary.md)."""


def note_tests(
    chronicle: Chronicle, histories: Mapping[str, History], notebook: Notebook, visible: Visibility
) -> None:
    """Note what is true of each test."""
    ringed = {test for members in chronicle.rings.values() for member in members for test in member}
    changes = chronicle.changes
    for history in histories.values():
        for story in history.stories:
            for span in story.spans:
                _note_first_regression(
                    history, story, span, notebook, visible, alone=history.test not in ringed
                )
                note_asked(history, span, changes, chronicle.runs, notebook)
                _note_silenced(history, span, changes, chronicle.runs, notebook, visible)
                _note_stuck(history, span, changes, notebook)
            for check in story.checks:
                _note_check(history, story, check, chronicle, notebook, visible)
        note_cut(history, changes, notebook)
        _note_other_failures(history, changes, notebook)
        _note_unreliable(history, changes, notebook)


def _note_first_regression(
    history: History,
    story: Story,
    span: Span,
    notebook: Notebook,
    visible: Visibility,
    *,
    alone: bool,
) -> None:
    start, end = span.start, span.end
    if start is None or end is None or not (start.product and end.product) or not span.clear:
        return
    sure = (
        alone
        and len(story.spans) == 1
        and not (start.tests or end.tests)
        and span.green
        and history.seen_green(-1, span.seen[0].at)
        and start in visible
        and end in visible
        and start.intent is not Intent.FRESH_TREE
    )
    last = span.clear[0].run.run_id
    notebook.note(Kind.FIRST_REGRESSION, history.names, span.seen[0].run.run_id, last, sure=sure)


def _note_silenced(
    history: History,
    span: Span,
    changes: list[Change],
    runs: list[Run],
    notebook: Notebook,
    visible: Visibility,
) -> None:
    """The failure went away because its test was changed: to be rid of it, or because the output was meant to change."""
    end = span.end
    if end is None or end.intent not in (Intent.GAME, Intent.ACCEPT):
        return
    gone = next((run for run in runs if run.at > end.at and run.seen and _without(run, history.test)), None)
    if gone is None:
        return
    last = span.seen[-1].at
    product = any(last < change.at < gone.at and change.product for change in changes)
    kind = Kind.GAMED_FIX if end.intent is Intent.GAME else Kind.EXPECTATION_CHURN
    if kind is Kind.EXPECTATION_CHURN and (span.start is None or not span.start.product):
        return
    if kind is Kind.EXPECTATION_CHURN:
        notebook.perhaps(history.names, Kind.DIFFERENT_FAILURE)
    known = _known_before(history, span, changes)
    sure = not product and known and end in visible and (span.start is None or span.start in visible)
    if kind is Kind.GAMED_FIX:
        sure = sure and (_silent(gone, history.test) or _tried(span, changes))
    notebook.note(kind, history.names, gone.run_id, gone.run_id, sure=sure)
    if not known:
        notebook.perhaps(history.names, Kind.GAMED_FIX, Kind.EXPECTATION_CHURN)
    if product:
        notebook.perhaps(history.names, Kind.FIRST_REGRESSION)


def _silent(run: Run, test: str) -> bool:
    """Whether a run has a test skipped, or not at all."""
    return all(shown.outcome is Outcome.SKIP for shown in run.shown if shown.test == test)


def _tried(span: Span, changes: list[Change]) -> bool:
    """Whether runs tell that the product was worked at first: otherwise the test may just follow what had been changed before."""
    return any(span.seen[0].at < change.at < span.seen[-1].at and change.product for change in changes)


def _known_before(history: History, span: Span, changes: list[Change]) -> bool:
    """Whether runs tell if the product broke the test in this session: only then is changing the test one thing and not the other."""
    if span.start is not None:
        return history.seen_green(-1, span.start.at)
    first = next((change.at for change in changes if change.product), None)
    return first is None or span.seen[0].at < first


def _without(run: Run, test: str) -> bool:
    """Whether a run shows that a test no longer fails."""
    shown = next((shown for shown in run.shown if shown.test == test), None)
    if shown is None:
        return run.whole and not run.outage
    return shown.outcome in (Outcome.PASS, Outcome.SKIP)


def _note_stuck(history: History, span: Span, changes: list[Change], notebook: Notebook) -> None:
    aimed = [
        any(
            before.at < change.at < after.at
            and change.product
            and change.goal
            and change.goal.test == history.test
            for change in changes
        )
        for before, after in pairwise(span.seen)
    ]
    count = sum(aimed)
    unsure = any(not sighting.shown.complete or not sighting.run.whole_seen for sighting in history.sightings)
    if count >= ATTEMPTS or (unsure and count >= ATTEMPTS - 2):
        first = [sighting for sighting, hit in zip(span.seen[1:], aimed, strict=True) if hit][:ATTEMPTS][-1]
        notebook.note(
            Kind.STUCK, history.names, first.run.run_id, span.seen[-1].run.run_id, sure=count >= ATTEMPTS
        )


def _note_check(
    history: History,
    story: Story,
    check: Check,
    chronicle: Chronicle,
    notebook: Notebook,
    visible: Visibility,
) -> None:
    """A fix was out on purpose, a run showed it, and it was put back."""
    fixed = [
        span for span in story.spans if span.end is not None and span.end.at < check.out.at and span.clear
    ]
    if not check.seen or not fixed:
        if check.seen:
            notebook.perhaps(history.names, Kind.RESTORE_CHECK, Kind.FLAKY, Kind.FIRST_REGRESSION)
        return
    fix = fixed[-1].end
    trees = all(sighting.run.tree is not None for sighting in check.seen)
    green = fixed[-1].clear[0].at < check.out.at
    told = fix is not None and _tells_of_check(check.out, check.back, fix, visible)
    run = check.seen[0].run.run_id
    sure = green and (told or trees)
    notebook.note(Kind.RESTORE_CHECK, history.names, run, check.seen[-1].run.run_id, sure=sure)
    if check.out.hidden or _told_late(check, chronicle):
        notebook.perhaps(history.names, Kind.FLAKY)
    if not sure:
        notebook.perhaps(history.names, Kind.REINTRODUCTION)


def _told_late(check: Check, chronicle: Chronicle) -> bool:
    """Whether the events tell of a check's run only after they told that the fix was back."""
    back = [place for place, entry in enumerate(chronicle.entries) if entry is check.back]
    runs = [
        place
        for place, entry in enumerate(chronicle.entries)
        if isinstance(entry, RunBegins) and entry.run is check.seen[0].run
    ]
    return bool(back and runs) and back[0] < runs[0]


def _tells_of_check(out: Change, back: Change | None, fix: Change, visible: Visibility) -> bool:
    """Whether events tell that a fix was taken out, and that the same text was put back."""
    if back is None or out not in visible or back not in visible or back.hidden:
        return False
    if out.restore and not back.restore and not visible.whole_files:
        return visible.repeats(back, fix)
    return visible.undoes(back, out)


def _note_other_failures(history: History, changes: list[Change], notebook: Notebook) -> None:
    """A test that had been repaired fails in another way."""
    for old in history.stories:
        for new in history.stories:
            if new is old or not new.spans:
                continue
            start = new.spans[0].start
            before = [
                span
                for span in old.spans
                if span.end is not None and start is not None and span.end.at < start.at and span.end.product
            ]
            if not before or start is None:
                continue
            at = new.spans[0].seen[0].at
            green = history.seen_green(before[-1].seen[-1].at, at)
            asked = changed_before(history, new.spans[0], changes, product=False)
            if asked:
                notebook.perhaps(history.names, Kind.REQUIREMENT_CHANGE)
            sure = green and start.product and not start.tests and start.seen and not asked
            notebook.note(
                Kind.DIFFERENT_FAILURE,
                history.names,
                new.spans[0].seen[0].run.run_id,
                new.spans[0].seen[-1].run.run_id,
                sure=sure,
            )


def _note_unreliable(history: History, changes: list[Change], notebook: Notebook) -> None:
    """The outcome changed, and nothing else did."""
    odd = [sighting for sighting in history.sightings if sighting.shown.why not in ("code", "outage")]
    if not odd:
        return
    names = history.names
    lacking = [sighting for sighting in odd if sighting.shown.why == "environment"]
    if lacking:
        first, last = lacking[0].run.run_id, lacking[-1].run.run_id
        notebook.note(Kind.ENVIRONMENT, names, first, last, cross_session=True)
    for before, after in pairwise(history.sightings):
        still = not any(before.at < change.at < after.at for change in changes)
        if still and _differ(before, after) and not (before.run.outage or after.run.outage):
            sure = not lacking
            notebook.note(Kind.FLAKY, names, after.run.run_id, after.run.run_id, sure=sure)
    for sighting in odd:
        if sighting.passed and sighting.shown.attempts:
            run_id = sighting.run.run_id
            notebook.note(Kind.FLAKY, names, run_id, run_id, sure=not lacking)
    if any(change.intent is Intent.TAKE_OUT for change in changes):
        notebook.perhaps(names, Kind.RESTORE_CHECK)
    # What else one may think of a test that failed with nothing wrong, and that no run gave away.
    notebook.perhaps(names, *UNCLEAR)


def _differ(one: Sighting, other: Sighting) -> bool:
    return {one.shown.outcome.red, other.shown.outcome.red} == {True, False} and Outcome.SKIP not in (
        one.shown.outcome,
        other.shown.outcome,
    )
