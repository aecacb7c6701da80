"""What an edit changed, as digests: files, fragments and lines, and never a text. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fixloop.emit.events import text
from fixloop_schemas.digest import Digester
from fixloop_schemas.limits import MAX_HUNKS, MAX_LINE_HASHES_PER_HUNK

if TYPE_CHECKING:
    from fixloop.emit.capture import Capture
    from fixloop.emit.file_change import FileChange

MAX_LINE_HASHES: Final = 8_000
"""Of one edit, so that it fits into an event; of larger edits the counts and the file's digests remain."""
_MAX_COMPARED: Final = 4_000


class Stretch(NamedTuple):
    """Lines that were taken out, and lines that were put in at the same place."""

    removed: tuple[str, ...]
    added: tuple[str, ...]


def stretches_of_patch(patch: Iterable[Mapping[str, Any]]) -> tuple[Stretch, ...]:
    """The changed stretches of a structured patch: hunks with lines that begin with `+`, `-` or a blank."""
    found = []
    for hunk in patch:
        lines = [line for line in hunk.get("lines", ()) if isinstance(line, str)]
        found.append(
            Stretch(
                removed=tuple(line[1:] for line in lines if line.startswith("-")),
                added=tuple(line[1:] for line in lines if line.startswith("+")),
            )
        )
    return tuple(stretch for stretch in found if stretch.removed or stretch.added)


def stretches_between(before: str, after: str) -> tuple[Stretch, ...]:
    """The changed stretches between two texts."""
    return _between(before.splitlines(), after.splitlines())


def _between(old: Sequence[str], new: Sequence[str]) -> tuple[Stretch, ...]:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if len(old) + len(new) > _MAX_COMPARED or not old or not new:
        return (Stretch(tuple(old), tuple(new)),) if old or new else ()
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Stretch(tuple(old[a:b]), tuple(new[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )


def stretches_of(change: "FileChange", before: str | None, after: str | None) -> tuple[Stretch, ...]:
    """The changed stretches of one file's change, as far as anything of it is known.

    Args:
        change: what is known of it.
        before: the whole file before, where known.
        after: the whole file after, where known.
    """
    before = "" if change.change == "created" else before
    if change.stretches:
        return change.stretches
    if before is not None and after is not None:
        return stretches_between(before, after)
    return stretches_between(*change.fragments) if change.fragments else ()


def edit_data(
    capture: "Capture",
    path: str,
    change: "FileChange",
    stretches: Sequence[Stretch],
    *,
    before: str | None,
    after: str | None,
) -> dict[str, Any]:
    """The fields of an agent's edit.

    Args:
        capture: makes the digests.
        path: the file, as it is told.
        change: what is known of it.
        stretches: the changed lines.
        before: the whole file before, where known.
        after: the whole file after, where known.
    """
    data: dict[str, Any] = {
        **capture.file(path),
        "change": change.change,
        "origin": "agent",
        "gen_ai_tool_name": text(change.tool),
    }
    if change.user_modified:
        data["user_modified"] = True  # a person changed what the agent proposed, and it was applied so
    return data | change_data(capture, stretches, before=before, after=after, fragments=change.fragments)


def change_data(
    digester: Digester,
    stretches: Sequence[Stretch],
    *,
    before: str | None,
    after: str | None,
    fragments: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The fields of an edit that say what it changed.

    Args:
        digester: makes the digests.
        stretches: the changed lines; empty when they are not known.
        before: the whole file before, where known.
        after: the whole file after, where known.
        fragments: the text that was replaced and the one that replaced it, where the tool works so.
    """
    data: dict[str, Any] = {}
    if before is not None:
        data["file_digest_before"] = digester.text(before)
    if after is not None:
        data["file_digest_after"] = digester.text(after)
    hunks = [_hunk(digester, stretch) for stretch in stretches]
    if hunks:
        data["change_digest"] = digester.text(_canonical(hunks))
        data["lines_added"] = sum(len(stretch.added) for stretch in stretches)
        data["lines_removed"] = sum(len(stretch.removed) for stretch in stretches)
    if not fit(hunks):
        hunks = []
    if fragments is not None:
        first = hunks[0] if hunks else {}
        first["fragment_digest_before"], first["fragment_digest_after"] = map(digester.text, fragments)
        hunks = hunks or [first]
    if hunks:
        data["hunks"] = hunks
    return data


def hashed_change_data(digester: Digester, before: Sequence[str], after: Sequence[str]) -> dict[str, Any]:
    """The same of two files of which only the hashes of their lines are known."""
    hunks = [
        {"added": list(stretch.added), "removed": list(stretch.removed)}
        for stretch in _between(before, after)
    ]
    if not hunks:
        return {}
    data: dict[str, Any] = {
        "change_digest": digester.text(_canonical(hunks)),
        "lines_added": sum(len(hunk["added"]) for hunk in hunks),
        "lines_removed": sum(len(hunk["removed"]) for hunk in hunks),
    }
    return data | ({"hunks": hunks} if fit(hunks) else {})


def _hunk(digester: Digester, stretch: Stretch) -> dict[str, Any]:
    return {"added": list(digester.lines(stretch.added)), "removed": list(digester.lines(stretch.removed))}


def _canonical(hunks: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"-{','.join(hunk['removed'])}+{','.join(hunk['added'])}" for hunk in hunks)


def fit(hunks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an event can hold the hunks."""
    sides = [len(hunk[side]) for hunk in hunks for side in ("added", "removed")]
    return (
        len(hunks) <= MAX_HUNKS
        and sum(sides) <= MAX_LINE_HASHES
        and max(sides, default=0) <= MAX_LINE_HASHES_PER_HUNK
    )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
