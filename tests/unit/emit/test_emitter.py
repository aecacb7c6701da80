"""The door of emitters: who is let through."""

from pathlib import Path

import pytest

from fixloop.emit.emitter import Emitter
from fixloop.emit.events import SESSION_STARTED
from fixloop_schemas.vocabulary import CaptureLevel


def _repository(folder: Path, name: str) -> Path:
    """A working copy, as far as emitters look."""
    git = folder / ".git"
    git.mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "config").write_text(f'[remote "origin"]\n\turl = https://host.invalid/{name}.git\n')
    return folder


def _speaks(tmp_path: Path, **settings: str) -> bool:
    copy = tmp_path / "copy"
    if not copy.exists():
        _repository(copy, "Acme/shop")
    return Emitter.here({"FIXLOOP_SPOOL": str(tmp_path / "spool"), **settings}, copy) is not None


@pytest.mark.parametrize("word", ["off", "0", "OFF", "no", "false"])
def test_off_silences_everything(tmp_path: Path, word: str) -> None:
    """And leaves no spool behind."""
    assert not _speaks(tmp_path, FIXLOOP=word)
    assert not (tmp_path / "spool").exists()


def test_lists_name_repositories(tmp_path: Path) -> None:
    """Denied wins over allowed; names are compared without their case."""
    assert _speaks(tmp_path)
    assert _speaks(tmp_path, FIXLOOP_ALLOW="other/*, acme/*")
    assert not _speaks(tmp_path, FIXLOOP_ALLOW="other/*")
    assert not _speaks(tmp_path, FIXLOOP_DENY="acme/shop")
    assert not _speaks(tmp_path, FIXLOOP_ALLOW="acme/*", FIXLOOP_DENY="*/shop")


def test_work_outside_of_any_repository_is_told_only_where_no_list_allows(tmp_path: Path) -> None:
    """What cannot be named cannot be allowed."""
    spool = {"FIXLOOP_SPOOL": str(tmp_path / "spool")}
    assert Emitter.here(spool, tmp_path) is not None
    assert Emitter.here({**spool, "FIXLOOP_ALLOW": "acme/*"}, tmp_path) is None


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({}, "digests"),
        ({"FIXLOOP_LEVEL": "paths"}, "paths"),
        ({"FIXLOOP_LEVEL": " Masked_Text"}, "masked_text"),
        ({"FIXLOOP_LEVEL": "everything"}, "digests"),
        ({"FIXLOOP_CONFIG": "config.toml"}, "paths"),
        ({"FIXLOOP_CONFIG": "config.toml", "FIXLOOP_LEVEL": "digests"}, "digests"),
    ],
)
def test_the_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], level: str) -> None:
    """As it was set; where something else was, the strictest and one line in the log, and the session's start says which holds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('level = "paths"\n')
    spool = tmp_path / "spool"
    for _ in range(2):
        emitter = Emitter.here({"FIXLOOP_SPOOL": str(spool), "HOME": str(tmp_path), **said}, tmp_path)
    assert emitter is not None
    assert CaptureLevel(level) is emitter.digester.level
    assert level == emitter.draft(SESSION_STARTED, "/x", {"reason": "startup"}).data["capture_level"]
    logged = (spool / "emit.log").read_text() if (spool / "emit.log").exists() else ""
    assert int(said.get("FIXLOOP_LEVEL") == "everything") == logged.count("FIXLOOP_LEVEL has to be one of")
