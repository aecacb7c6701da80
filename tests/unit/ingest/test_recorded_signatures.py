import pytest

from fixloop.ingest.recordings.reader import DIGESTER
from fixloop.ingest.recordings.signatures import failure_signature
from fixloop_schemas.events.suite_run_v1 import Signature
from fixloop_schemas.vocabulary import Level


def of(
    message: str | None, framework: str = "pytest", level: Level = Level.CASE, error: str | None = None
) -> Signature:
    """The signature of a recorded message."""
    return failure_signature(DIGESTER, framework, level, message, error)


@pytest.mark.parametrize(
    ("message", "error_type"),
    [
        ("AssertionError: 1 != 2", "AssertionError"),
        ("django.db.utils.NotSupportedError: no", "django.db.utils.NotSupportedError"),
        ("NotImplementedError", "NotImplementedError"),
        ("Failed: nomatch: 'x'", "Failed"),
        ("error: TypeError: x is no function", "TypeError"),
        ("assert 1 == 2", "AssertionError"),
        ("thread 'main' panicked at src/lib.rs:3", "panic"),
        ("PASS: it was ignored", None),
        ("Secret: hunter2", None),
        ("Asser...", None),
    ],
)
def test_the_error_type_is_read_from_the_front(message: str, error_type: str | None) -> None:
    """Only what is called like an error leaves as text."""
    assert error_type == of(message).error_type


def test_a_named_error_type_goes_first() -> None:
    """Where the recording names the type, the message does not decide."""
    assert "KeyError" == of("ValueError: no", error="KeyError").error_type


@pytest.mark.parametrize(
    ("message", "complete"),
    [
        ("ValueError: no", True),
        ("ValueError: n...", False),
        ("ValueError: n…", False),
        ("x" * 197, True),
        ("x" * 200, False),
        ("", False),
        (None, False),
    ],
)
def test_a_message_that_was_cut_is_not_complete(message: str | None, complete: bool) -> None:
    """It is compatible with any failure of the same test."""
    assert complete == of(message).complete


def test_the_same_failure_elsewhere_has_the_same_signature() -> None:
    """What varies between two runs is masked."""
    assert of("ValueError: at 0x7f01 in /tmp/a/x") == of("ValueError: at 0x9e55 in /tmp/b/x")


@pytest.mark.parametrize(
    ("message", "level", "complete", "error_type"),
    [
        ("cart_test.go:12: want 1, got 2", Level.CASE, True, None),
        ("cart_test.go:12:", Level.CASE, False, None),
        ("hooks.go:196: output of the program", Level.CASE, False, None),
        ("Staged: test.txt", Level.CASE, False, None),
        ("panic: boom", Level.CASE, True, "panic"),
        ("[build failed]", Level.GROUP, True, "build failed"),
        ("1.25s", Level.GROUP, False, None),
    ],
)
def test_in_go_only_a_test_files_line_is_surely_the_failure(
    message: str,
    level: Level,
    complete: bool,
    error_type: str | None,
) -> None:
    """Other lines may be output of the program."""
    found = of(message, "go", level)
    assert (complete, error_type) == (found.complete, found.error_type)


def test_in_go_the_file_is_the_frame_and_the_line_does_not_matter() -> None:
    """A failure keeps its signature when lines above it come or go."""
    one, other = of("cart_test.go:12: want 1", "go"), of("cart_test.go:14: want 1", "go")
    assert one == other
    assert DIGESTER.path("cart_test.go") == one.frame
