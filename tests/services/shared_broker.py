"""One broker for a whole test session, shared by the worker processes of a parallel run."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.cache import locked
from tests.services.kafka_broker import start_broker


@dataclass(frozen=True, slots=True)
class SharedBroker:
    """A broker that others use too: it has an address and cannot be stopped."""

    bootstrap: str


@contextmanager
def shared_broker(meeting_place: Path) -> Iterator[SharedBroker]:
    """The broker that all who name the same directory share.

    Who comes first starts it and ends it after the last one has left. The lock on the file of users says who is
    still there, and a user that was killed gives its lock up by dying.
    """
    address = meeting_place / "kafka-address"
    with ExitStack() as stack:
        with locked(meeting_place / "kafka-start.lock"):
            owner, bootstrap = _known(address)
            if not owner:
                owner = str(os.getpid())
                stack.enter_context(_owned(meeting_place, owner))
                bootstrap = address.read_text(encoding="utf-8").split()[1]
            stack.enter_context(locked(meeting_place / f"kafka-users-{owner}.lock", shared=True))
        yield SharedBroker(bootstrap)


def _known(address: Path) -> tuple[str, str]:
    if not address.exists():
        return "", ""
    owner, bootstrap = address.read_text(encoding="utf-8").split()
    return owner, bootstrap


@contextmanager
def _owned(meeting_place: Path, owner: str) -> Iterator[None]:
    data = meeting_place / f"kafka-{owner}"
    address = meeting_place / "kafka-address"
    broker = start_broker(data)
    try:
        address.write_text(f"{owner} {broker.bootstrap}", encoding="utf-8")
        yield
    finally:
        with locked(meeting_place / "kafka-start.lock"):
            address.unlink(missing_ok=True)  # who comes from now on starts a broker of their own
        with locked(meeting_place / f"kafka-users-{owner}.lock"):
            broker.kill()  # its data goes too, so nothing is gained by an orderly end
        shutil.rmtree(data, ignore_errors=True)
