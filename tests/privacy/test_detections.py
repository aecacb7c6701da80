"""Detection goes by digests alone."""

from pathlib import Path

from fixloop.emit.capture import Capture
from fixloop.emit.imported.facts import Asked
from fixloop_schemas import cloudevents, codec
from fixloop_schemas.vocabulary import CaptureLevel
from tests.integration.opened_store import detections_of
from tests.unit.emit.imports.claude_lines import AFTER, BEFORE, GREEN, RED, edit, shell
from tests.unit.emit.imports.reading import imported, write_lines


def test_the_same_is_found_at_every_level(tmp_path: Path) -> None:
    """A session in which a fix is taken back, told at each level: the events differ, and the detections do not."""
    lines = [
        *shell(1, "pytest -q", RED, 1),
        *edit(2, BEFORE, AFTER),
        *shell(3, "pytest -q", GREEN),
        *edit(4, AFTER, BEFORE),
        *shell(5, "pytest -q", RED, 1),
    ]
    path = write_lines(tmp_path / "s.jsonl", lines)
    told, found = [], []
    for level in CaptureLevel:
        events, _ = imported("claude-code", path, asked=Asked(Capture(b"tests", level)))
        told.append(events)
        decoded = [codec.decode(cloudevents.from_json(cloudevents.dump(event))) for event in events]
        found.append([codec.to_json_line(one) for one in detections_of(decoded)])
    assert told[0] != told[1] != told[2]
    assert found[0] == found[1] == found[2]
    assert found[0]
