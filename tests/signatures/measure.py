"""How well signatures tell bugs apart, on the labelled set: `python -m tests.signatures.measure [--folder DIR] [--wrong]`."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from fixloop_schemas.digest import Digester
from fixloop_schemas.failures import Failure, extract
from fixloop_schemas.signature import mask, signature
from tests.signatures.labelled import DATA, RUNNERS, Observation, read

_DIGESTER: Final = Digester(b"signatures")


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation with its signature."""

    bug: str
    digest: str | None
    complete: bool
    place: tuple[str | None, str | None]
    """Error type and frame."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Pairs of complete signatures, and how many of them are right."""

    runner: str
    bugs: int
    seen: int
    complete: int
    same: int
    same_right: int
    other: int
    other_right: int
    alike: int
    """Of the pairs of two bugs, those with one error type in one frame: the message alone tells them apart."""
    alike_right: int


def seen(observation: Observation) -> Seen:
    """An observation's signature."""
    failure = extract(framework(observation.runner), observation.text)
    made = signature(_DIGESTER, failure.error_type, failure.message, failure.frame, complete=failure.complete)
    return Seen(observation.bug, made.digest, made.complete, (failure.error_type, failure.frame))


def framework(runner: str) -> str:
    """The framework whose form a runner's texts have."""
    return runner.partition("-")[0]


def rates(runner: str, observations: Iterable[Seen]) -> Rates:
    """Both rates of one runner: all pairs of one bug, and all pairs of two."""
    every = list(observations)
    whole = [one for one in every if one.complete]
    same = same_right = other = other_right = alike = alike_right = 0
    for one, two in combinations(whole, 2):
        equal = one.digest == two.digest
        if one.bug == two.bug:
            same, same_right = same + 1, same_right + equal
        else:
            other, other_right = other + 1, other_right + (not equal)
            if one.place == two.place:
                alike, alike_right = alike + 1, alike_right + (not equal)
    bugs = len({one.bug for one in every})
    return Rates(
        runner, bugs, len(every), len(whole), same, same_right, other, other_right, alike, alike_right
    )


def overall(found: Iterable[Rates]) -> Rates:
    """All runners together; bugs of two runners are no pair."""
    every = list(found)

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in every)

    names = ("bugs", "seen", "complete", "same", "same_right", "other", "other_right", "alike", "alike_right")
    return Rates("all", *(total(name) for name in names))


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and with `--wrong` each bug that is split and each two that are one."""
    parser = argparse.ArgumentParser(prog="python -m tests.signatures.measure", description=__doc__)
    parser.add_argument("--folder", type=Path, default=DATA, help="where the labelled set is")
    parser.add_argument("--wrong", action="store_true", help="say what is wrong")
    given = parser.parse_args(arguments)
    found = [rates(runner, map(seen, read(runner, given.folder))) for runner in RUNNERS]
    for line in table([*found, overall(found)]):
        sys.stdout.write(line + "\n")
    if given.wrong:
        for runner in RUNNERS:
            for line in _wrong(read(runner, given.folder)):
                sys.stdout.write(f"{runner}: {line}\n")
    return 0


def table(found: Iterable[Rates]) -> Iterator[str]:
    """The lines of the table."""
    yield "| runner | bugs | failures | complete | same bug, same signature | other bug, other signature | of these in one frame |"
    yield "|---|---|---|---|---|---|---|"
    for one in found:
        figures = (
            f"{right / pairs:.4f} of {pairs:,}" if pairs else "none"
            for right, pairs in (
                (one.same_right, one.same),
                (one.other_right, one.other),
                (one.alike_right, one.alike),
            )
        )
        yield f"| {one.runner} | {one.bugs} | {one.seen:,} | {one.complete / one.seen:.3f} | {' | '.join(figures)} |"


def _wrong(observations: list[Observation]) -> Iterator[str]:
    by_bug: dict[str, dict[str | None, tuple[str, Failure]]] = defaultdict(dict)
    by_digest: dict[str | None, set[str]] = defaultdict(set)
    for observation in observations:
        one = seen(observation)
        if one.complete:
            failure = extract(framework(observation.runner), observation.text)
            by_bug[one.bug].setdefault(one.digest, (observation.variation, failure))
            by_digest[one.digest].add(one.bug)
    for bug, forms in by_bug.items():
        if len(forms) > 1:
            yield f"split {bug}"
            for variation, failure in forms.values():
                yield f"    {variation}: {failure.error_type} | {mask(failure.message or '')[:300]} | {failure.frame}"
    yield from (f"one {', '.join(sorted(bugs))}" for bugs in by_digest.values() if len(bugs) > 1)


if __name__ == "__main__":
    raise SystemExit(main())
