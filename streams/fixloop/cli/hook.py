"""Take one call of an agent's hook from the standard input.

Agents call this; see docs/live.md for how to switch it on. It always exits with 0 and prints nothing: what
goes wrong is noted in the spool's emit.log.

Examples:
  fixloop hook claude-code < call.json
"""

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop hook`."""
    parser.add_argument("agent", choices=["claude-code"], help="whose hook calls")


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- there is one agent so far
    """Record one hook call."""
    from fixloop.emit import claude_code_hook

    return claude_code_hook.main()
