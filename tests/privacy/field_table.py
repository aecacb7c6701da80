"""docs/privacy.md's tables, field by field, from the models: `python -m tests.privacy.field_table` writes them, and a test compares.

What a field holds follows from its type, where that says it: digests, numbers, words of a fixed list. Of a field of plain text somebody has
to say here what it may hold, or there is no table.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from fixloop.emit import events
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.generate import schema_of
from fixloop_schemas.registry import MODELS
from fixloop_schemas.vocabulary import CaptureLevel

Schema = Mapping[str, Any]

PAGE: Final = Path(__file__).parents[2] / "docs/privacy.md"
_BETWEEN: Final = re.compile(
    r"(?<=<!-- fields: written by tests\.privacy\.field_table from the models -->\n).*?(?=<!-- end of fields -->)",
    re.DOTALL,
)
_TOLD: Final = sorted(
    value
    for name, value in vars(events).items()
    if name.isupper() and isinstance(value, str) and value in MODELS
)
"""The types that emitters write."""
_DIGEST: Final = "keyed digest"
PLAIN: Final[Mapping[str, str]] = {
    "session_id": "the agent's own id of its session, what `FIXLOOP_SESSION` says, or a keyed digest of the working copy's place",
    "gen_ai_agent_name": "name of the agent",
    "gen_ai_agent_id": "the agent's own id of its sub-agent",
    "gen_ai_agent_version": "version of the agent",
    "gen_ai_provider_name": "name of the model's provider",
    "gen_ai_request_model": "name of the model",
    "gen_ai_tool_name": "name of the agent's tool",
    "vcs_repository_name": "`owner/name` of the remote, without host and credentials; without a remote, the name of the folder",
    "vcs_ref_head_name": "**name of the branch**",
    "vcs_ref_head_revision": "git's name of the commit",
    "revision": "git's name of the commit",
    "parents": "git's names of its parents",
    "run_id": "random, or from the host's own id of the call",
    "framework": "name of the test framework",
    "runner": "name of the program",
    "selectors": "**what was asked for**: files and packages within the working copy, tests, filters such as `-k` and their"
    " expression; a path outside as keyed digest",
    "test_case_name": "**name of the test**, with its file, classes and the ids of its parameters, as the runner writes it",
    "error_type": "**name of the error's class**, or a compiler's code",
    "path": _DIGEST,
}
"""Fields of text at every level. Bold is what people of the project chose."""
GATED: Final[Mapping[str, tuple[CaptureLevel, str]]] = {
    "code_file_path": (
        CaptureLevel.PATHS,
        "**path of the file** in the working copy, and nothing of one outside",
    ),
    "masked_message": (CaptureLevel.MASKED_TEXT, "**masked message** of the failure"),
}
"""Fields that leave at a level and those behind it."""
_closed: set[str] = set()


@cache
def tables() -> str:
    """Everything between the page's marks."""
    shared = schema_of(_TOLD[0], MODELS[_TOLD[0]])["$defs"][MODELS[_TOLD[0]].__name__]["properties"]
    parts = [_table("On every event", {name: shared[name] for name in SessionEvent.model_fields})]
    nested: dict[str, Schema] = {}
    for event_type in _TOLD:
        model = MODELS[event_type]
        definitions = schema_of(event_type, model)["$defs"]
        own = definitions[model.__name__]["properties"]
        told = {name: field for name, field in own.items() if name not in SessionEvent.model_fields}
        _closed.update(name for name, part in definitions.items() if "enum" in part)
        parts.append(_table(event_type, told))
        nested |= {
            name: part["properties"]
            for name, part in definitions.items()
            if "properties" in part and name != model.__name__
        }
    return "\n".join([*parts, *(_table(name, part) for name, part in nested.items())])


def fields() -> frozenset[str]:
    """The names of all fields that the tables have."""
    return frozenset(re.findall(r"^\| `(\w+)` \|", tables(), re.MULTILINE))


def page() -> str:
    """The page as it has to be."""
    return _BETWEEN.sub(lambda _: f"\n{tables()}\n", PAGE.read_text(encoding="utf-8"))


def _table(title: str, told: Schema) -> str:
    rows = [f"| `{name}` | {' | '.join(_levels(name, field))} |" for name, field in told.items()]
    return "\n".join(
        [
            f"#### {title}",
            "",
            "| field | `digests` | `paths` | `masked_text` |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _levels(name: str, field: Schema) -> Sequence[str]:
    if name not in GATED:
        return [_what(name, field), "same", "same"]
    level, what = GATED[name]
    before = list(CaptureLevel).index(level)
    return ["nothing"] * before + [what] + ["same"] * (len(CaptureLevel) - before - 1)


def _what(name: str, field: Schema) -> str:
    kinds = set(_kinds(field))
    if "text" in kinds:
        return PLAIN[name]
    (kind,) = kinds
    return kind


def _kinds(field: Schema) -> Iterator[str]:
    """What a field's schema says that it holds."""
    inner = [
        *field.get("anyOf", ()),
        *field.get("allOf", ()),
        *([field["items"]] if "items" in field else []),
    ]
    if inner:
        for one in inner:
            yield from _kinds(one)
    elif "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        yield "word of a fixed list" if name in _closed else f"[{name}](#{name.lower()})"
    elif "enum" in field or "const" in field:
        yield "word of a fixed list"
    elif field.get("type") == "string":
        yield _DIGEST if "pattern" in field else "text"
    elif field.get("type") != "null":
        yield {"boolean": "yes or no", "integer": "number", "number": "number"}[str(field["type"])]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
