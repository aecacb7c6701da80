"""Read transcripts of agents and reports of test runners, as the same events that live sessions give.

FORMAT says what PATH holds; PATH is a file (plain or gzip), a folder that is walked, or - for the standard input. The events go to the
standard output as CloudEvents JSON lines, to --out, or with --spool into the spool, where `fixloop up` and `fixloop ship` find them.
The same content gives the same events at every import. What cannot be read is left out, with its place and reason on the standard error.

Examples:
  fixloop import claude-code ~/.claude/projects | fixloop replay -
  fixloop import codex ~/.codex/sessions --out events.jsonl
  fixloop import junit build/test-results --session nightly-17
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fixloop.emit.imported.formats import FORMATS
from fixloop.errors import FixloopError, UsageError

if TYPE_CHECKING:
    from fixloop.emit.git.working_copy import WorkingCopy
    from fixloop.emit.imported.facts import Asked, Fact, Unread
    from fixloop.emit.imported.formats import Format
    from fixloop.emit.imported.numbering import Numbering
    from fixloop.emitter_settings import EmitterSettings
    from fixloop_schemas.digest import Digester

_NAMED_PLACES: Final = 20
"""So many broken places are named; the others are counted."""


@dataclass(slots=True)
class _LeftOut:
    """What was not read."""

    broken: int = 0
    unknown: int = 0
    denied: set[str] = field(default_factory=set)
    """Sessions about repositories of which nothing may be told."""

    def add(self, unread: "Unread") -> None:
        """Count it; a broken one is said with its place."""
        if not unread.broken:
            self.unknown += 1
            return
        self.broken += 1
        if self.broken <= _NAMED_PLACES:
            print(f"fixloop: {unread.place}: {unread.reason}", file=sys.stderr)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop import`."""
    known = "; ".join(f"{name}: {one.about}" for name, one in FORMATS.items())
    parser.add_argument("format", choices=tuple(FORMATS), metavar="FORMAT", help=known)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder, or -")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--out", type=Path, metavar="FILE", help="write the events here (default: standard output)"
    )
    where.add_argument("--spool", action="store_true", help="put the events into the spool (FIXLOOP_SPOOL)")
    parser.add_argument(
        "--session", metavar="ID", help="one session for everything, instead of what PATH names"
    )
    parser.add_argument("--repository", metavar="NAME", help="the repository, where PATH does not name it")


def run(arguments: argparse.Namespace) -> int:
    """Import, and say on the standard error what was left out."""
    from fixloop.emit.digest_key import capture
    from fixloop.emit.imported.facts import Asked
    from fixloop.emit.imported.numbering import Numbering
    from fixloop.emit.switch import switched_off
    from fixloop.emitter_settings import EmitterSettings

    settings = EmitterSettings.from_environment(os.environ)
    digests = capture(settings.spool_directory, settings.digest_key, settings.level)
    asked = Asked(digests, arguments.session, arguments.repository, _copy_at)
    left_out, numbering = _LeftOut(), Numbering()
    everything = _facts(FORMATS[arguments.format], arguments.paths, asked, left_out)
    facts = _allowed(everything, settings, left_out)
    if arguments.spool:
        if switched_off(os.environ):
            raise UsageError(
                "FIXLOOP switches everything off: nothing goes into the spool. Unset it, or import to a file."
            )
        written, more = _into_spool(facts, numbering, settings.spool_directory, digests)
    else:
        written, more = _into_file(facts, numbering, arguments.out), []
    print(_summary(written, numbering, left_out, more), file=sys.stderr)
    return 0


@lru_cache(maxsize=10_000)
def _copy_at(folder: str) -> "WorkingCopy | None":
    from fixloop.emit.git.working_copy import working_copy

    path = Path(folder)
    return working_copy(path) if path.is_absolute() and path.is_dir() else None


def _allowed(facts: "Iterator[Fact]", settings: "EmitterSettings", left_out: _LeftOut) -> "Iterator[Fact]":
    """Without what is about repositories of which nothing may be told; where the owner is not known, the name alone denies."""
    denied = tuple(pattern.rpartition("/")[2] for pattern in settings.deny)
    for fact in facts:
        name = fact.attribution.get("vcs_repository_name")
        bare = (name or "").lower()
        if settings.allows(name) and not ("/" not in bare and any(fnmatchcase(bare, one) for one in denied)):
            yield fact
        else:
            left_out.denied.add(fact.session_id)


def _into_file(facts: "Iterator[Fact]", numbering: "Numbering", out: Path | None) -> int:
    from fixloop_schemas.cloudevents import dump

    written = 0
    with ExitStack() as stack:
        stream = stack.enter_context(out.open("wb")) if out else sys.stdout.buffer
        for fact in facts:
            for event in numbering.events(fact):
                stream.write(dump(event) + b"\n")
                written += 1
        stream.flush()
    return written


def _into_spool(
    facts: "Iterator[Fact]", numbering: "Numbering", spool: Path, digests: "Digester"
) -> tuple[int, list[str]]:
    from fixloop.emit.imported.into_spool import SpoolImport

    into = SpoolImport(spool, digests)
    written = sum(into.add(fact, list(numbering.events(fact))) for fact in facts)
    into.close()
    more = [f"{into.known} that were there already"] if into.known else []
    if into.watched:
        more.append(f"{_counted(len(into.watched), 'session')} left out that fixloop watched live")
    return written, more


def _facts(form: "Format", paths: list[Path], asked: "Asked", left_out: _LeftOut) -> "Iterator[Fact]":
    from fixloop.emit.imported.facts import Unread
    from fixloop.emit.imported.sources import UnreadableSourceError

    read = form.reader()
    for unit in form.units(paths):
        try:
            for item in read(unit, asked):
                if isinstance(item, Unread):
                    left_out.add(item)
                else:
                    yield item
        except UnreadableSourceError as error:
            left_out.add(Unread(unit[0].name, f"the rest cannot be read: {error}"))
        except FixloopError:
            raise
        except Exception as error:
            # One transcript of a shape that nobody thought of must not cost the others.
            left_out.add(Unread(unit[0].name, f"the rest cannot be read: {type(error).__name__}"))


def _summary(written: int, numbering: "Numbering", left_out: _LeftOut, more: list[str]) -> str:
    parts = [f"{_counted(written, 'event')} of {_counted(len(numbering.sessions), 'session')}", *more]
    if numbering.repeated:
        parts.append(f"{numbering.repeated} that came twice")
    if left_out.broken:
        parts.append(f"left out: {_counted(left_out.broken, 'broken line or file', 'broken lines or files')}")
    if left_out.denied:
        parts.append(
            f"left out: {_counted(len(left_out.denied), 'session')} of repositories that FIXLOOP_ALLOW and FIXLOOP_DENY exclude"
        )
    if left_out.unknown:
        parts.append(f"left out: {left_out.unknown} of an unknown shape")
    return f"imported {', '.join(parts)}"


def _counted(count: int, one: str, several: str | None = None) -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
