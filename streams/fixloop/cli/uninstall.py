"""Take out of a host's settings what `fixloop install` put in; the change is shown first.

What was recorded stays in the spool. `FIXLOOP=off` silences a hook without taking it out.

Examples:
  fixloop uninstall claude-code
  fixloop uninstall codex --yes
"""

import argparse

from fixloop.emit.hosts.catalogue import BY_NAME


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop uninstall`."""
    from fixloop.cli.host_files import add_options

    parser.add_argument("host", metavar="HOST", help=", ".join(BY_NAME))
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Uninstall. Returns 1 if the change was shown and declined."""
    from fixloop.cli.host_files import carry_out, host_named
    from fixloop.emit.hosts.changes import uninstalling

    host = host_named(arguments.host)
    made = carry_out(host, arguments, uninstalling)
    if made is None:
        print(f"{host.title} does not call fixloop. Nothing was changed.")
    elif made:
        print(f"{host.title} does not call fixloop any more.")
    return 0 if made or made is None or arguments.dry_run else 1
