"""The command that hosts call: the script `fixloop-hook` of the environment that this runs in."""

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from fixloop.emit.hosts.command import MODULE, SCRIPT, Command


def hook_command(host: str) -> Command:
    """`fixloop-hook HOST` by its whole path: a host that was started from a menu has another PATH than the shell of its user."""
    windows = os.name == "nt"
    for folder in _folders():
        script = folder / (f"{SCRIPT}.exe" if windows else SCRIPT)
        if script.is_file():
            return Command((str(script), host), windows)
    return Command((sys.executable, "-m", MODULE, host), windows)


def _folders() -> Iterator[Path]:
    yield Path(sys.executable).absolute().parent
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    yield Path(sys.argv[0]).absolute().parent
