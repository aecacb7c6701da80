"""A repository before any session: product files, test files, and tests of which some cannot be relied on."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from fixloop.simulate.profile import Profile
from fixloop.simulate.revision import revision_of
from fixloop.simulate.source_text import Failure, block, failure, noun, phrase

OK: Final = "ok"
AS_WRITTEN: Final = "as written"


@dataclass(frozen=True, slots=True)
class Variant:
    """A stretch of a file: what it means to the tests, and the text that says so."""

    meaning: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """How a test framework names things."""

    name: str
    runner: str
    product: str
    tests: str
    case: str

    def case_name(self, module: str, phrase: str) -> str:
        """A test's name, as the runner writes it."""
        camel = "".join(word.capitalize() for word in phrase.split("_"))
        return self.case.format(module=module, phrase=phrase, camel=camel, words=phrase.replace("_", " "))


_FRAMEWORKS: Final = (
    Framework(
        "pytest",
        "pytest",
        "src/shop/{module}.py",
        "tests/test_{module}.py",
        "tests/test_{module}.py::test_{phrase}",
    ),
    Framework(
        "go",
        "go",
        "internal/{module}/{module}.go",
        "internal/{module}/{module}_test.go",
        "shop/{module}.Test{camel}",
    ),
    Framework("vitest", "npx", "src/{module}.ts", "src/{module}.test.ts", "src/{module}.test.ts > {words}"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A test: what it is called at first, which cell of the product it looks at, and whether it can be relied on."""

    name: str
    module: int
    subject: str
    """The cell of the product that it checks."""
    own: str
    """Its own text, a cell of the test file."""
    failures: tuple[Failure, Failure]
    """How it fails when its subject is broken, and when it is broken otherwise."""
    noise: Failure
    """How it fails with nothing wrong."""
    flake_rate: float = 0.0
    order_dependent: bool = False

    @property
    def reliable(self) -> bool:
        """Whether what it says follows from the code alone."""
        return not self.flake_rate and not self.order_dependent


@dataclass(frozen=True, slots=True)
class Project:
    """A repository at a commit."""

    name: str
    framework: Framework
    product_paths: tuple[str, ...]
    """By module."""
    test_paths: tuple[str, ...]
    layout: Mapping[str, tuple[str, ...]]
    """The cells of each file, in order."""
    cells: Mapping[str, Variant]
    cases: tuple[Case, ...]
    revision: str
    """The commit, from which every fresh session starts."""


def make_project(profile: Profile, seed: int, index: int) -> Project:
    """Project number `index` of a seed."""
    rng = Random(f"{seed}:project:{index}")  # noqa: S311 -- reproducible on purpose, and no secret
    framework = rng.choice(_FRAMEWORKS)
    modules = _distinct(rng, rng.randint(*profile.modules_per_project))
    layout: dict[str, tuple[str, ...]] = {}
    cells: dict[str, Variant] = {}
    cases: list[Case] = []
    for number, module in enumerate(modules):
        product, tests = framework.product.format(module=module), framework.tests.format(module=module)
        own = _cases(profile, rng, framework, module, number)
        cases += own
        layout[product] = (head_of(product), *(case.subject for case in own), f"{product}#rest")
        layout[tests] = (head_of(tests), *(case.own for case in own))
        cells |= {cell: Variant(OK, block(rng)) for cell in layout[product]}
        cells |= {cell: Variant(AS_WRITTEN, block(rng)) for cell in layout[tests]}
    name = f"simulated/{noun(rng)}-{index}"
    texts = {path: [line for cell in here for line in cells[cell].lines] for path, here in layout.items()}
    return Project(
        name=name,
        framework=framework,
        product_paths=tuple(framework.product.format(module=module) for module in modules),
        test_paths=tuple(framework.tests.format(module=module) for module in modules),
        layout=layout,
        cells=cells,
        cases=tuple(cases),
        revision=revision_of(name, texts),
    )


def head_of(path: str) -> str:
    """The first cell of a file, on which everything in its module rests."""
    return f"{path}#head"


def path_of(cell: str) -> str:
    """The file that a cell is in."""
    return cell.rpartition("#")[0]


def _cases(profile: Profile, rng: Random, framework: Framework, module: str, number: int) -> list[Case]:
    product, tests = framework.product.format(module=module), framework.tests.format(module=module)
    cases: list[Case] = []
    for _ in range(rng.randint(*profile.tests_per_module)):
        name = framework.case_name(module, phrase(rng))
        if any(case.name == name for case in cases):
            continue
        frame = f"{product}::{phrase(rng)}"
        flaky, ordered = rng.random(), rng.random()
        cases.append(
            Case(
                name=name,
                module=number,
                subject=f"{product}#{name}",
                own=f"{tests}#{name}",
                failures=(failure(rng, frame), failure(rng, f"{product}::{phrase(rng)}")),
                noise=failure(rng, f"{tests}::{phrase(rng)}"),
                flake_rate=_rate(profile, rng) if flaky < profile.flaky_tests else 0.0,
                order_dependent=flaky >= profile.flaky_tests and ordered < profile.order_dependent_tests,
            )
        )
    return cases


def _rate(profile: Profile, rng: Random) -> float:
    rates, weights = zip(*profile.flaky_rates, strict=True)
    rate: float = rng.choices(rates, weights)[0]
    return rate


def _distinct(rng: Random, count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names[noun(rng)] = None
    return list(names)
