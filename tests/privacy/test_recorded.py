"""What runners printed and reported, recorded, with the words of their failures marked: none leaves but in a masked message."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from fixloop.emit.capture import Capture
from fixloop.emit.run_events import run_events
from fixloop.emit.shell_output import parse
from fixloop_schemas.vocabulary import CaptureLevel
from tests.unit.emit.reports.test_report_files import NAMES, REPORTS, report_format, runs_of
from tests.unit.emit.shell_output.test_runner_outputs import OUTPUTS, command_of

_SIGN: Final = "Qzw"
_WORDS: Final = re.compile(r"[A-Za-z]{3,}")
Told = Callable[[str, CaptureLevel], list[Mapping[str, Any]]]


def _marked(text: str, told: Told) -> Iterator[tuple[str, str]]:
    """The text with one word of its failures' messages marked, for each word that is in no name."""
    results = told(text, CaptureLevel.MASKED_TEXT)
    messages = [one["signature"].get("masked_message", "") for one in results if "signature" in one]
    names = json.dumps([_without_message(one) for one in results]).lower()
    for word in sorted({word for message in messages for word in _WORDS.findall(message)}):
        if word.lower() not in names:
            yield word, re.sub(rf"\b{word}\b", f"{_SIGN}{word}", text)


def _without_message(result: Mapping[str, Any]) -> Mapping[str, Any]:
    signature = {
        name: value for name, value in result.get("signature", {}).items() if name != "masked_message"
    }
    return {**result, "signature": signature}


def _judge(text: str, told: Told) -> None:
    """No mark leaves at the levels without texts; at the level with them, nowhere but in messages, and some do."""
    seen = words = 0
    for word, marked in _marked(text, told):
        words += 1
        for level in CaptureLevel:
            results = told(marked, level)
            assert _SIGN not in json.dumps([_without_message(one) for one in results]), word
            assert level.has_texts or _SIGN not in json.dumps(results), word
            seen += level.has_texts and _SIGN in json.dumps(results)
    assert bool(seen) == bool(words)


def _results(events: Any) -> list[Mapping[str, Any]]:
    return [
        *({"test_case_name": "", "started": data} for _, data in events if "results" not in data),
        *(result for _, data in events for result in data.get("results", ())),
    ]


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda path: path.stem)
def test_printed(output: Path) -> None:
    """Every parser of what runners print."""

    def told(text: str, level: CaptureLevel) -> list[Mapping[str, Any]]:
        run = parse(command_of(output), text, 1)
        return _results(run_events(run, "r", Capture(b"k", level))) if run else []

    _judge(output.read_text(encoding="utf-8"), told)


@pytest.mark.parametrize("name", NAMES)
def test_reported(tmp_path: Path, name: str) -> None:
    """Every reader of reports."""
    path = tmp_path / name
    source = next(REPORTS.joinpath(name).glob("*.xml"), REPORTS / name)

    def told(text: str, level: CaptureLevel) -> list[Mapping[str, Any]]:
        path.write_text(text, encoding="utf-8")
        runs, _ = runs_of(report_format(name), [path])
        return [one for run in runs for one in _results(run_events(run, "r", Capture(b"k", level)))]

    _judge(source.read_text(encoding="utf-8"), told)
