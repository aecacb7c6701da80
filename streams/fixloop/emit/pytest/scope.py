"""What a pytest run was asked to run: all of the project's tests, or a selection, and which. Pure apart from resolving paths."""

import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from fixloop.emit.capture import may_lead_outside
from fixloop_schemas.digest import Digester

_MAX_SELECTORS: Final = 256
_MAX_SELECTOR: Final = 1024
_NARROWING: Final = {
    "keyword": "-k",
    "markexpr": "-m",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
}
_PATHS: Final = frozenset({"deselect", "ignore", "ignore_glob"})
_FLAGS: Final = {"lf": "--lf", "newfirst": "", "stepwise": "--sw", "doctestmodules": "--doctest-modules"}


class RunScope(NamedTuple):
    """How much was asked for."""

    everything: bool
    selectors: tuple[str, ...]


def run_scope(config: Any, root: Path, digester: Digester) -> RunScope:
    """The scope of the run that `config` describes.

    Args:
        config: pytest's configuration.
        root: the working copy's root; selectors are relative to it.
        digester: for a path outside of the working copy, which leaves as a digest only.
    """
    invoked_in = Path(str(config.invocation_params.dir))
    given = list(getattr(config.option, "file_or_dir", None) or ())
    if not given and invoked_in != Path(str(config.rootpath)):
        given = ["."]  # pytest collects the folder that it was started in
    selectors = [_place(argument, invoked_in, root, digester) for argument in given]
    if set(selectors) == {_place(".", Path(str(config.rootpath)), root, digester)}:
        selectors = []
    for option, flag in _NARROWING.items():
        value = getattr(config.option, option, None)
        for part in [value] if isinstance(value, str) else value or ():
            outside = option in _PATHS and may_lead_outside(str(part))
            told = _place(str(part), invoked_in, root, digester) if outside else part
            selectors += [f"{flag} {told}"] if part else []
    selectors += [flag for option, flag in _FLAGS.items() if flag and getattr(config.option, option, False)]
    return RunScope(not selectors, tuple(selector[:_MAX_SELECTOR] for selector in selectors[:_MAX_SELECTORS]))


def _place(argument: str, invoked_in: Path, root: Path, digester: Digester) -> str:
    path, colons, test = argument.partition("::")
    absolute = Path(os.path.normpath(invoked_in / path)).resolve()
    if absolute.is_relative_to(root) and not path.startswith(("~", "\\")):
        return absolute.relative_to(root).as_posix() + colons + test
    return digester.path(absolute.as_posix()) + colons + test
