"""The wheel holds what the packages need, and brings nothing along."""

import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.architecture.project import SOURCE_ROOTS, package_files, run


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The project's wheel, built as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_top_level_names_are_ours(wheel: zipfile.ZipFile) -> None:
    """Nothing called `tests`, `streams` or `schemas` lands in anybody's environment."""
    names = {name.split("/")[0] for name in wheel.namelist()}
    (info,) = (name for name in names if name.endswith(".dist-info"))
    assert {"fixloop", "fixloop_schemas", info} == names


def test_every_file_of_the_packages_is_in_it(wheel: zipfile.ZipFile) -> None:
    """What the code reads at run time is installed too: schemas, topics, tables, metrics, examples, recordings."""
    expected = {
        str(path.relative_to(root))
        for path in package_files()
        for root in SOURCE_ROOTS
        if path.is_relative_to(root)
    }
    assert set() == expected - set(wheel.namelist())


@pytest.mark.parametrize(
    "pattern",
    [
        "fixloop_schemas/json/*.schema.json",
        "fixloop_schemas/examples/*/valid-*.json",
        "fixloop_schemas/examples/*/invalid-*.json",
        "fixloop_schemas/topics/*.toml",
        "fixloop_schemas/tables/*.sql",
        "fixloop_schemas/metrics.toml",
        "fixloop_schemas/py.typed",
        "fixloop/py.typed",
        "fixloop/emit/hosts/opencode_plugin.js",
        "fixloop/ingest/recordings/shipped/*.jsonl.gz",
        "fixloop/ingest/recordings/shipped/SOURCES.md",
        "*.dist-info/licenses/LICENSE",
        "*.dist-info/entry_points.txt",
    ],
)
def test_data_is_in_it(wheel: zipfile.ZipFile, pattern: str) -> None:
    """Each sort of data is there, whatever else changes."""
    assert any(Path(name).match(pattern) for name in wheel.namelist())


def test_nothing_is_installed_with_it(wheel: zipfile.ZipFile) -> None:
    """Every requirement belongs to an extra."""
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_bytes(wheel.read(name))
    requirements = metadata.get_all("Requires-Dist") or []
    assert [] == [requirement for requirement in requirements if "extra ==" not in requirement]
    assert {"ship", "worker", "local", "all"} == set(metadata.get_all("Provides-Extra") or [])


def test_the_plugin_and_the_command_are_announced(wheel: zipfile.ZipFile) -> None:
    """Pytest finds the plugin, and a shell finds the command."""
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    announced = wheel.read(name).decode()
    assert "fixloop = fixloop.cli:main" in announced
    assert "fixloop = fixloop.emit.pytest.plugin" in announced
