"""Replay recordings of real agent sessions that come with fixloop, and show the cycles in them.

The recordings hold facts only (ids, digests, names of tests, outcomes, times); docs/recordings.md names their sources.
They go through the same detection and the same tables as live events, into a store that is removed afterwards.

Examples:
  fixloop demo
  fixloop demo --data ./demo       keep the store, to ask it more:
  FIXLOOP_DATA=./demo fixloop sql "SELECT kind, count() FROM detections GROUP BY kind"
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fixloop.cli.output import show, symbols, width
from fixloop.errors import FixloopError

if TYPE_CHECKING:
    from fixloop.board.line import Line
    from fixloop.workers.demo import Demo, DemoSession

MAX_SESSIONS: Final = 6

_NEXT: Final = (
    ("fixloop replay PATH", "your own event files or recorded sessions"),
    ('fixloop sql "SELECT ..."', "questions to what you have replayed"),
    ("fixloop up", "live: watch the spool that the emitters write"),
    ("pytest --fixloop", "emit a project's test runs; docs/live.md has the editor's side"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="keep the store in DIR (default: a temporary folder, removed at the end)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo. Exit code 1 when no cycle was found."""
    from fixloop.workers.demo import run_demo

    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="fixloop-demo-") as temporary:
        demo = run_demo(arguments.data or Path(temporary))
    _print(demo, time.perf_counter() - started)
    if not any(session.cycles for session in demo.sessions):
        raise FixloopError(
            "No coupled cycle was found in the shipped recordings, though there is one in them."
        )
    return 0


def _print(demo: "Demo", seconds: float) -> None:
    from fixloop.board.line import Piece, Style, line
    from fixloop.board.symbols import legend
    from fixloop.board.tables import detections_table, result_table

    signs = symbols()
    events = sum(len(session.events) for session in demo.sessions)
    print(
        f"{len(demo.sessions)} recorded sessions of real coding agents, {events} events, "
        f"replayed into an embedded ClickHouse in {seconds:.1f} s.\n"
    )
    show(legend(signs))
    telling = sorted(
        (session for session in demo.sessions if session.alerting),
        key=lambda session: (-session.cycles, -session.alerting[0].confidence),
    )
    for session in telling[:MAX_SESSIONS]:
        show(_session(session))
    if len(telling) > MAX_SESSIONS:
        print(f"\n+{len(telling) - MAX_SESSIONS} more sessions with detections that alert")
    print("\nAll detections: first what alerts, then look-alikes, which are recorded and never alert\n")
    show(detections_table((one for session in demo.sessions for one in session.detections), signs, width()))
    print("\nOne question in SQL: reintroductions by model\n")
    show(line(Piece("  " + text, Style.FAINT)) for text in demo.question.strip().splitlines())
    print()
    show(result_table(demo.answer.columns, demo.answer.rows, signs))
    print("\nWhat to try next\n")
    show(line("  ", Piece(f"{command:<28}", Style.NAME), purpose) for command, purpose in _NEXT)


def _session(session: "DemoSession") -> "Sequence[Line]":
    from fixloop.board.evidence import evidence
    from fixloop.board.grid import grid_of
    from fixloop.board.line import line
    from fixloop.board.timeline import timeline
    from fixloop.board.title import title

    grid, signs = grid_of(session.session_id, session.events), symbols()
    lines = [line(""), *title(grid, session.events[0].data, signs), line("")]
    lines += timeline(grid, session.alerting, signs, width())
    for detection in session.alerting:
        lines += [line(""), *evidence(grid, detection, signs)]
    return lines
