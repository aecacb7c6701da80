"""What speaks the Test Anything Protocol prints, `node --test` behind a pipe before all: results, with YAML behind each."""

import re
from dataclasses import dataclass, field
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.javascript import joined
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Outcome

_POINT: Final = re.compile(r"(?P<indent> *)(?P<word>ok|not ok)(?: \d+)?(?: -)?(?: (?P<rest>\S.*))?")
_SUBTEST: Final = re.compile(r"(?P<indent> *)# Subtest: (?P<title>.*)")
_PLAN: Final = re.compile(r" *1\.\.\d+.*")
_COUNT: Final = re.compile(
    r"# (?P<word>tests|pass|fail|cancelled|skipped|todo|duration_ms) (?P<number>[\d.]+)"
)
_DIRECTIVE: Final = re.compile(r" # (?:SKIP|TODO|skip|todo)\b")
_KEY: Final = re.compile(r"(?P<key>error|name|stack|type|failureType|duration_ms): ?(?P<value>.*)")


@dataclass(slots=True)
class _Point:
    titles: tuple[str, ...]
    indent: int
    ok: bool
    directive: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when nothing spoke TAP."""
    if not any(line.startswith("TAP version 1") for line in lines) and not any(
        _PLAN.fullmatch(line) for line in lines
    ):
        return None
    points, counts = _points(lines), {}
    for line in lines:
        if count := _COUNT.fullmatch(line):
            counts[count["word"]] = float(count["number"])
    if not points:
        return None
    named = Named()
    for point in points:
        if point.fields.get("type") != ["suite"]:
            took = seconds(point.fields.get("duration_ms", [""])[0], "ms")
            named.say(joined(None, point.titles), *_judged(point), duration=took)
    totals = None
    if "tests" in counts and counts["tests"] < 1e9:
        skipped = int(counts.get("skipped", 0) + counts.get("todo", 0))
        totals = Totals(
            int(counts.get("pass", 0)), int(counts.get("fail", 0)), int(counts.get("cancelled", 0)), skipped
        )
    duration = counts["duration_ms"] / 1000 if "duration_ms" in counts else None
    return Reading("node" if "tests" in counts else "tap", named.results(), totals, duration=duration)


def _judged(point: _Point) -> tuple[Outcome, Failure | None]:
    if "skip" in point.directive or "todo" in point.directive:
        return Outcome.SKIP, None
    if point.ok:
        return Outcome.PASS, None
    fields = point.fields
    kind = fields.get("name", [""])[0].strip("'")
    said = [line.strip("'") for line in fields.get("error", [])]
    stack = [f"    at {line.strip()}" for line in fields.get("stack", [])]
    text = [f"{kind}: {said[0]}" if kind and said else next(iter(said), ""), *said[1:], *stack]
    return Outcome.FAIL, failure_in("jest", text) if any(text) else None


def _points(lines: list[str]) -> list[_Point]:
    found: list[_Point] = []
    above: list[tuple[int, str]] = []
    key: str | None = None
    in_yaml = False
    for line in lines:
        if subtest := _SUBTEST.fullmatch(line):
            while above and above[-1][0] >= len(subtest["indent"]):
                above.pop()
            above.append((len(subtest["indent"]), subtest["title"]))
        elif in_yaml:
            in_yaml = line.strip() != "..."
            key = _take_field(found[-1], line, key) if in_yaml else None
        elif found and line.strip() == "---":
            in_yaml, key = True, None
        elif point := _POINT.fullmatch(line):
            found.append(_point(point, above))
    return found


def _point(found: re.Match[str], above: list[tuple[int, str]]) -> _Point:
    indent, rest = len(found["indent"]), found["rest"] or ""
    directive = _DIRECTIVE.search(rest)
    title = (rest[: directive.start()] if directive else rest).strip()
    titles = (*(name for deep, name in above if deep < indent), title)
    return _Point(titles, indent, found["word"] == "ok", directive[0].lower() if directive else "")


def _take_field(point: _Point, line: str, key: str | None) -> str | None:
    text = line.strip()
    if (found := _KEY.fullmatch(text)) and len(line) - len(line.lstrip()) <= point.indent + 2:
        value = found["value"]
        point.fields[found["key"]] = [] if value in ("|-", "|", ">-") else [value.strip("'")]
        return found["key"]
    if key is not None and len(line) - len(line.lstrip()) > point.indent + 2:
        point.fields[key].append(text)
        return key
    return None if text else key
