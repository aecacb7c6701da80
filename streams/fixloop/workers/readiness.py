"""Whether a worker takes part in the work, and if not, why; what `/readyz` says. Safe to use from several threads."""

from collections.abc import Callable
from threading import Lock


class Readiness:
    """The reasons of each part not to be ready. Call it for what `/readyz` asks: None, or all reasons."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reasons: dict[str, str] = {}
        self._questions: dict[str, Callable[[], str | None]] = {}

    def not_ready(self, part: str, reason: str) -> None:
        """The part cannot work now."""
        with self._lock:
            self._reasons[part] = reason

    def ready(self, part: str) -> None:
        """The part works."""
        with self._lock:
            self._reasons.pop(part, None)

    def ask(self, part: str, question: Callable[[], str | None]) -> None:
        """Let the part be asked, from any thread, each time that `/readyz` is: its reason, or None."""
        with self._lock:
            self._questions[part] = question

    def __call__(self) -> str | None:
        """The reasons; None when there is none."""
        with self._lock:
            reasons = list(self._reasons.items())
            questions = list(self._questions.items())
        reasons += [(part, reason) for part, question in questions if (reason := question()) is not None]
        return "; ".join(f"{part}: {reason}" for part, reason in reasons) or None
