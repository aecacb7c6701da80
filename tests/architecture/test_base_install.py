"""The base install has no dependency: what rides along in other people's environments imports with the standard library alone."""

import sys

import pytest

from tests.architecture.project import SOURCE_ROOTS, run

BARE = (sys.executable, "-I", "-S", "-W", "error", "-c")
"""An interpreter without site-packages, user settings and environment variables."""

MODULES = (
    *(
        "fixloop",
        "fixloop.cli",
        "fixloop.errors",
        "fixloop.settings",
        "fixloop.kafka_errors",
        "fixloop.detect",
    ),
    *("fixloop.emit.spool.spool", "fixloop.emit.ship", "fixloop.emit.agents.shell_runs"),
    *(
        "fixloop_schemas",
        "fixloop_schemas.vocabulary",
        "fixloop_schemas.limits",
        "fixloop_schemas.cloudevents",
    ),
    *("fixloop_schemas.signature", "fixloop_schemas.path_role", "fixloop_schemas.digest"),
    *("fixloop_schemas.topics", "fixloop_schemas.tables", "fixloop_schemas.metrics"),
)


def bare(code: str) -> str:
    roots = [str(root) for root in SOURCE_ROOTS]
    return run(*BARE, f"import sys; sys.path[:0] = {roots!r}\n{code}")


@pytest.mark.parametrize("module", MODULES)
def test_modules_of_the_base_install_import_alone(module: str) -> None:
    """A missing extra is met when a command runs, never when something is imported."""
    bare(f"import {module}")


def test_the_bare_interpreter_has_no_dependency() -> None:
    """The guard guards: what has dependencies cannot be imported there."""
    with pytest.raises(AssertionError, match="No module named 'pydantic'"):
        bare("import fixloop_schemas.codec")


def test_the_command_line_can_be_read_alone() -> None:
    """Every command's help can be shown before any extra is installed."""
    said = bare("from fixloop.cli import build_parser; print(build_parser().format_help())")
    assert "replay" in said
    assert "hook" in said


def test_the_core_works_alone() -> None:
    """The core is not only importable without extras: it has a state, and can save it and read it again."""
    said = bare(
        "from fixloop.detect import new_session, restore, snapshot\n"
        "state = new_session('s')\n"
        "print(snapshot(restore(snapshot(state))) == snapshot(state))"
    )
    assert "True\n" == said


def test_the_pytest_plugin_needs_nothing_but_pytest() -> None:
    """In somebody's test environment the plugin finds pytest and asks for nothing else."""
    said = run_with_only_pytest(
        "import fixloop.emit.pytest.plugin as plugin; print(plugin.__name__)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in REFUSED))"
    )
    assert "fixloop.emit.pytest.plugin\n[]\n" == said


def run_with_only_pytest(code: str) -> str:
    refuse = (
        "import sys\n"
        "REFUSED = {'pydantic', 'pydantic_core', 'kafka', 'aiokafka', 'faust', 'mode', 'chdb', 'clickhouse_connect',\n"
        "           'prometheus_client', 'rich', 'hypothesis', 'yaml'}\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in REFUSED:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r} (refused)', name=name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    return run(sys.executable, "-W", "error", "-c", refuse + code)
