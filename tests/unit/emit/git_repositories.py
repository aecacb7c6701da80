"""Real repositories, and emitters that work in them."""

import subprocess
from functools import partial
from pathlib import Path
from typing import Any

from fixloop.emit.emitter import Emitter
from fixloop.emit.git import catch_up as looks
from tests.unit.emit.spooled import events_of

_SETTINGS = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")

catch_up = partial(looks.catch_up, budget_seconds=30.0)
"""What a busy machine takes for git is no matter of most tests."""


def git(folder: Path, *arguments: str) -> str:
    """What git says."""
    done = subprocess.run(
        ["git", *_SETTINGS, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def a_repository(folder: Path, **files: str) -> Path:
    """A repository with one commit; `shop_py` is the file `shop.py`."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for name, text in files.items():
        (folder / name.replace("_py", ".py")).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def an_emitter(copy: Path, session: str = "s1", **environment: str) -> Emitter:
    """The emitter of a session in `copy`; its spool lies beside it."""
    spool = {"FIXLOOP_SPOOL": str(copy.parent / "spool"), "FIXLOOP_DIGEST_KEY": "k"}
    found = Emitter.here({**spool, "FIXLOOP_SESSION": session, **environment}, copy)
    assert found is not None
    return found


def said(copy: Path) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of every event but the session's start, in order, as the schemas read them."""
    return [
        (
            event.type.removeprefix("dev.fixloop.").removesuffix(".v1"),
            event.data.model_dump(exclude_none=True),
        )
        for event in events_of(copy.parent / "spool")
        if not event.type.endswith("session.started.v1")
    ]
