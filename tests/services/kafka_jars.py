"""The jars of a Kafka broker, resolved by Maven once and kept in the cache."""

import re
import subprocess
from pathlib import Path

from tests.services.cache import cached
from tests.services.errors import ServiceError, program

POM = Path(__file__).parent / "kafka" / "pom.xml"
INSTALL_MAVEN = "Install Maven (Debian: apt-get install maven; macOS: brew install maven)."


def kafka_version() -> str:
    """The version that the pom names; it names the cache directory too, so that a new version is fetched."""
    found = re.search(r"<kafka\.version>([^<]+)<", POM.read_text(encoding="utf-8"))
    if found is None:
        raise ServiceError(f"{POM} names no kafka.version")
    return found.group(1)


def kafka_jars() -> Path:
    """The directory that holds the jars; Maven is needed only the first time.

    Raises:
        MissingProgramError: they are not cached and there is no Maven.
        ServiceError: Maven could not resolve them; the message holds what it said.
    """
    return cached(f"kafka-{kafka_version()}", _resolve)


def _resolve(directory: Path) -> None:
    maven = program("mvn", INSTALL_MAVEN)
    done = subprocess.run(
        [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={directory}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceError(
            f"Maven could not fetch Kafka {kafka_version()}:\n{(done.stdout + done.stderr)[-2000:]}"
        )
