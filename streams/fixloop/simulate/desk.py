"""Where an agent sits: it edits, restores and runs, the world answers, and everything is written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from fixloop.simulate.chronicle import (
    Change,
    Chronicle,
    Commits,
    FileEdit,
    Goal,
    Intent,
    Run,
    RunBegins,
    RunEnds,
)
from fixloop.simulate.profile import Profile
from fixloop.simulate.project import OK, Variant, head_of, path_of
from fixloop.simulate.runner import Circumstances, Runner
from fixloop.simulate.source_text import Failure, block, phrase
from fixloop.simulate.world import GONE, World
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import RestoreOperation


@dataclass(frozen=True, slots=True)
class Start:
    """How a session found its workspace, once its task was brought there."""

    cells: Mapping[str, Variant]
    revision: str


class Desk:
    """One session under way."""

    def __init__(self, profile: Profile, rng: Random, world: World, circumstances: Circumstances) -> None:
        self.profile = profile
        self.rng = rng
        self.world = world
        self.circumstances = circumstances
        self._runner = Runner(profile, rng, world, circumstances)
        self.chronicle = Chronicle(habit="")
        self.taken: set[str] = set()
        """Tests that something in the session is about."""
        self.start: Start | None = None
        """None before anything is done."""
        self._tick = 0
        self._runs = 0
        self._told: dict[tuple[str, str], tuple[str, ...]] = {}
        """The text that was last written for a meaning of a cell."""

    def chance(self, share: float) -> bool:
        """Whether something happens that happens this often."""
        return self.rng.random() < share

    def write(
        self,
        meanings: Mapping[str, str],
        intent: Intent,
        goal: Goal | None = None,
        *,
        same_text: bool = False,
        agent_id: str | None = None,
        tell: bool = True,
    ) -> Change:
        """Write cells anew, each to mean something; `same_text` writes what was written for it the last time."""
        variants = {}
        for cell, meaning in meanings.items():
            known = self._told.get((cell, meaning)) if same_text else None
            lines = () if meaning == GONE else known or block(self.rng)
            self._told[cell, meaning] = lines
            variants[cell] = Variant(meaning, lines)
        return self.set(variants, intent, goal, agent_id=agent_id, tell=tell)

    def set(
        self,
        variants: Mapping[str, Variant],
        intent: Intent,
        goal: Goal | None = None,
        *,
        restore: RestoreOperation | None = None,
        everything: bool = False,
        hidden: bool = False,
        agent_id: str | None = None,
        tell: bool = True,
    ) -> Change:
        """Set cells to given texts: by an edit, by a restore, or hidden."""
        self._begin()
        before = {cell: self.world.cells.get(cell) for cell in variants}
        paths = list(dict.fromkeys(path_of(cell) for cell in variants))
        texts = {path: self.world.text(path) for path in paths}
        effects = self.world.set(variants)
        change = Change(
            at=self.tick(),
            intent=intent,
            edits=tuple(
                FileEdit(path, path_role(path), texts[path] or None, self.world.text(path)) for path in paths
            ),
            cells={cell: (before[cell], variant) for cell, variant in variants.items()},
            effects=effects,
            goal=goal,
            restore=restore,
            everything=everything,
            hidden=hidden,
            agent_id=agent_id,
        )
        if tell:
            self.chronicle.entries.append(change)
        return change

    def to_head(self, cells: Iterable[str] | None = None) -> dict[str, Variant]:
        """What the given cells, or all that differ, say in the last commit."""
        known = self.world.committed
        wanted = known if cells is None else cells
        return {
            cell: known[cell] for cell in wanted if cell in known and known[cell] != self.world.cells[cell]
        }

    def wander(self) -> None:
        """Edit something that has nothing to do with any test, now and then."""
        if not self.chance(self.profile.wandering):
            return
        path = self.rng.choice(("docs/guide.md", "CHANGELOG.md", "tmp/probe.py", "product", "product"))
        if path == "product":
            self.write({f"{self.rng.choice(self.world.project.product_paths)}#rest": OK}, Intent.WORK)
        else:
            self.write_prose(path)

    def write_prose(self, path: str = "docs/requirements.md") -> None:
        """Edit a file that no test reads."""
        cell = head_of(path)
        self.world.layout.setdefault(path, (cell,))
        self.world.cells.setdefault(cell, Variant(OK, ()))
        self.write({cell: OK}, Intent.WORK)

    def rename(self, test: str) -> None:
        """Give a test another name."""
        case, project = self.world.cases[test], self.world.project
        new = project.framework.case_name(module_of(project.product_paths[case.module]), phrase(self.rng))
        if new not in self.world.names.values():
            self.world.names[test] = new
            self.write({case.own: self.world.meaning(case.own)}, Intent.RENAME)

    def commit(self) -> None:
        """Commit everything, if there is anything."""
        parent = self.world.revision
        revision = self.world.commit()
        if revision is not None:
            self.chronicle.entries.append(Commits(self.tick(), revision, parent))

    def look(self, *focus: str, whole: bool | None = None) -> Run:
        """Run tests as one does: mostly all of them, after some wandering, and again when something unrelated failed."""
        self.wander()
        run = self.run(*focus, whole=whole)
        unrelated = any(
            shown.outcome.red and shown.why in ("flake", "order", "environment") for shown in run.shown
        )
        if unrelated and self.chance(self.profile.reruns):
            run = self.run(*focus, whole=True if whole is None else whole)
        if (
            not run.outage
            and not any(shown.outcome.red for shown in run.shown)
            and self.chance(self.profile.commits)
        ):
            self.commit()
        return run

    def run(self, *focus: str, whole: bool | None = None, agent_id: str | None = None) -> Run:
        """One run, begun and ended."""
        run = self.begin(*focus, whole=whole, agent_id=agent_id)
        self.end(run)
        return run

    def begin(self, *focus: str, whole: bool | None = None, agent_id: str | None = None) -> Run:
        """Begin a run: what it will show is decided now."""
        run = self.watch(*focus, whole=whole, agent_id=agent_id)
        self.chronicle.entries.append(RunBegins(run))
        return run

    def begin_again(self, run: Run) -> None:
        """Tell of the beginning of a run that was only watched."""
        self.chronicle.entries.append(RunBegins(run))

    def end(self, run: Run) -> None:
        """Tell a run's results."""
        self.chronicle.entries.append(RunEnds(run))

    def watch(self, *focus: str, whole: bool | None = None, agent_id: str | None = None) -> Run:
        """A run that is not told yet."""
        self._begin()
        self._runs += 1
        return self._runner.run(f"run-{self._runs}", self.tick(), focus, whole, agent_id)

    def _begin(self) -> None:
        if self.start is None:
            red = {
                test: verdict for test, verdict in self.world.verdicts.items() if isinstance(verdict, Failure)
            }
            self.chronicle.from_the_start = red
            self.chronicle.revision = parent = self.world.revision
            if self.world.brought:
                self.chronicle.entries.append(Commits(self.tick(), self.world.name_commit(), parent))
            self.start = Start(dict(self.world.cells), self.world.revision)

    def tick(self) -> int:
        """Time goes on."""
        self._tick += 1
        return self._tick


def module_of(product_path: str) -> str:
    """A module's name, from its product file."""
    return product_path.rpartition("/")[2].partition(".")[0]
