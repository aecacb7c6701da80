"""What test runners print, read as outcomes: the second source beside plugins and reports, where there is nothing else.

One module a runner, each with `read(lines) -> Reading | None`. Pure, bounded, and linear in the output, since a hook runs it on whatever
a command printed. What was not printed is not claimed: a test has an outcome where the output names it, or where the one test that was
asked for is the one that was counted.
"""

from fixloop.emit.parsed_run import ParsedRun, Result, Totals
from fixloop.emit.shell_output.parse import parse
from fixloop.emit.shell_output.script import script_run

__all__ = ["ParsedRun", "Result", "Totals", "parse", "script_run"]
