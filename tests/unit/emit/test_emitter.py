"""The door of emitters: who is let through."""

from pathlib import Path

import pytest

from fixloop.emit.emitter import Emitter


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
