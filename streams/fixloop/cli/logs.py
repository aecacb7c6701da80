"""The log of a command on its standard error: lines for people, or one JSON object a line for machines."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final, Literal

_CLIENTS: Final = ("clickhouse_connect", "urllib3")
_OF_EVERY_RECORD: Final = frozenset(
    (*vars(logging.LogRecord("", 0, "", 0, "", (), None)), "message", "asctime", "taskName")
)


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line: time, level, logger, message, what was given as `extra`, and the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def log_to_stderr(log_format: Literal["text", "json"], *, verbose: bool) -> None:
    """Log what is worth knowing; with `verbose` also what the clients of Kafka and Faust do."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines()
        if log_format == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO if verbose else logging.WARNING)
    logging.getLogger("fixloop").setLevel(logging.INFO)
    if not verbose:
        # What they meet, we say: once, and in words that name what to do.
        for client in _CLIENTS:
            logging.getLogger(client).setLevel(logging.CRITICAL)
