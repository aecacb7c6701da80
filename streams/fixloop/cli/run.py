"""Run a test command as it is, and record the run.

CMD has its own input, output, terminal and signals, and its exit code is passed on. The plugins of test runners are switched on for it
(FIXLOOP=1). Where a runner has none, --report names what it writes; Maven's and Gradle's usual places are known. A report from before
the run is not read. Without any report, the run and how it ended is recorded, and no outcome of any test.

Examples:
  fixloop run -- pytest -q
  fixloop run --report junit:build/report.xml -- gotestsum --junitfile build/report.xml ./...
  fixloop run -- mvn -q test
"""

import argparse
import os
from pathlib import Path

from fixloop.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop run`."""
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT:PATH",
        help="a report that CMD writes: junit, ctrf, go-json, nextest or trx, and its file or folder",
    )
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="-- CMD", help="the command, and its arguments"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Returns its exit code, or ends as it did."""
    from fixloop.cli.child_process import run_child
    from fixloop.emit.wrapped_run import Report, WrappedRun

    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise UsageError("Name the command: fixloop run -- pytest -q")
    reports = [Report(*_report(told)) for told in arguments.report]
    wrapped = WrappedRun(words, reports, Path.cwd())
    wrapped.before(os.environ)
    ended = run_child(words, wrapped.environment(os.environ))
    if ended.started:
        wrapped.after(os.environ, ended.code, ended.signal)
    return ended.leave()


def _report(told: str) -> tuple[str, Path]:
    from fixloop.emit.reports.fresh import FORMAT_NAMES

    form, colon, path = told.partition(":")
    if form not in FORMAT_NAMES or not colon or not path:
        raise UsageError(f"--report is FORMAT:PATH, with one of {', '.join(FORMAT_NAMES)}: {told!r} is not")
    return form, Path(path)
