"""Hooks put into settings and taken out: nothing else of the text changes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop.emit.hosts import hook_tables
from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.json_hooks import JsonSettings
from fixloop.emit.hosts.json_text import NotJsonError, parse

GROUPED = JsonSettings(grouped=True, comments=True, commas=True)
FLAT = JsonSettings(grouped=False, version=1, comments=True, commas=True)
COMMAND = Command(("/opt/fix loop/bin/fixloop-hook", "claude-code"))
ENTRIES = hook_tables.claude_code(COMMAND)
FLAT_ENTRIES = hook_tables.cursor(Command(("/opt/fixloop-hook", "cursor")))

_FULL = """{
    // mine
    "model": "opus", // the best
    "hooks": {
        "PostToolUse": [
            {
                "matcher": "Edit",
                "hooks": [{ "type": "command", "command": "fmt" }]
            } /* formats */
        ],
        "Stop": [{"hooks": []}]
    },
    "env": {"A": "b"}
}
"""


@pytest.mark.parametrize(
    "text",
    [
        _FULL,
        _FULL.replace("\n", "\r\n"),
        '{"a":1}',
        '{"a": 1, "b": [2]}',
        '{\n\t"a": 1\n}',
        '{\n  "a": 1, // last\n}\n',
        '{\n  "a": 1 // last\n}\n',
        '{\n  "hooks": {\n    "Stop": [ ]\n  }\n}\n',
        '\ufeff{\n  "a": 1\n}\n',
        '{"hooks": {"PostToolUse": [{"matcher": "x", "hooks": [{"command": "y"}]}]}}',
        '{\n  "hooks": {"PostToolUse": [{\n    "hooks": [{"command": "y"}]\n  }]}\n}',
    ],
)
def test_what_was_put_in_comes_out_to_the_byte(text: str) -> None:
    """Comments, indentation, ends of lines and commas are as before; in between, only more is there."""
    added = GROUPED.add(text, ENTRIES)
    assert text == GROUPED.remove(added)
    assert added == GROUPED.add(added, ENTRIES)
    was, now = parse(text).value, parse(added).value
    assert {name: value for name, value in now.items() if name != "hooks"} == {
        name: value for name, value in was.items() if name != "hooks"
    }
    for event, entries in was.get("hooks", {}).items():
        assert entries == now["hooks"][event][: len(entries)]


def test_the_text_is_written_as_the_rest_is() -> None:
    """Four spaces stay four spaces, and Windows' ends of lines stay those of Windows."""
    added = GROUPED.add(_FULL.replace("\n", "\r\n"), ENTRIES)
    assert '\r\n        "SessionStart": [\r\n            {\r\n' in added
    assert "\n" not in added.replace("\r\n", "")


def test_a_file_that_is_new_has_what_the_host_asks_for() -> None:
    """The hooks, and a version where there is one."""
    assert {"hooks"} == json.loads(GROUPED.add("", ENTRIES)).keys()
    new = json.loads(FLAT.add("\n", FLAT_ENTRIES))
    assert 1 == new["version"]
    assert [event for event, _ in FLAT_ENTRIES] == list(new["hooks"])


def test_an_older_hook_of_ours_is_replaced() -> None:
    """Whichever place it calls, and however it was written, there is one afterwards."""
    older: dict[str, Any] = json.loads(
        GROUPED.add("{}", hook_tables.claude_code(Command(("/old/fixloop-hook", "x"))))
    )
    older["hooks"]["Stop"] = [{"hooks": [{"type": "command", "command": "fixloop hook claude-code"}]}]
    added = GROUPED.add(json.dumps(older, indent=1), ENTRIES)
    assert json.loads(GROUPED.add("", ENTRIES)) == json.loads(added)


def test_hooks_that_the_host_wrote_anew_are_as_good() -> None:
    """In another order and form, with others between them: nothing is to do, and nothing is done."""
    settings = json.loads(GROUPED.add("{}", ENTRIES))
    settings["hooks"] = dict(reversed(settings["hooks"].items()))
    settings["hooks"]["PostToolUse"].append({"hooks": [{"type": "command", "command": "mine"}]})
    text = json.dumps(settings, sort_keys=True)
    assert text == GROUPED.add(text, ENTRIES)


def test_hooks_that_stand_beside_ours_stay() -> None:
    """In one group with ours, before and behind it."""
    ours = {"type": "command", "command": "/x/fixloop-hook codex"}
    left, right = {"type": "command", "command": "left"}, {"type": "command", "command": "right"}
    text = json.dumps(
        {"hooks": {"Stop": [{"hooks": [left, ours, right]}, {"hooks": [ours]}, {"hooks": [left]}]}}
    )
    expected = {"hooks": {"Stop": [{"hooks": [left, right]}, {"hooks": [left]}]}}
    assert expected == json.loads(GROUPED.remove(text))


@pytest.mark.parametrize(
    "text",
    ["[]", "7", '{"hooks": []}', '{"hooks": {"SessionStart": {}}}', "{", '{"hooks": {"SessionStart": "x"}}'],
)
def test_settings_of_another_shape_are_refused(text: str) -> None:
    """What nobody understands is nobody's to change."""
    with pytest.raises(NotJsonError):
        GROUPED.add(text, ENTRIES)


def test_what_is_shown_hides_everything_that_is_not_ours() -> None:
    """Texts and comments are hidden, names and our own hooks are not."""
    text = '{\n  "env": {"TOKEN": "sk-1"}, // sk-2\n  "b": ["sk-3"] /* sk-4 */\n}'
    shown = GROUPED.masked(GROUPED.add(text, ENTRIES))
    assert "sk-" not in shown
    assert '"TOKEN": "..."' in shown
    assert COMMAND.words[0] in shown


_KEYS = st.sampled_from(["a", "hooks ", "Stop", "PostToolUse", "é", "version"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)
_GROUPS = st.lists(
    st.fixed_dictionaries({"matcher": st.text(max_size=3), "hooks": st.lists(_VALUES, max_size=2)})
    | st.dictionaries(_KEYS, _VALUES, max_size=2),
    min_size=1,
    max_size=3,
)
_SETTINGS = st.dictionaries(_KEYS, _VALUES, max_size=3).flatmap(
    lambda settings: st.dictionaries(
        st.sampled_from(["Stop", "PostToolUse", "SessionStart"]), _GROUPS, min_size=1, max_size=3
    ).map(lambda hooks: {**settings, "hooks": hooks})
)


@given(
    settings=_SETTINGS,
    indent=st.sampled_from([None, 0, 1, 2, 4, "\t"]),
    tight=st.booleans(),
    form=st.sampled_from([(GROUPED, ENTRIES), (FLAT, FLAT_ENTRIES)]),
)
def test_any_settings_come_back_to_the_byte(
    settings: dict[str, Any],
    indent: int | str | None,
    tight: bool,
    form: tuple[JsonSettings, hook_tables.Entries],
) -> None:
    """Whatever else is in them, and however they are written."""
    how, entries = form
    settings = settings if how.version is None else {"version": 1, **settings}
    text = json.dumps(settings, indent=indent, separators=(",", ":") if tight else None)
    added = how.add(text, entries)
    assert text == how.remove(added)
    assert added == how.add(added, entries)
    assert set(json.loads(added)["hooks"]) == set(settings["hooks"]) | {event for event, _ in entries}
