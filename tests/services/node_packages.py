"""The packages that a plugin in JavaScript is built and tested with, installed from its lock file once and kept in the cache.

The plugin's folder stays as it is: `workbench` lays out what is needed of it elsewhere, with the packages beside it.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.services.cache import cached
from tests.services.errors import ServiceError

_MANIFESTS = ("package.json", "package-lock.json")
_BUILT = ("node_modules", "dist", "out", "*.vsix", "*.tgz")


def node() -> str:
    """The program `node`; the test is skipped where there is none."""
    return _tool("node")


def installed(folder: Path) -> Path:
    """A folder with the manifests of the package in `folder` and its `node_modules`, for reading.

    What it is named for is the lock file's digest and Node's version: packages that did not change are not installed again.

    Raises:
        ServiceError: npm could not install them; the message holds what it said.
    """
    npm = _tool("npm")
    version = _said([node(), "--version"], folder).strip()
    digest = hashlib.sha256(version.encode())
    for name in _MANIFESTS:
        digest.update((folder / name).read_bytes())

    def fill(directory: Path) -> None:
        for name in (*_MANIFESTS, ".npmrc"):
            if (folder / name).exists():
                shutil.copy(folder / name, directory)
        _said([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], directory)

    return cached(f"node-{folder.name}-{digest.hexdigest()[:16]}", fill)


def workbench(target: Path, *folders: Path) -> Path:
    """Copies of package folders side by side in `target`, without what was built; the first one's has its packages, and is returned.

    `node_modules` is a link into the cache, so that it costs nothing and must not be written to.
    """
    for folder in folders:
        shutil.copytree(folder, target / folder.name, ignore=shutil.ignore_patterns(*_BUILT))
    first = target / folders[0].name
    (first / "node_modules").symlink_to(installed(folders[0]) / "node_modules", target_is_directory=True)
    return first


def run_in(folder: Path, *command: str, **environment: str) -> str:
    """What a command prints in `folder`, with the programs of its packages on PATH.

    Raises:
        ServiceError: it failed; the message holds what it said.
    """
    path = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return _said(list(command), folder, {**os.environ, "PATH": path, **environment})


def _said(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode != 0:
        raise ServiceError(
            f"{' '.join(command)} failed in {folder} ({done.returncode}):\n{(done.stdout + done.stderr)[-4000:]}"
        )
    return done.stdout


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"'{name}' is not on PATH: install Node.js 20 or later")
    return found
