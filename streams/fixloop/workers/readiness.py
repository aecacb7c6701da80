"""Whether a worker takes part in the work, and if not, why; what `/readyz` says. Safe to use from several threads."""

from threading import Lock


class Readiness:
    """The reasons of each part not to be ready. Call it for what `/readyz` asks: None, or all reasons."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reasons: dict[str, str] = {}

    def not_ready(self, part: str, reason: str) -> None:
        """The part cannot work now."""
        with self._lock:
            self._reasons[part] = reason

    def ready(self, part: str) -> None:
        """The part works."""
        with self._lock:
            self._reasons.pop(part, None)

    def __call__(self) -> str | None:
        """The reasons; None when there is none."""
        with self._lock:
            return "; ".join(f"{part}: {reason}" for part, reason in self._reasons.items()) or None
