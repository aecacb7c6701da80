"""Take one call of an agent's hook from the standard input.

Agents call this; see docs/live.md for how to switch it on. It always exits with 0 and prints nothing: what
goes wrong is noted in the spool's emit.log.

Examples:
  fixloop hook claude-code < call.json
"""

import argparse

from fixloop.emit.agents.hook import HOSTS


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop hook`."""
    parser.add_argument("agent", choices=list(HOSTS), help="whose hook calls")


def run(arguments: argparse.Namespace) -> int:
    """Record one hook call."""
    from fixloop.emit.agents import hook

    return hook.main(arguments.agent)
