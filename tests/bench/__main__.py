"""`python -m tests.bench [NAME]`: run the benchmarks of this folder, or one. Each is a module with `run() -> list of figures`."""

import importlib
import sys
from typing import Final

from tests.bench.figures import table

BENCHMARKS: Final = ("core", "worker", "landing", "latency", "scaling", "state", "outcomes", "pytest", "hook")


def main(arguments: list[str]) -> int:
    """Print each benchmark's table, and a line for each figure."""
    wanted = arguments or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"There is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}.\n")
        return 2
    for name in wanted:
        module = importlib.import_module(f"tests.bench.{name}")
        figures = module.run()
        sys.stdout.write(f"{name}: {(module.__doc__ or '').splitlines()[0]}\n{table(figures)}\n")
        sys.stdout.writelines(f"{figure.line()}\n" for figure in figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
