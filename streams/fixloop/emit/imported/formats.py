"""What `fixloop import` can read. A format is a module with `read`, and where one session lies in several files, `units`."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from fixloop.emit.imported.facts import Reader
from fixloop.emit.imported.sources import Source, found


@dataclass(frozen=True, slots=True)
class Format:
    """One format: where its reader is, and how it is told to a person."""

    module: str
    """With `read(unit, asked)` (see `Reader`) and perhaps `units(paths) -> list of units`."""
    about: str
    suffixes: tuple[str, ...]
    """What its files' names end in, for folders; gzip's own suffix may follow."""

    def reader(self) -> Reader:
        """The format's `read`, imported now."""
        return cast("Reader", importlib.import_module(self.module).read)

    def units(self, paths: Sequence[Path]) -> list[tuple[Source, ...]]:
        """What has to be read together, in the order in which to read it.

        Raises:
            UsageError: a path is not there, or holds none of it.
        """
        own: Callable[[Sequence[Path]], list[tuple[Source, ...]]] | None = getattr(
            importlib.import_module(self.module), "units", None
        )
        if own is not None:
            return own(paths)
        return [(Source(path),) for path in found(paths, self.suffixes)]


FORMATS: Final = {
    "claude-code": Format("fixloop.emit.transcripts.claude_code", "transcripts of Claude Code", (".jsonl",)),
    "codex": Format("fixloop.emit.transcripts.codex", "rollouts of Codex CLI", (".jsonl",)),
    "mini-swe-agent": Format(
        "fixloop.emit.transcripts.mini_swe_agent", "trajectories of mini-SWE-agent", (".json",)
    ),
    "swe-agent": Format("fixloop.emit.transcripts.swe_agent", "trajectories of SWE-agent", (".traj",)),
    "openhands": Format("fixloop.emit.transcripts.openhands", "events of OpenHands", (".json", ".jsonl")),
    "entire": Format("fixloop.emit.transcripts.entire", "a repository with checkpoints of Entire", (".git",)),
    "junit": Format("fixloop.emit.reports.junit", "JUnit XML, whoever wrote it", (".xml",)),
    "ctrf": Format("fixloop.emit.reports.ctrf", "Common Test Report Format", (".json",)),
    "go-json": Format("fixloop.emit.reports.go_json", "output of go test -json", (".json", ".jsonl")),
    "nextest": Format(
        "fixloop.emit.reports.nextest", "reports of cargo-nextest: JUnit or libtest-json", (".xml", ".json")
    ),
    "trx": Format("fixloop.emit.reports.trx", "TRX of dotnet test", (".trx",)),
}
"""Test reports stand behind the transcripts."""
