"""A real Kafka broker: one KRaft node from its Maven artifacts, on free ports of 127.0.0.1."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services.errors import ServiceError, program
from tests.services.kafka_jars import kafka_jars
from tests.services.ports import free_ports
from tests.services.server_process import ServerProcess

INSTALL_JAVA = "Install a Java runtime, 17 or newer (Debian: apt-get install default-jre-headless)."
CLUSTER_ID = "Zml4bG9vcC10ZXN0LWtmaw"  # 16 bytes in base64: any will do
ATTEMPTS = 3  # a free port may be taken by another process before the broker has it

JAVA_OPTIONS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
)
STARTED = "Kafka Server started"  # said by KafkaRaftServer once the broker takes requests

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=BROKER://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=BROKER://127.0.0.1:{broker}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs={data}
# A topic that nobody provisioned is a mistake that a test should see.
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# Tests wait for group members: let them join and be missed quickly.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# After a SIGKILL the restarted broker may register only when its former self is given up.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
# Small in memory and on disk.
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
# Tests of compacted topics wait for the cleaner, which sleeps for fifteen seconds unless told.
log.cleaner.backoff.ms=300
log.index.size.max.bytes=1048576
"""


class KafkaBroker:
    """A broker whose data and ports outlive its process: `stop` or `kill` it, then `restart`.

    As a context manager it is stopped at the end. `start_broker` makes one.

    Args:
        directory: for its data, settings and log.
        more_settings: properties that come before those of the same name here.
        users: `--add-scram` of the storage tool, one a user.
    """

    def __init__(self, directory: Path, more_settings: str = "", users: Sequence[str] = ()) -> None:
        self._directory = directory
        self._more_settings = more_settings
        self._users = users
        self._settings = directory / "server.properties"
        self._broker_port, self._controller_port, self._internal_port = free_ports(3)
        self._process: ServerProcess | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients begin, as host:port; the same for the broker's whole life."""
        return f"127.0.0.1:{self._broker_port}"

    @property
    def log(self) -> Path:
        """The file that holds what the broker says."""
        return self._directory / "broker.log"

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.running

    def format(self) -> None:
        """Write the settings and give the empty data directory its identity."""
        self._directory.mkdir(parents=True, exist_ok=True)
        settings = (PROPERTIES + self._more_settings).format(
            broker=self._broker_port,
            controller=self._controller_port,
            internal=self._internal_port,
            data=self._directory / "data",
        )
        self._settings.write_text(settings, encoding="utf-8")
        users = [argument for user in self._users for argument in ("--add-scram", user)]
        tool = ("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._settings), *users)
        done = subprocess.run(_java(*tool), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServiceError(
                f"Kafka's storage could not be formatted:\n{(done.stdout + done.stderr)[-2000:]}"
            )

    def start(self) -> Self:
        """Start the process on the formatted directory and wait until it takes requests.

        Raises:
            ServiceError: it did not; the message holds the end of its log.
        """
        if self.running:
            raise ServiceError("the broker runs already")
        self._process = ServerProcess("the Kafka broker", _java("kafka.Kafka", str(self._settings)), self.log)
        process = self._process
        process.wait_until(lambda: STARTED in process.said())
        return self

    def stop(self) -> None:
        """End it in order; a stopped broker may be stopped again."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> Self:
        """Start it again, after stopping it if it runs, with the same data and ports."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_broker(directory: Path, more_settings: str = "", users: Sequence[str] = ()) -> KafkaBroker:
    """A fresh broker that keeps everything in `directory`, which is made if need be; ready when this returns.

    Raises:
        MissingProgramError: there is no Java, or no Maven and nothing cached; it says what to install.
        ServiceError: it did not start; the message holds the end of its log.
    """
    for attempt in range(1, ATTEMPTS + 1):
        place = directory / f"attempt-{attempt}" if attempt > 1 else directory
        broker = KafkaBroker(place, more_settings, users)
        broker.format()
        try:
            return broker.start()
        except ServiceError:
            if attempt == ATTEMPTS or "Address already in use" not in broker.log.read_text(encoding="utf-8"):
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _java(*arguments: str) -> list[str]:
    return [program("java", INSTALL_JAVA), *JAVA_OPTIONS, "-cp", f"{kafka_jars()}/*", *arguments]
