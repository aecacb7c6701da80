"""What a benchmark gives back: figures with names, and how they are printed for people and for programs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final, Self

ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; without a unit it is a ratio, taken side by side in one run."""

    name: str
    value: float
    unit: str | None = None
    spread: tuple[float, float] | None = None
    """The least and the most of several rounds, where there were several; `value` is their median."""

    @classmethod
    def of(cls, name: str, rounds: Sequence[float], unit: str | None = None) -> Self:
        """The figure that several rounds gave."""
        return cls(name, median(rounds), unit, (min(rounds), max(rounds)))

    def line(self) -> str:
        """The line that a program reads."""
        if self.unit is None:
            return f"ratio {self.name} {self.value:.4g}"
        return f"value {self.name} {self.value:.6g} {self.unit}"


def medians(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The median seconds of each work; in every round each is done once, so that what disturbs one disturbs the others."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(seconds, works, strict=True):
            started = perf_counter()
            work()
            taken.append(perf_counter() - started)
    return [median(taken) for taken in seconds]


def table(figures: Sequence[Figure]) -> str:
    """The figures for people."""
    width = max(len(figure.name) for figure in figures)
    return "\n".join(f"  {figure.name:<{width}}  {_row(figure)}" for figure in figures)


def _row(figure: Figure) -> str:
    unit = figure.unit or "x"
    spread = "" if figure.spread is None else "   from {:,.4g} to {:,.4g}".format(*figure.spread)
    return f"{figure.value:>12,.4g} {unit:<10}{spread}".rstrip()
