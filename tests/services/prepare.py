"""`python -m tests.services.prepare`: fetch everything that tests on real services need, and say what is there."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.services.cache import cache_root
from tests.services.compose_config import compose_tool
from tests.services.debian_tools import debian_tool
from tests.services.errors import ServiceError, program
from tests.services.kafka_broker import INSTALL_JAVA
from tests.services.kafka_jars import kafka_jars, kafka_version


def main() -> int:
    """Fetch what is missing; 0 if all is there, else 1 with one line for each thing that is not."""
    sys.stdout.write(f"cache        {cache_root()}\n")
    missing = 0
    for name, find in FINDERS.items():
        try:
            sys.stdout.write(f"{name:<13}{find()}\n")
        except ServiceError as failure:
            missing += 1
            sys.stdout.write(f"{name:<13}MISSING: {failure}\n")
        sys.stdout.flush()
    return 1 if missing else 0


def _java() -> str:
    return _first_line(program("java", INSTALL_JAVA), "-version")


def _kafka() -> str:
    return f"{kafka_version()}, {len(list(kafka_jars().glob('*.jar')))} jars"


def _first_line(command: str | Path, question: str) -> str:
    said = subprocess.run([command, question], capture_output=True, text=True, check=False)
    return (said.stdout or said.stderr).splitlines()[0]


def _tool(name: str) -> Callable[[], str]:
    return lambda: _first_line(debian_tool(name), "--version")


# Chromium is not among them: only the browser tests need it, and it may have to be installed as root.
FINDERS: dict[str, Callable[[], str]] = {
    "java": _java,
    "kafka": _kafka,
    "prometheus": _tool("prometheus"),
    "promtool": _tool("promtool"),
    "alertmanager": _tool("prometheus-alertmanager"),
    "amtool": _tool("amtool"),
    "compose": compose_tool,
}

if __name__ == "__main__":
    sys.exit(main())
