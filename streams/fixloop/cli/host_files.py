"""What install and uninstall have in common: a host's files are read, the change is shown and asked for, and then made."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fixloop.cli.hook_command import hook_command
from fixloop.emit.git.working_copy import working_copy
from fixloop.emit.hosts.catalogue import BY_NAME
from fixloop.emit.hosts.changes import Change
from fixloop.emit.hosts.host import Host, HostFile, Place
from fixloop.emit.hosts.receipts import NAME, Receipt, Receipts
from fixloop.emit.hosts.whole_files import read_text, remove_file, write_text
from fixloop.errors import FixloopError, UsageError
from fixloop.settings_sources import home

Plan = Callable[[HostFile, str | None, Receipt | None], Change]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of both commands."""
    parser.add_argument(
        "--project",
        action="store_true",
        help="the settings of the repository that this folder is in, instead of yours",
    )
    parser.add_argument("-y", "--yes", action="store_true", help="make the change without asking")
    parser.add_argument("--dry-run", action="store_true", help="show the change, and make none")


def host_named(name: str) -> Host:
    """The host of that name. Raises `UsageError`."""
    if name not in BY_NAME:
        raise UsageError(f"There is no host {name!r}. There are {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def place_here() -> Place:
    """Whose settings are meant: those of whoever runs this, and of the repository around the current folder."""
    here = Path.cwd()
    copy = working_copy(here)
    return Place(os.environ, Path(os.environ.get("HOME") or Path.home()), copy.root if copy else here)


def files_of(host: Host, place: Place, *, project: bool) -> tuple[HostFile, ...]:
    """The files to change; those of the project where the host has no others. Raises `FixloopError` where there can be none."""
    listed = host.project_files if project or host.files is None else host.files
    try:
        return listed(place, hook_command(host.name))
    except ValueError as error:
        raise FixloopError(f"{host.title}: {error}.") from error


def receipts_of(place: Place) -> Receipts:
    """What install did so far; in one place, wherever the spool is."""
    return Receipts(home(place.environment, "XDG_STATE_HOME", ".local/state") / "fixloop" / NAME)


def carry_out(host: Host, arguments: argparse.Namespace, plan: Plan) -> bool | None:
    """Plan the change of all files of a host, show it, ask, and make it.

    Returns:
        Whether it was made; None if there is nothing to change.

    Raises:
        FixloopError: a file is not what it should be or cannot be written, or nobody was there to ask.
    """
    place = place_here()
    receipts, changes = receipts_of(place), []
    for file in files_of(host, place, project=arguments.project):
        with naming(file.path):
            changes.append(plan(file, read_text(file.path), receipts.of(file.path)))
    changes = [change for change in changes if change.is_one]
    if not changes:
        return None
    for change in changes:
        print(change.shown(), end="\n\n")
    if arguments.dry_run or not (arguments.yes or _agreed(len(changes))):
        print("Nothing was changed.")
        return False
    for change in changes:
        with naming(change.file.path):
            _make(change, receipts)
    return True


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Errors inside are the file's, and say so."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise FixloopError(f"{path} is no text in UTF-8. It was left as it is.") from error
    except OSError as error:
        raise FixloopError(f"{path}: {error.strerror or error}. It was left as it is.") from error
    except ValueError as error:
        raise FixloopError(f"{path} cannot be read: {error}. It was left as it is.") from error


def _agreed(files: int) -> bool:
    if not sys.stdin.isatty():
        raise FixloopError(
            "Nothing was changed: nobody is here to ask. Run it again with --yes to make this change."
        )
    print(
        f"Make this change to {'the file' if files == 1 else f'these {files} files'}? [y/N] ",
        end="",
        flush=True,
    )
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _make(change: Change, receipts: Receipts) -> None:
    path = change.file.path
    if read_text(path) != change.now:
        raise FixloopError(f"{path} was changed by somebody else meanwhile. Run the command again.")
    known = receipts.of(path)
    folders = () if known is None else known.folders
    if change.then is None:
        remove_file(path, folders)
    else:
        made = write_text(path, change.then, mode=0o777 if change.file.executable else 0o666)
        folders = (*folders, *made)
    with suppress(OSError):  # without a receipt, uninstall works from the file alone
        if change.then == change.without or change.then is None:
            receipts.drop(path)
        else:
            receipts.keep(path, Receipt.of(change.without, change.then, folders))
