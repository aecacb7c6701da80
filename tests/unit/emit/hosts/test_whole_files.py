"""Other people's files are replaced as a whole, and stay what they were."""

from pathlib import Path

import pytest

from fixloop.emit.hosts.whole_files import read_text, remove_file, write_text


def test_mode_and_link_stay(tmp_path: Path) -> None:
    """The file behind a link changes, with the mode that it had; nothing else is left behind."""
    real, link = tmp_path / "dotfiles/settings.json", tmp_path / "home/settings.json"
    for path in (real, link):
        path.parent.mkdir()
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to("../dotfiles/settings.json")
    assert () == write_text(link, "new\r\n")
    assert link.is_symlink()
    assert ("new\r\n", 0o640) == (read_text(real), real.stat().st_mode & 0o777)
    assert [real] == list(real.parent.iterdir())


def test_a_new_file_names_the_folders_that_were_made(tmp_path: Path) -> None:
    """So that they can go again, but only while they are empty."""
    path = tmp_path / "a/b/file"
    made = write_text(path, "x", mode=0o777)
    assert {tmp_path / "a", tmp_path / "a/b"} == set(made)
    assert path.stat().st_mode & 0o100
    (tmp_path / "a/theirs").touch()
    remove_file(path, made)
    assert [tmp_path / "a/theirs"] == list((tmp_path / "a").iterdir())


def test_a_file_that_cannot_be_written_is_as_before(tmp_path: Path) -> None:
    """No half of it, and no other file beside it."""
    folder = tmp_path / "file"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        write_text(folder, "x")
    assert [folder] == list(tmp_path.iterdir())


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    """And what is no text says so."""
    assert read_text(tmp_path / "no") is None
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        read_text(tmp_path / "bytes")
