"""The pytest plugin: off unless asked for by `--fixloop` or `FIXLOOP=1`, and then without any effect on the run it watches.

pytest loads this module in every run of an environment that has fixloop, so it imports next to nothing until it is asked for.
It is loaded by versions of pytest that it cannot watch, too: their runs must not break, so no annotation is evaluated.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fixloop.emit.switch import switched_off, switched_on

if TYPE_CHECKING:
    from collections.abc import Iterator

WATCHER = "fixloop-watcher"
_RUNS_NOTHING = ("collectonly", "setuponly", "setupplan", "showfixtures", "show_fixtures_per_test")
"""Options under which pytest reports tests that it does not run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option that there is."""
    group = parser.getgroup("fixloop", "fix-reintroduction cycles")
    group.addoption(
        "--fixloop", action="store_true", default=False, help="record this run for fixloop (also: FIXLOOP=1)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch the run if that is asked for; not in the workers of pytest-xdist, whose controller sees everything."""
    if not _wanted(config) or hasattr(config, "workerinput"):
        return
    if any(config.getoption(option, default=False) for option in _RUNS_NOTHING):
        return
    try:
        with _nothing_rewritten(config):
            from fixloop.emit.pytest.watcher import Watcher

            watcher = Watcher.for_run(config, os.environ)
    except Exception as error:
        _note(error)
        return
    if watcher is not None:
        config.pluginmanager.register(watcher, WATCHER)


def _wanted(config: pytest.Config) -> bool:
    if switched_off(os.environ):
        return False
    if config.getoption("fixloop", default=False):
        return True
    # A test that runs pytest itself inherits the variable; its inner runs are no runs of this project.
    return switched_on(os.environ) and "PYTEST_CURRENT_TEST" not in os.environ


@contextmanager
def _nothing_rewritten(config: pytest.Config) -> Iterator[None]:
    """Imports past pytest's import hook: it looks for assertions in every module of a plugin, and ours have none.

    That would be half of what importing them takes.
    """
    hook = getattr(config.pluginmanager, "rewrite_hook", None)
    if hook not in sys.meta_path:
        yield
        return
    place = sys.meta_path.index(hook)
    sys.meta_path.remove(hook)
    try:
        yield
    finally:
        sys.meta_path.insert(place, hook)


def _note(error: Exception) -> None:
    try:
        from fixloop.emit.emit_log import note_for

        note_for(os.environ, "pytest plugin", error)
    except Exception:
        return
