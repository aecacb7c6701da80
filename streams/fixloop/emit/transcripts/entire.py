"""Checkpoints of Entire: a repository's branch `entire/checkpoints/v1`, or a ref for each checkpoint, with the transcripts of its sessions.

A checkpoint holds, for each session (`0`, `1`, ...; in the oldest layout the checkpoint itself), `metadata.json` and the transcript so far
in `full.jsonl`, perhaps in pieces. Under `tasks` lie those of sub-agents. Each checkpoint repeats what the earlier ones hold; a tool call
is taken once. Which agent wrote a transcript, the metadata says.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import IO, Final

from fixloop.emit.git.working_copy import repository_name
from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source, UnreadableSourceError
from fixloop.emit.json_fields import text
from fixloop.emit.transcripts import claude_code, codex
from fixloop.errors import UsageError

BRANCH: Final = "entire/checkpoints/v1"
_REFS: Final = (f"refs/heads/{BRANCH}", f"refs/remotes/origin/{BRANCH}")
_OWN_REFS: Final = "refs/entire/checkpoints/"
_METADATA: Final = re.compile(r"(?P<folder>(?:.*/)?)metadata\.json")
_TRANSCRIPT: Final = re.compile(r"full\.jsonl(?:\.(?P<piece>\d+))?")
_TASK: Final = re.compile(r"tasks/[^/]+/agent-[\w\-]+\.jsonl")
_READERS: Final = {"claude": claude_code.read, "codex": codex.read}


@dataclass(frozen=True, slots=True)
class Transcript(Source):
    """A session's transcript in one checkpoint, read out of the repository."""

    repository: Path
    digests: tuple[str, ...]
    """Its content in git, in pieces."""
    agent: str
    session: str
    created: str
    folder: str
    """The checkpoint's, and in it the session's."""
    owner: str | None
    """`owner/name` of the repository's remote."""

    @property
    def name(self) -> str:
        """Its name, for a person."""
        return f"{self.repository}:{self.path.as_posix()}"

    def _open(self, stack: ExitStack) -> IO[bytes]:
        # With an empty format, git puts blank lines between the pieces, and a blank line says nothing.
        command = ("git", "-C", str(self.repository), "cat-file", "--batch=")
        git = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 -- git, and no shell
        process = stack.enter_context(git)
        if process.stdin is None or process.stdout is None:
            raise OSError("git was started without pipes")
        with process.stdin as wanted:
            wanted.write("".join(f"{digest}\n" for digest in self.digests).encode())
        return process.stdout


def units(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """The sessions in the repositories at `paths`, each with its transcripts in the order of the checkpoints."""
    sessions: dict[tuple[Path, str, str], list[Transcript]] = {}
    for repository in paths:
        for one in _transcripts(repository):
            sessions.setdefault((repository, one.agent, one.session), []).append(one)
    ordered = [
        sorted(unit, key=lambda one: (one.created, one.folder, "tasks/" in one.path.as_posix()))
        for unit in sessions.values()
    ]
    return [tuple(_once(unit)) for unit in sorted(ordered, key=lambda unit: unit[0].created)]


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one session."""
    transcripts = [source for source in unit if isinstance(source, Transcript)]
    for _, group in groupby(transcripts, key=lambda one: one.folder):
        together = tuple(group)
        agent = together[0].agent.lower()
        reader = next((reader for name, reader in _READERS.items() if name in agent), None)
        if reader is None:
            yield Unread(together[0].name, "a transcript of an agent that is not known here", broken=False)
            return
        yield from reader(together, replace(asked, repository=asked.repository or together[0].owner))


def _transcripts(repository: Path) -> Iterator[Transcript]:
    commits = _commits(repository)
    if not commits:
        raise UsageError(
            f"{repository} has no checkpoints: there is neither a branch {BRANCH} nor a ref below {_OWN_REFS}."
        )
    owner = repository_name(_git(repository, "config", "--get", "remote.origin.url").decode().strip())
    for commit in commits:
        listing = _git(repository, "ls-tree", "-r", "-z", commit).decode("utf-8", "replace")
        blobs = {
            path: head.split()[2]
            for head, _, path in (entry.partition("\t") for entry in listing.split("\0"))
            if path
        }
        for path in blobs:
            if match := _METADATA.fullmatch(path):
                yield from _session(repository, blobs, match["folder"], owner)


def _session(repository: Path, blobs: dict[str, str], folder: str, owner: str | None) -> Iterator[Transcript]:
    """The transcripts beside one `metadata.json`: the session's, then those of its sub-agents."""
    inside = {path[len(folder) :]: digest for path, digest in blobs.items() if path.startswith(folder)}
    pieces = {
        int(match["piece"] or 0): inside[match[0]]
        for name in inside
        if (match := _TRANSCRIPT.fullmatch(name))
    }
    if not pieces:
        return
    try:
        metadata = json.loads(_git(repository, "cat-file", "blob", inside["metadata.json"]))
    except (ValueError, RecursionError):
        metadata = {}
    known = metadata if isinstance(metadata, dict) else {}
    main = Transcript(
        path=Path(f"{folder}full.jsonl"),
        repository=repository,
        digests=tuple(pieces[number] for number in sorted(pieces)),
        agent=text(known, "agent") or "Claude Code",
        session=text(known, "session_id") or folder,
        created=text(known, "created_at"),
        folder=folder,
        owner=owner,
    )
    yield main
    for name, digest in inside.items():
        if _TASK.fullmatch(name):
            yield replace(main, path=Path(f"{folder}{name}"), digests=(digest,))


def _once(unit: Sequence[Transcript]) -> Iterator[Transcript]:
    """A checkpoint that brought nothing new holds the same content."""
    seen: set[tuple[str, ...]] = set()
    for one in unit:
        if one.digests not in seen:
            seen.add(one.digests)
            yield one


def _commits(repository: Path) -> list[str]:
    """The newest state of the branch, and every checkpoint that has a ref of its own."""
    told = _git(repository, "for-each-ref", "--format=%(refname) %(objectname)", *_REFS, _OWN_REFS).decode()
    refs = dict(line.split(" ", 1) for line in told.splitlines())
    branch = [refs[name] for name in _REFS if name in refs][:1]
    return [*branch, *(commit for name, commit in refs.items() if name.startswith(_OWN_REFS))]


def _git(repository: Path, *arguments: str) -> bytes:
    command = ("git", "-C", str(repository), *arguments)
    try:
        finished = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- git, and no shell
    except OSError as error:
        raise UnreadableSourceError(f"git cannot be started: {error}") from error
    if finished.returncode and arguments[0] != "config":
        raise UsageError(f"{repository} is no git repository that can be read: name the repository's folder.")
    return finished.stdout
