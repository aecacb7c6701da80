"""Have an agent, or git, tell fixloop what happens; the change to its settings is shown first.

Without HOST: which hosts there are, which of them are in use here, and which are installed. What stands in the settings besides is
left as it is, and `fixloop uninstall HOST` gives back what was there. docs/agents.md says what each host tells.

Examples:
  fixloop install
  fixloop install claude-code
  fixloop install codex --dry-run
  fixloop install cursor --project --yes
"""

import argparse

from fixloop.emit.hosts.catalogue import BY_NAME, HOSTS
from fixloop.emit.hosts.host import HostFile
from fixloop.errors import FixloopError


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop install`."""
    from fixloop.cli.host_files import add_options

    parser.add_argument("host", nargs="?", metavar="HOST", help=", ".join(BY_NAME))
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Install, or list the hosts. Returns 1 if the change was shown and declined."""
    from fixloop.cli.host_files import carry_out, host_named, place_here
    from fixloop.emit.hosts.changes import installing

    if arguments.host is None:
        return _list(project=arguments.project)
    host = host_named(arguments.host)
    was_there = host.folder(place_here()).exists()
    made = carry_out(host, arguments, installing)
    if made is None:
        print(f"{host.title} calls this fixloop already. Nothing was changed.")
    elif made:
        print(f"{host.title} calls fixloop now. {host.then}")
        if not was_there and not arguments.project:
            print(f"It had no settings here before: is {host.title} in use on this machine?")
        if arguments.project:
            print("The path in it is that of this machine: others who share the file install for themselves.")
    return 0 if made or made is None or arguments.dry_run else 1


def _list(*, project: bool) -> int:
    from fixloop.cli.host_files import files_of, place_here

    place = place_here()
    rows = [("host", "in use here", "installed")]
    for host in HOSTS:
        folder = host.folder(place)
        try:
            installed = _installed(files_of(host, place, project=project))
        except FixloopError as error:
            installed = f"no ({error})"
        rows.append((host.name, str(folder) if folder.exists() else "-", installed))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, found, installed in rows:
        print(f"{name:<{widths[0]}}  {found:<{widths[1]}}  {installed}")
    print("\nfixloop install HOST puts the hook in, fixloop uninstall HOST takes it out.")
    return 0


def _installed(files: tuple[HostFile, ...]) -> str:
    from fixloop.cli.host_files import naming
    from fixloop.emit.hosts.changes import holds_ours, installing
    from fixloop.emit.hosts.whole_files import read_text

    states = set()
    for file in files:
        try:
            with naming(file.path):
                text = read_text(file.path)
                if text is None or not holds_ours(file, text):
                    states.add("no")
                else:
                    states.add("older, install it again" if installing(file, text, None).is_one else "yes")
        except FixloopError as error:
            states.add(str(error))
    return states.pop() if len(states) == 1 else "in part, install it again"
