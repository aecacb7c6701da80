"""The graph of what fixing brought, and the cycles in it.

A link X → Y says: the edits that fixed X lie in the stretch in which Y broke. When a bug A returns, a path of links from A's last fix
back to A, each later than the one before, is a cycle: A → B → A, or over any number of bugs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixloop.detect.outcomes import Fixed, Opened, Returned
from fixloop.detect.state import Bug, EditNote, Link, Sighting, TrackedTest
from fixloop.detect.windows import share_an_edit

_MAX_LENGTH = 6
"""Links in the longest cycle that is looked for; longer ones show shorter evidence for the same edits."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One way around: bug ids in the order in which they broke, the returned one first."""

    members: tuple[str, ...]


def new_links(
    tests: Mapping[str, TrackedTest], edits: Sequence[EditNote], broken: Iterable[Opened | Returned], seq: int
) -> tuple[Link, ...]:
    """The links to bugs that broke in this run, from each fixed bug whose fixing edits lie where they broke."""
    fixed = [
        bug for tracked in tests.values() for bug in tracked.bugs if not bug.open and bug.fix is not None
    ]
    return tuple(
        Link(before.bug_id, change.bug.bug_id, before.fix.green.seq, seq)
        for change in broken
        for before in fixed
        if before.fix is not None and before.test != change.bug.test and _brought(before, change.bug, edits)
    )


def late_links(
    tests: Mapping[str, TrackedTest], edits: Sequence[EditNote], fixed: Sequence[Fixed], seq: int
) -> tuple[Link, ...]:
    """The links from bugs that this run shows fixed to bugs that an earlier run, which did not look at the fixed ones, showed broken."""
    if not fixed:
        return ()
    broken = [bug for tracked in tests.values() for bug in tracked.bugs if bug.open and bug.opened.seq < seq]
    return tuple(
        Link(change.bug.bug_id, bug.bug_id, change.fix.green.seq, seq)
        for change in fixed
        for bug in broken
        if bug.opened.seq > change.fix.red.seq
        and bug.test != change.bug.test
        and _brought(change.bug, bug, edits)
    )


def cycles_of(bug: Bug, fixed_in: Sighting, links: Sequence[Link], seq: int) -> tuple[Cycle, ...]:
    """The shortest cycles that a bug's return in this run closes, one for each bug whose fix brought it back.

    Args:
        bug: the bug that is back.
        fixed_in: the run that had shown it fixed.
        links: what fixing brought, so far.
        seq: where this run was folded.
    """
    closing = [link for link in links if link.brought_bug == bug.bug_id and link.seq == seq]
    paths = (_path(links, start=bug.bug_id, since=fixed_in.seq, end=last) for last in closing)
    return tuple(Cycle(path) for path in paths if path)


def _brought(fixed: Bug, broken: Bug, edits: Sequence[EditNote]) -> bool:
    if fixed.fix is None or broken.cleared is None:
        return False
    broke: tuple[Sighting, Sighting] = (broken.cleared, broken.opened)
    return share_an_edit(edits, (fixed.fix.red, fixed.fix.green), broke)


def _path(links: Sequence[Link], *, start: str, since: int, end: Link) -> tuple[str, ...]:
    """The bugs from `start`, through links each later than the one before, to the bug whose fix is the link `end`."""
    paths: list[tuple[tuple[str, ...], int]] = [((start,), since - 1)]
    for _ in range(_MAX_LENGTH - 1):
        longer = []
        for members, seen in paths:
            for link in links:
                follows = (
                    link.fixed_bug == members[-1] and seen < link.seq <= end.fix_seq and link.seq < end.seq
                )
                if not follows or link.brought_bug in members:
                    continue
                if link.brought_bug == end.fixed_bug:
                    return (*members, link.brought_bug)
                longer.append(((*members, link.brought_bug), link.seq))
        paths = longer
    return ()
