"""The hosts that there are."""

from pathlib import Path

import pytest

from fixloop.emit.agents.hook import HOSTS as HEARD
from fixloop.emit.hosts.catalogue import BY_NAME, HOSTS
from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.host import Host, Place
from fixloop.emit.hosts.opencode_plugin import plugin_text

_PAGE = Path(__file__).parents[4] / "docs/agents.md"


def test_whoever_is_heard_can_be_installed() -> None:
    """No hook is understood that nobody can switch on."""
    assert set() == HEARD.keys() - BY_NAME.keys()


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_each_host_is_in_the_documentation(host: Host) -> None:
    """With its file, and what it tells."""
    page = _PAGE.read_text()
    assert page.count(f"| `{host.name}` |") >= 2
    place = Place({}, Path("~"), Path())
    for files in (host.files, host.project_files):
        for file in () if files is None else files(place, Command(("fixloop-hook", host.name))):
            assert f"`{file.path}`" in page or file.path.parent.name == "hooks"


def test_a_plugin_that_is_missing_is_named(tmp_path: Path) -> None:
    """The first place that has it gives its text."""
    command = Command(("/a place/fixloop-hook", "opencode"))
    with pytest.raises(FileNotFoundError, match="no plugin for OpenCode"):
        plugin_text(command, [tmp_path / "a", tmp_path / "b"])
    (tmp_path / "b").write_text("export const fixloop = 1\n")
    assert "export const fixloop = 1\n" == plugin_text(command, [tmp_path / "a", tmp_path / "b"])


def test_the_plugin_starts_the_hook_that_was_installed() -> None:
    """By its whole path, whatever is in it."""
    text = plugin_text(Command(('/a "place"/fixloop-hook', "opencode")))
    assert 'const COMMAND = ["/a \\"place\\"/fixloop-hook", "opencode"];\n' in text
    assert '["fixloop-hook"' not in text
