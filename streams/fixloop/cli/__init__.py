"""The command line. One module a command; what a command needs beyond the standard library it imports when it runs."""

import argparse
import importlib
import keyword
import sys
from collections.abc import Sequence
from typing import Final

from fixloop import __version__
from fixloop.errors import FixloopError, MissingExtraError

COMMANDS: Final = (
    "demo",
    "replay",
    "import",
    "up",
    "run",
    "install",
    "uninstall",
    "sql",
    "explain",
    "status",
    "simulate",
    "evaluate",
    "worker",
    "topics",
    "dead-letters",
    "ship",
    "hook",
    "config",
)
"""In the order of the help: what a newcomer tries first comes first. Each is a module of this package with
`configure(parser)` and `run(arguments) -> int`; the first line of its docstring is its help."""

_EXTRA_OF_MODULE: Final = {
    "pydantic": "local",
    "pydantic_settings": "local",
    "rich": "local",
    "chdb": "local",
    "clickhouse_connect": "local",
    "prometheus_client": "local",
    "faust": "worker",
    "mode": "worker",
    "kafka": "ship",
}


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the command line, with the commands `names`."""
    parser = argparse.ArgumentParser(
        prog="fixloop",
        description="Finds fix-reintroduction cycles in coding sessions: fix A, break B, fix B, and A is back.",
        epilog="Start with `fixloop demo`. Settings are environment variables; see docs/settings.md.",
    )
    parser.add_argument("--version", action="version", version=f"fixloop {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        stem = f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")
        module = importlib.import_module(f"fixloop.cli.{stem}")
        summary, _, details = (module.__doc__ or "").strip().partition("\n")
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary}\n{details}".strip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; what is wrong is one line on the standard error."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    # An agent waits for its hook: what is called by name loads no other command.
    parsed = build_parser(given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS).parse_args(given)
    try:
        code: int = parsed.run(parsed)
    except FixloopError as error:
        print(f"fixloop: {error}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        top = (error.name or "").partition(".")[0]
        if top not in _EXTRA_OF_MODULE:
            raise
        missing = MissingExtraError(f"fixloop {parsed.command}", _extra_for(parsed.command, top), top)
        print(f"fixloop: {missing}", file=sys.stderr)
        return missing.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except KeyboardInterrupt:
        return 130
    return code


def _extra_for(command: str, module: str) -> str:
    # The embedded engine is no part of a worker that lands on a server.
    of_worker = command in ("worker", "topics", "dead-letters") and module != "chdb"
    return "worker" if of_worker else _EXTRA_OF_MODULE[module]
