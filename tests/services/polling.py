"""Waiting for what comes about by itself, with a deadline instead of a guessed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

from tests.services.errors import ServiceError

T = TypeVar("T")


def poll(what: str, look: Callable[[], T], *, seconds: float = 30.0, every: float = 0.05) -> T:
    """The first truthy answer of `look`.

    Raises:
        ServiceError: there was none within `seconds`; it names `what` was awaited and the last answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise ServiceError(f"{what}: not within {seconds:g} s (last answer: {answer!r})")
        time.sleep(every)
