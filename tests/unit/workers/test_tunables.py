"""The worker's own settings: options before the environment, that before the file's table."""

from pathlib import Path

import pytest

from fixloop.errors import UsageError
from fixloop.settings_sources import Origin, Sources
from fixloop.workers.tunables import Tunables, origin, variable_of

PAGE = Path(__file__).parents[3] / "docs/settings.md"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings, which is there and empty."""
    file = tmp_path / "config.toml"
    file.write_text("")
    monkeypatch.setenv("FIXLOOP_CONFIG", str(file))
    for name in Tunables.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)
    return file


def test_what_is_nearer_counts(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option before the environment, that before the file, that before the default; what is not given does not count."""
    file.write_text("[worker]\nbad_share = 0.1\nbad_least = 10\nbad_seconds = 20\nmetrics = 9464\n")
    monkeypatch.setenv("FIXLOOP_BAD_SHARE", "0.2")
    monkeypatch.setenv("FIXLOOP_BAD_LEAST", "30")
    monkeypatch.setenv("FIXLOOP_BAD_SECONDS", "")
    tunables = Tunables.read(bad_share=0.3, bad_least=None)
    assert (0.3, 30, 20.0, 1.0) == (
        tunables.bad_share,
        tunables.bad_least,
        tunables.bad_seconds,
        tunables.checkpoint_seconds,
    )
    assert ("127.0.0.1", 9464) == tunables.address
    sources = Sources.of({"FIXLOOP_CONFIG": str(file), "FIXLOOP_BAD_SHARE": "0.2"})
    assert [Origin.ENVIRONMENT, Origin.FILE, Origin.DEFAULT] == [
        origin(name, sources) for name in ("bad_share", "bad_least", "state")
    ]


@pytest.mark.parametrize(
    ("text", "variable", "value", "named"),
    [
        ("[worker]\nbad_shares = 1", "", "", "no setting 'bad_shares'"),
        ("[worker]\nbad_share = 2", "", "", "config.toml: bad_share cannot be 2"),
        ("worker = 1", "", "", "worker has to be a table"),
        ("", "FIXLOOP_BAD_SHARE", "most", "FIXLOOP_BAD_SHARE cannot be 'most'"),
        ("", "FIXLOOP_METRICS", "here", "FIXLOOP_METRICS cannot be 'here': 'here' is no "),
        ("", "FIXLOOP_LOG_FORMAT", "xml", "FIXLOOP_LOG_FORMAT cannot be 'xml'"),
        ("", "FIXLOOP_CHECKPOINT_SECONDS", "inf", "FIXLOOP_CHECKPOINT_SECONDS"),
        ("", "FIXLOOP_CHECKPOINT_SECONDS", "0", "FIXLOOP_CHECKPOINT_SECONDS"),
    ],
)
def test_what_cannot_be_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, text: str, variable: str, value: str, named: str
) -> None:
    """One sentence, with the variable, or the file and its key."""
    file.write_text(text)
    if variable:
        monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=named):
        Tunables.read()


def test_the_page_has_each_of_them() -> None:
    """docs/settings.md says of each what it sets and what it is without, as the code does."""
    page = PAGE.read_text()
    rows = page.partition("<!-- worker: written from tunables.py, and compared with it by a test -->\n")[2]
    rows = rows.partition("\n<!-- end of worker -->")[0]
    expected = "| variable | what it sets | default |\n|---|---|---|\n" + "\n".join(
        f"| `{variable_of(name)}` | {field.description} | {_default(field.default)} |"
        for name, field in Tunables.model_fields.items()
    )
    assert expected == rows


def _default(value: object) -> str:
    return "none" if value is None else f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
