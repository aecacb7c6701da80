"""One broker for a whole test session, shared by the worker processes of a parallel run."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.services.cache import locked
from tests.services.errors import ServiceError
from tests.services.kafka_broker import start_broker

_KEEPERS: list[subprocess.Popen[str]] = []  # nobody waits for them: they end after us


@dataclass(frozen=True, slots=True)
class SharedBroker:
    """A broker that others use too: it has an address and cannot be stopped."""

    bootstrap: str


@contextmanager
def shared_broker(meeting_place: Path) -> Iterator[SharedBroker]:
    """The broker that all who name the same directory share.

    Who comes first starts a keeper for it. Each user holds a lock, also by dying gives it up, and leaves without
    waiting for the others; the keeper waits for the lock of all of them and ends the broker then.

    Raises:
        ServiceError: the broker did not start; it carries what the keeper said.
    """
    with ExitStack() as stack:
        with locked(meeting_place / "kafka-start.lock"):
            bootstrap = _joined(meeting_place, stack) or _started(meeting_place, stack)
        yield SharedBroker(bootstrap)


def _joined(meeting_place: Path, stack: ExitStack) -> str:
    found = _address(meeting_place)
    if not found:
        return ""
    name, bootstrap = found
    stack.enter_context(locked(_users(meeting_place, name), shared=True))
    # While we waited for the lock its keeper may have ended the broker, and has then taken the address away.
    return bootstrap if _address(meeting_place) == found else ""


def _started(meeting_place: Path, stack: ExitStack) -> str:
    name = uuid4().hex[:8]
    stack.enter_context(locked(_users(meeting_place, name), shared=True))
    said = meeting_place / f"kafka-keeper-{name}.log"
    command = [sys.executable, "-m", "tests.services.shared_broker", str(meeting_place), name]
    with said.open("w", encoding="utf-8") as log:
        keeper = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[2],  # where `tests` is found
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    _KEEPERS.append(keeper)
    assert keeper.stdout is not None
    with keeper.stdout as line:
        bootstrap = line.readline().strip()
    if not bootstrap:
        raise ServiceError(f"no broker for the tests: {said.read_text(encoding='utf-8')[-2000:]}")
    return bootstrap


def _address(meeting_place: Path) -> tuple[str, str] | None:
    try:
        name, bootstrap = (meeting_place / "kafka-address").read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return None
    return name, bootstrap


def _users(meeting_place: Path, name: str) -> Path:
    return meeting_place / f"kafka-users-{name}.lock"


def keep(meeting_place: Path, name: str) -> None:
    """Start the broker, print where it is, and end it once nobody uses it any more."""
    data = meeting_place / f"kafka-{name}"
    address = meeting_place / "kafka-address"
    broker = start_broker(data)
    try:
        address.write_text(f"{name} {broker.bootstrap}", encoding="utf-8")
        sys.stdout.write(f"{broker.bootstrap}\n")
        sys.stdout.flush()
        with locked(_users(meeting_place, name)):
            address.unlink()  # who comes from now on starts a broker of their own
            broker.kill()  # its data goes too, so nothing is gained by an orderly end
    finally:
        broker.kill()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    try:
        keep(Path(sys.argv[1]), sys.argv[2])
    except ServiceError as failure:
        sys.exit(str(failure))
