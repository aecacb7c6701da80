"""Labels of recorded sessions: what somebody who read a session says of it."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from fixloop_schemas.vocabulary import Kind


class LabelError(ValueError):
    """A file of labels is not one; the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label of one session."""

    file: str
    session: str
    name: str
    positive: bool
    kind: Kind | None
    """The kind that the label speaks of; None for a session that is clean, or a reason that no table knows."""


def read_labels(text: str) -> tuple[Label, ...]:
    """The labels in a JSON list of `{file, session, label, ...}`.

    A `look_alike_` reason that the table does not know is negative without a kind.

    Raises:
        LabelError: not such a list, or a label that is neither positive, a look-alike, nor clean.
    """
    try:
        entries = json.loads(text)
        return tuple(_label(entry, _table()) for entry in entries)
    except (ValueError, TypeError, KeyError) as error:
        raise LabelError(f"not a list of labels: {error}") from error


def by_session(labels: Iterable[Label]) -> dict[tuple[str, str], Label]:
    """The labels by (file, session); of several for one session a positive one counts."""
    found: dict[tuple[str, str], Label] = {}
    for label in labels:
        known = found.get((label.file, label.session))
        if known is None or (label.positive and not known.positive):
            found[label.file, label.session] = label
    return found


def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("fixloop.evaluate").joinpath("label_table.toml").read_text("utf-8"))


def _label(entry: Mapping[str, Any], table: Mapping[str, Mapping[str, str]]) -> Label:
    name = str(entry["label"])
    positive = name in table["positive"]
    if not positive and name not in table["negative"] and not name.startswith("look_alike_"):
        raise LabelError(f"{name!r} is no label that is known")
    kind = table["positive"].get(name) or table["negative"].get(name) or None
    return Label(str(entry["file"]), str(entry["session"]), name, positive, Kind(kind) if kind else None)
