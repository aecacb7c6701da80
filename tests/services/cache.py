"""What is fetched once and kept between runs: jars, Debian programs, the Compose command."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_root() -> Path:
    """The cache directory: FIXLOOP_CACHE, else `fixloop` in the user's cache directory."""
    chosen = os.environ.get("FIXLOOP_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().absolute() / "fixloop"


def cached(name: str, fill: Callable[[Path], None]) -> Path:
    """The cache's directory `name`, filled by `fill` if this is the first call for it on this machine.

    `fill` writes beside the final place and the whole is renamed at the end, so that a fetch that was cut off
    is never taken for a whole one; a lock lets one of several parallel runs fetch while the others wait.
    """
    whole = cache_root() / name
    if whole.is_dir():
        return whole
    whole.parent.mkdir(parents=True, exist_ok=True)
    with locked(whole.parent / f"{name}.lock"):
        if whole.is_dir():
            return whole
        for remains in whole.parent.glob(f".{name}.*"):  # we hold the lock, so nobody is filling these
            shutil.rmtree(remains, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=whole.parent))
        try:
            fill(unfinished)
            unfinished.rename(whole)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return whole


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock between processes; it ends with its holder, even with a killed one."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
