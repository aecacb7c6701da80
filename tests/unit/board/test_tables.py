from fixloop.board.line import plain
from fixloop.board.symbols import ASCII, UNICODE
from fixloop.board.tables import detections_table, result_table
from fixloop.board.terminal import coloured
from fixloop_schemas.vocabulary import Kind
from tests.unit.board.found import detection


def test_columns_are_aligned_by_what_is_in_them() -> None:
    """Numbers stand to the right, texts to the left, and what is absent is blank."""
    expected = """\
model    cycles  share
model-1       2    0.5
m             0
"""
    rows = [("model-1", 2, 0.5), ("m", 0, None)]
    assert expected == plain(result_table(("model", "cycles", "share"), rows, UNICODE))


def test_an_answer_without_rows_says_so() -> None:
    """No rows is an answer."""
    assert "model\nno rows\n" == plain(result_table(("model",), [], UNICODE))


def test_values_stay_on_one_line() -> None:
    """A line break in a value cannot break the table, and a long value is cut."""
    assert "a b c~" == plain(result_table(("x",), [("a\nb c and more",)], ASCII, max_value=6)).splitlines()[1]


def test_what_alerts_has_a_row_of_its_own_and_comes_first() -> None:
    """Look-alikes of one kind in one session share a row, below everything that alerts."""
    flaky = detection(tests=("test_b",), kind=Kind.FLAKY, laps=0)
    found = detection(tests=("t/test_core.py::test_a", "test_b"))
    rows = [row.split() for row in plain(detections_table([flaky, flaky, found], UNICODE)).splitlines()]
    assert [
        ["kind", "status", "confidence", "laps", "session", "model", "first", "test"],
        ["coupled_cycle", "open", "0.85", "1", "s1", "model-1", "test_a"],
        ["flaky", "x2", "open", "0.85", "s1", "model-1", "test_b"],
    ] == rows


def test_rows_beyond_the_limit_are_counted() -> None:
    """What does not fit into the table is said to be there."""
    both = [detection(tests=("test_a",), kind=kind) for kind in (Kind.FLAKY, Kind.REINTRODUCTION)]
    assert "+1 more rows" == plain(detections_table(both, UNICODE, max_rows=1)).splitlines()[-1]


def test_what_was_recorded_cannot_steer_the_terminal() -> None:
    """A control character in a test's name is spelled out, in colour and plain."""
    lines = detections_table([detection(tests=("test\x1b[2J",))], UNICODE)
    assert (False, False) == ("\x1b" in plain(lines), "\x1b" in coloured(lines).plain)


def test_colour_changes_no_character() -> None:
    """What is printed in colour is what is printed plain."""
    lines = detections_table([detection(tests=("test_a",))], UNICODE)
    assert plain(lines).splitlines() == [one.rstrip() for one in coloured(lines).plain.splitlines()]
