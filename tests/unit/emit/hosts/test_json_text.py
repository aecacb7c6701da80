"""JSON as its text: what is read, and what is refused, with the place."""

import json

import pytest

from fixloop.emit.hosts.json_text import NotJsonError, parse

_COMMENTED = '{\n  // why\n  "a": [1, 2,], /* b */ "b": null,\n}\n'


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        ' {"a" : [ 1 , -2.5e3, true,false , null ], "b\\u00e9\\n": {"c": ""}} ',
        '"text"',
        '\ufeff{"mark": "of order"}',
        '{"twice": 1, "twice": 2}',
        '{\r\n\t"windows": "\\\\path"\r\n}\r\n',
    ],
)
def test_what_is_read_is_what_python_reads(text: str) -> None:
    """The same value as the standard library's."""
    assert json.loads(text.removeprefix("\ufeff")) == parse(text, comments=False).value


def test_comments_are_read_where_they_may_stand() -> None:
    """So are commas behind the last value."""
    assert {"a": [1, 2], "b": None} == parse(_COMMENTED).value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1, column 1"),
        ('{"a": 1', "line 1, column 8"),
        ('{"a" 1}', "line 1, column 6"),
        ('{\n  "a": 1\n  "b": 2\n}', "line 3, column 3"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": 1} {}', "line 1, column 10"),
        ('{"a": 01}', "line 1, column 8"),
        ('{"a": NaN}', "line 1, column 7"),
        ('{"a": "\n"}', "line 1, column 7"),
        ('{"a": "\\x"}', "line 1, column 7"),
        ("[" * 1_000 + "]" * 1_000, "line 1, column 202"),
        ("[1,,2]", "line 1, column 4"),
        ("/* open", "line 1, column 1"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, place: str) -> None:
    """Whoever wrote it finds it."""
    with pytest.raises(NotJsonError, match=place):
        parse(text)


@pytest.mark.parametrize("text", ["{} // why", "[1,]", '{"a": /* b */ 1}'])
def test_a_strict_reader_takes_no_comments(text: str) -> None:
    """What the host would not read is not written to."""
    with pytest.raises(NotJsonError, match="line 1"):
        parse(text, comments=False, commas=False)


def test_comments_and_commas_are_two_things() -> None:
    """Gemini CLI reads the ones and refuses the others."""
    assert {"a": 1} == parse('{"a": 1 /* why */}', commas=False).value
    with pytest.raises(NotJsonError, match="column 8: a comma"):
        parse('{"a": 1,}', commas=False)
