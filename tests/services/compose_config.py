"""A Compose file checked as `docker compose config` checks it, on machines without a container engine too."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.services.cache import cached
from tests.services.errors import ServiceError, program

SOURCE = Path(__file__).parent / "compose"
INSTALL_GO = (
    "Install Docker Compose 2 (the `docker compose` plugin), or Go 1.24 or newer (Debian: apt-get install golang), "
    "with which its loader is built once."
)


class ComposeError(ServiceError):
    """The file was refused; the message is the Compose loader's own."""


def compose_config(path: Path, env: Mapping[str, str]) -> dict[str, Any]:
    """The resolved project: the file against the specification's schema, variables filled in from `env` alone.

    Neither this process's variables nor an .env file beside the Compose file take part, so that a test says all
    that its answer rests on.

    Raises:
        ComposeError: the file is not valid, or lacks a required variable.
        MissingProgramError: there is neither Compose 2 nor Go.
    """
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [*_command(), str(path)],
        env=own | dict(env),
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ComposeError(f"{path.name}: {done.stderr.strip() or done.stdout.strip()}")
    resolved: dict[str, Any] = json.loads(done.stdout)
    return resolved


def compose_tool() -> str:
    """What checks Compose files here, in words; builds it if need be."""
    return "docker compose" if _docker_compose() else str(_loader())


def _command() -> list[str]:
    docker = _docker_compose()
    if docker is None:
        return [str(_loader())]
    # Compose takes the file by option; an empty environment file keeps .env out.
    return ["/bin/sh", "-c", 'exec "$0" compose --env-file /dev/null -f "$1" config --format json', docker]


def _docker_compose() -> str | None:
    docker = shutil.which("docker")
    if docker is None:
        return None
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return docker if asked.returncode == 0 else None


def _loader() -> Path:
    digest = hashlib.sha256()
    for file in sorted(SOURCE.iterdir()):
        digest.update(file.read_bytes())
    return cached(f"compose-config-{digest.hexdigest()[:12]}", _build) / "compose-config"


def _build(directory: Path) -> None:
    go = program("go", INSTALL_GO)
    command = [go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(directory / "compose-config"), "."]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServiceError(f"The Compose loader could not be built:\n{done.stderr[-2000:]}")
