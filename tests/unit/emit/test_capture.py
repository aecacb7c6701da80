"""What a level lets out of files, and that what it lets out fits into events."""

import pytest

from fixloop.emit.capture import Capture, fitting
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_FILE_PATH
from fixloop_schemas.vocabulary import CaptureLevel

OUTSIDE = ("/etc/hosts", "../other/x.py", "..", "~/x.py", "C:/x.py", "C:\\x.py", "\\\\host\\x.py")
ODD = ("", "a\nb.py", "a\x00.py", "\udce4.py", "x" * (MAX_FILE_PATH + 1), "a\u202eb.py")


@pytest.mark.parametrize("path", [*OUTSIDE, *ODD])
@pytest.mark.parametrize("level", CaptureLevel)
def test_what_lies_outside_or_cannot_be_shown_is_a_digest_at_every_level(
    path: str, level: CaptureLevel
) -> None:
    """The digest tells it from others, and there is no plain path."""
    assert {"path", "path_role"} == set(Capture(b"k", level).file(path))


@pytest.mark.parametrize("path", ["src/shop.py", "..hidden/x.py", "größe/日本.py", "a b.py", ".env"])
def test_a_path_in_the_working_copy(path: str) -> None:
    """In plain at the levels of paths and behind it, with the same digest at every level."""
    told = [Capture(b"k", level).file(path) for level in CaptureLevel]
    assert [None, path, path] == [one.get("code_file_path") for one in told]
    assert 1 == len({one["path"] for one in told})


def test_a_thousand_long_paths_fit_into_an_event() -> None:
    """As many as fit are told in plain, all of them by digest."""
    capture = Capture(b"k", CaptureLevel.PATHS)
    files = [
        {**capture.file("日" * 1_000 + str(number)), "file_digest_after": "0" * 32} for number in range(1_000)
    ]
    told = fitting(files)
    assert len(dump(told)) < MAX_EVENT_BYTES - 16 * 1024
    assert [one["path"] for one in files] == [one["path"] for one in told]
    plain = ["code_file_path" in one for one in told]
    assert 0 < sum(plain) < 1_000
    assert plain == sorted(plain, reverse=True)
