"""What install did to a file, so that uninstall can give back its former bytes. Kept beside the spool, for this machine's user alone.

A receipt holds what an edit took away (space between brackets, an older hook of fixloop), never a whole file: settings hold secrets.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

from fixloop.emit.hosts.whole_files import read_text, remove_file, write_text

NAME: Final = "installed.json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done to one file."""

    digest: str
    """Of the file as install left it: only then the way back is known."""
    existed: bool
    """The file was there before."""
    back: tuple[tuple[int, int, str], ...]
    """Stretches of the text, in order: where, how long, and what stood there before."""
    folders: tuple[Path, ...] = ()
    """What install made for the file."""

    @classmethod
    def of(cls, before: str | None, after: str, folders: tuple[Path, ...]) -> "Receipt":
        """For a file that went from one text (None: it was not there) to another."""
        return cls(digest_of(after), before is not None, way_back(before or "", after), folders)

    def undo(self, text: str) -> str | None:
        """The text before; None when others have changed the file since."""
        if digest_of(text) != self.digest:
            return None
        pieces, at = [], 0
        for start, length, old in self.back:
            pieces += [text[at:start], old]
            at = start + length
        return "".join([*pieces, text[at:]])


def digest_of(text: str) -> str:
    """The text in one word."""
    return hashlib.sha256(text.encode()).hexdigest()


def way_back(before: str, after: str) -> tuple[tuple[int, int, str], ...]:
    """The stretches of `after` that differ, as narrow as its lines tell, each with what `before` has there."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in new:
        starts.append(starts[-1] + len(line))
    back = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        was, now = "".join(old[i1:i2]), "".join(new[j1:j2])
        head = _in_common(was, now)
        tail = _in_common(was[head:][::-1], now[head:][::-1])
        back.append((starts[j1] + head, len(now) - head - tail, was[head : len(was) - tail]))
    return tuple(back)


def _in_common(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


@dataclass(frozen=True, slots=True)
class Receipts:
    """The file with all of them."""

    path: Path

    def of(self, file: Path) -> Receipt | None:
        """What was done to this file, if it is known."""
        try:
            told = self._all().get(str(file.resolve()))
            return None if told is None else _read(told)
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, file: Path, receipt: Receipt) -> None:
        """Remember it. Raises `OSError`."""
        told = self._all()
        told[str(file.resolve())] = {
            "digest": receipt.digest,
            "existed": receipt.existed,
            "back": receipt.back,
            "folders": [str(folder) for folder in receipt.folders],
        }
        made = self._write(told)
        if made:
            self._write({**told, "": [str(folder) for folder in made]})

    def drop(self, file: Path) -> None:
        """Forget it; the last one takes the file with it, and the folders that were made for it. Raises `OSError`."""
        told = self._all()
        if told.pop(str(file.resolve()), None) is None:
            return
        if told.keys() <= {""}:
            remove_file(self.path, [Path(folder) for folder in told.get("", [])])
        else:
            self._write(told)

    def _all(self) -> dict[str, Any]:
        try:
            told = json.loads(read_text(self.path) or "{}")
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _write(self, told: Mapping[str, Any]) -> tuple[Path, ...]:
        return write_text(self.path, json.dumps(told, indent=1) + "\n", mode=0o600, folder_mode=0o700)


def _read(told: Mapping[str, Any]) -> Receipt:
    return Receipt(
        digest=told["digest"],
        existed=told["existed"],
        back=tuple((int(start), int(length), str(old)) for start, length, old in told["back"]),
        folders=tuple(Path(folder) for folder in told["folders"]),
    )
