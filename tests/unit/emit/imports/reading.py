"""What the tests of importers share: files to read, and the events that come out."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fixloop.emit.capture import Capture
from fixloop.emit.imported.facts import Asked, Unread
from fixloop.emit.imported.formats import FORMATS
from fixloop.emit.imported.numbering import Numbering
from fixloop_schemas import cloudevents, codec
from fixloop_schemas.cloudevents import dump

DIGESTER = Capture(key=b"tests")
ASKED = Asked(DIGESTER)
Event = dict[str, Any]


def write_lines(path: Path, lines: Iterable[Mapping[str, Any] | str]) -> Path:
    """A file of JSON lines; a text is written as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{line}\n" for line in written))
    return path


def imported(name: str, *paths: Path, asked: Asked = ASKED) -> tuple[list[Event], list[Unread]]:
    """The events of `paths`, each checked by the models, and what was left out."""
    form, numbering = FORMATS[name], Numbering()
    events: list[Event] = []
    unread: list[Unread] = []
    for unit in form.units(paths):
        for item in form.reader()(unit, asked):
            if isinstance(item, Unread):
                unread.append(item)
            else:
                events += numbering.events(item)
    for event in events:
        codec.decode(cloudevents.from_json(dump(event)))
    return events, unread


def short(event: Event) -> str:
    """An event's type without what all have."""
    return str(event["type"]).removeprefix("dev.fixloop.").removesuffix(".v1")


def shorts(events: Iterable[Event]) -> list[str]:
    """The types in order."""
    return [short(event) for event in events]


def of_type(events: Iterable[Event], name: str) -> list[Event]:
    """The data of the events of one type."""
    return [event["data"] for event in events if short(event) == name]


def counts(events: Iterable[Event]) -> Mapping[str, int]:
    """How many events there are of each type."""
    return Counter(shorts(events))


def paths_of(edits: Sequence[Event], among: Iterable[str]) -> list[str]:
    """The edited files by name, of which the names have to be among these."""
    names = {DIGESTER.path(path): path for path in among}
    return [names.get(edit["path"], "?") for edit in edits]
