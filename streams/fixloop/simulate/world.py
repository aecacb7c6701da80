"""The world of one session: what every file says now, and what every test would say of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from fixloop.simulate.project import Case, Project, Variant, head_of, path_of
from fixloop.simulate.revision import revision_of
from fixloop.simulate.source_text import Failure

BROKEN: Final = "broken"
OTHERWISE: Final = "broken otherwise"
UNLOADABLE: Final = "unloadable"
"""Of the head of a product file: nothing in its module can be loaded."""

SKIPPED: Final = "skipped"
WEAKENED: Final = "weakened"
GONE: Final = "gone"
"""Of a test's own text."""

Verdict = Failure | Literal["pass", "skip", "absent"]
PASS: Final = "pass"  # noqa: S105 -- a verdict, not a password


@dataclass(frozen=True, slots=True)
class Rule:
    """A way in which a test is red: its cells mean something that does not go together."""

    cells: tuple[str, ...]
    holds: Callable[..., bool]
    """Takes what the cells mean, in their order."""
    failure: Failure


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """What a change did to one test."""

    test: str
    before: Verdict
    after: Verdict


class World:
    """Files made of cells, and tests that read them. Mutable: the session happens to it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.cells: dict[str, Variant] = dict(project.cells)
        self.layout: dict[str, tuple[str, ...]] = dict(project.layout)
        self.cases: dict[str, Case] = {case.name: case for case in project.cases}
        self.names: dict[str, str] = {name: name for name in self.cases}
        """What each test is called now."""
        self.rules: dict[str, tuple[Rule, ...]] = {
            case.name: usual_rules(project, case) for case in project.cases
        }
        self._readers: dict[str, set[str]] = {}
        for name in self.cases:
            self._index(name)
        self.verdicts: dict[str, Verdict] = dict.fromkeys(self.cases, PASS)
        self.committed = dict(self.cells)
        self.revision = project.revision
        """The commit that is checked out."""
        self.brought = False
        """Whether the session's task is in what is said to be committed, and in no commit yet."""

    def add_case(self, case: Case, path: str) -> None:
        """A test that is not written yet."""
        self.cases[case.name] = case
        self.names[case.name] = case.name
        self.cells[case.own] = Variant(GONE, ())
        self.layout[path] = (*self.layout.get(path, ()), case.own)
        self.rules[case.name] = ()
        self._index(case.name)
        self.verdicts[case.name] = "absent"

    def rule(self, test: str, *rules: Rule) -> None:
        """The ways in which a test is red, from now on."""
        self.rules[test] = rules
        self._index(test)
        self.verdicts[test] = self._verdict(test)

    def text(self, path: str) -> tuple[str, ...]:
        """The lines of a file."""
        return tuple(line for cell in self.layout[path] for line in self.cells[cell].lines)

    def set(self, cells: Mapping[str, Variant]) -> tuple[VerdictChange, ...]:
        """Write the cells; what that did to the tests."""
        self.cells.update(cells)
        touched = sorted({test for cell in cells for test in self._readers.get(cell, ())})
        changes = []
        for test in touched:
            before, after = self.verdicts[test], self._verdict(test)
            if before != after:
                self.verdicts[test] = after
                changes.append(VerdictChange(test, before, after))
        return tuple(changes)

    def start(self, cells: Mapping[str, Variant]) -> None:
        """Have the session begin with these cells, as committed."""
        self.set(cells)
        self.committed.update(cells)
        self.brought = True

    def commit(self) -> str | None:
        """Commit everything, and give the new revision; None when there is nothing to commit."""
        if self.committed == self.cells:
            return None
        self.committed = dict(self.cells)
        return self.name_commit()

    def name_commit(self) -> str:
        """What is committed gets its revision."""
        files: dict[str, list[str]] = {}
        for path, cells in self.layout.items():
            lines = [line for cell in cells if cell in self.committed for line in self.committed[cell].lines]
            if lines:
                files[path] = lines
        self.revision = revision_of(self.revision, files)
        self.brought = False
        return self.revision

    def back_to(self, cells: Mapping[str, Variant], revision: str) -> None:
        """The world with these cells, all of them in one commit, and nothing else."""
        self.cells = dict(cells)
        self.committed = dict(cells)
        self.revision = revision
        self.layout = {
            path: known
            for path, here in self.layout.items()
            if (known := tuple(cell for cell in here if cell in cells))
        }
        self.names = {name: name for name in self.cases}
        self.verdicts = {name: self._verdict(name) for name in self.cases}

    def meaning(self, cell: str) -> str:
        """What a cell means now."""
        return self.cells[cell].meaning

    def _verdict(self, test: str) -> Verdict:
        own = self.cells[self.cases[test].own].meaning
        if own == GONE:
            return "absent"
        if own == SKIPPED:
            return "skip"
        for rule in self.rules[test] if own != WEAKENED else ():
            if rule.holds(*(self.cells[cell].meaning for cell in rule.cells)):
                return rule.failure
        return PASS

    def _index(self, test: str) -> None:
        for cell in (self.cases[test].own, *(cell for rule in self.rules[test] for cell in rule.cells)):
            self._readers.setdefault(cell, set()).add(test)


def usual_rules(project: Project, case: Case) -> tuple[Rule, ...]:
    """Red when what the test checks is broken, in one way or another, or cannot be loaded."""
    head = head_of(path_of(case.subject))
    not_loaded = Failure(
        "ImportError",
        f"cannot load {project.product_paths[case.module]}",
        f"{path_of(case.subject)}::<module>",
    )
    return (
        Rule((head,), lambda meaning: meaning == UNLOADABLE, not_loaded),
        Rule((case.subject,), lambda meaning: meaning == BROKEN, case.failures[0]),
        Rule((case.subject,), lambda meaning: meaning == OTHERWISE, case.failures[1]),
    )
