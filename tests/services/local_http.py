"""Asking a server on this machine: plain HTTP, no proxy, JSON answers."""

import http.client
import json
from typing import Any

from tests.services.errors import ServiceError


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of one GET from 127.0.0.1; status 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def get_json(port: int, path: str) -> Any:
    """The JSON body of one GET.

    Raises:
        ServiceError: the status is not 200; it carries the body.
    """
    status, body = get(port, path)
    if status != 200:
        raise ServiceError(f"GET {path} answered {status}: {body.decode('utf-8', 'replace')[:1000]}")
    return json.loads(body)
