"""`python -m fixloop.observe.probe URL`: ask a worker how it is, where there is no curl (health checks in containers).

Prints the answer; exits with 0 when it was 200, else with 1. Standard library only.
"""

import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlsplit

from fixloop.errors import UsageError

DEFAULT_URL: Final = "http://127.0.0.1:9464/readyz"
TIMEOUT_SECONDS: Final = 5


def probe(url: str = DEFAULT_URL) -> tuple[bool, str]:
    """Whether `url` answers with 200, and what it says.

    Raises:
        UsageError: `url` is no http address.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(f"Expected an address like {DEFAULT_URL}, not {url!r}.")
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status == 200, answer.read().decode("utf-8", "replace").strip()
    except (OSError, HTTPException) as error:
        return False, f"no answer from {url}: {error}"
    finally:
        connection.close()


def main(arguments: Sequence[str]) -> int:
    """Probe the address that is given, or the default. Returns the exit code."""
    try:
        well, said = probe(*arguments[:1])
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{said}\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
