"""What happened when inside of one command: `git stash && test; git stash pop` is recorded as two edits before the run.

The command itself says otherwise. An operation that stands behind the tests there, and directly before the run in the
recording, belongs behind the run.
"""

from collections.abc import Iterable, Iterator

from fixloop.ingest.recordings.line import Line
from fixloop.ingest.recordings.restores import restore_operation
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.commands import is_test_run, shell
from fixloop_schemas.vocabulary import RestoreOperation

_MAX_HELD = 8
"""The most operations that one command is expected to hold."""

Read = tuple[str, Line | Rejected]


def in_order_of_happening(lines: Iterable[Read]) -> Iterator[Read]:
    """The lines, with the operations that their own command puts behind a run moved behind it."""
    held: list[Read] = []
    for source, line in lines:
        if isinstance(line, Line) and line.kind == "test" and held:
            behind = _behind(line, [one for _, one in held])
            yield from (one for index, one in enumerate(held) if index not in behind)
            yield source, line
            yield from (held[index] for index in behind)
            held = []
        elif isinstance(line, Line) and line.kind == "edit" and restore_operation(line.text("op") or ""):
            if held and (len(held) == _MAX_HELD or not _same_session(held[-1][1], line)):
                yield from held
                held = []
            held.append((source, line))
        else:
            yield from held
            held = []
            yield source, line
    yield from held


def _behind(run: Line, held: list[Line | Rejected]) -> list[int]:
    """Which of the held operations happened after the run, by the run's own command."""
    command = run.text("command") or ""
    if "git" not in command or not _same_session(held[-1], run):
        return []
    found = shell.parts(command)
    tests = [index for index, part in enumerate(found) if is_test_run(part.words)]
    if not tests:
        return []
    operations = [_family(restore_operation(" ".join(part.words))) for part in found]
    before, after = operations[: tests[-1]], operations[tests[-1] + 1 :]
    return [
        index
        for index, line in enumerate(held)
        if isinstance(line, Line)
        and (family := _family(restore_operation(line.text("op") or ""))) in after
        and family not in before
    ]


def _family(operation: RestoreOperation | None) -> RestoreOperation | None:
    """Recorders write `git checkout FILE` as a restore."""
    return RestoreOperation.RESTORE if operation is RestoreOperation.CHECKOUT else operation


def _same_session(one: Line | Rejected, other: Line) -> bool:
    return isinstance(one, Line) and (one.dataset, one.session) == (other.dataset, other.session)
