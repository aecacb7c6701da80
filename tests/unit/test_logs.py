"""The log as JSON: one object a line, whatever is in it."""

import json
import logging

from fixloop.cli.logs import JsonLines


def _record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    return logging.getLogger("fixloop.test").makeRecord(
        "fixloop.test", logging.WARNING, "file.py", 1, message, arguments, None, extra=more
    )


def test_a_record_is_one_line() -> None:
    """Time in UTC, level, logger, message, and what was given beside; a line break in a message breaks no line."""
    line = JsonLines().format(_record("partition %d:\nlost", 3, partition=3, topic="fixloop.events"))
    said = json.loads(line)
    assert "\n" not in line
    assert said.pop("time").endswith("+00:00")
    assert {
        "level": "WARNING",
        "logger": "fixloop.test",
        "message": "partition 3:\nlost",
        "partition": 3,
        "topic": "fixloop.events",
    } == said


def test_an_exception_is_told_whole() -> None:
    """With its traceback, in a field of its own; what is no JSON is written as text."""
    try:
        int("no number")
    except ValueError as error:
        record = _record("it failed", cause=error)
        record.exc_info = (type(error), error, error.__traceback__)
    said = json.loads(JsonLines().format(record))
    assert "no number" in said["cause"]
    assert said["exception"].startswith("Traceback")
