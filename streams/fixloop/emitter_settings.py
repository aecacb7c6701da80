"""The settings of emitters: what they need, and no more, since an agent waits for its hook. Standard library only."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from fixloop.errors import UsageError
from fixloop.settings_sources import Sources, home
from fixloop_schemas.vocabulary import CaptureLevel


class EmitterSettings(NamedTuple):
    """What an emitter needs, and no more: a mistake in what others need does not silence it, nor does a file that is newer than it."""

    spool_directory: Path
    """`FIXLOOP_SPOOL`: where emitters write; default `$XDG_STATE_HOME/fixloop/spool`."""
    digest_key: bytes | None
    """`FIXLOOP_DIGEST_KEY`: the organisation's key; without one, a key of this machine is made beside the spool."""
    allow: tuple[str, ...] = ()
    """`FIXLOOP_ALLOW`: names of repositories, with `*` and `?`, separated by commas; where there are any, all others are left alone."""
    deny: tuple[str, ...] = ()
    """`FIXLOOP_DENY`: names of repositories that are left alone."""
    said_level: str = CaptureLevel.DIGESTS
    """`FIXLOOP_LEVEL` as it was set."""

    def __repr__(self) -> str:
        """Without the key, which is a secret."""
        return f"EmitterSettings(spool_directory={self.spool_directory!r})"

    @property
    def level(self) -> CaptureLevel:
        """What may leave the machine of files' names and failures' texts. Raises `UsageError` where something else was set."""
        return capture_level(self.said_level)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "EmitterSettings":
        """What `environment` says, and the file that belongs to it. Raises `UsageError`."""
        sources = Sources.of(environment)
        key = sources.secret("FIXLOOP_DIGEST_KEY")
        return cls(
            spool_directory=spool_directory(sources),
            digest_key=key.encode() if key else None,
            allow=_names(sources.text("FIXLOOP_ALLOW")),
            deny=_names(sources.text("FIXLOOP_DENY")),
            said_level=sources.text("FIXLOOP_LEVEL") or CaptureLevel.DIGESTS,
        )

    def allows(self, repository: str | None) -> bool:
        """Whether work in a repository may be told; None is work in none, which no list can name."""
        if any(fnmatchcase((repository or "").lower(), name) for name in self.deny):
            return False
        return not self.allow or any(fnmatchcase((repository or "").lower(), name) for name in self.allow)


def capture_level(said: str) -> CaptureLevel:
    """The level of that name. Raises `UsageError`."""
    try:
        return CaptureLevel(said.strip().lower())
    except ValueError:
        raise UsageError(f"FIXLOOP_LEVEL has to be one of {', '.join(CaptureLevel)}, not {said!r}.") from None


def spool_directory(sources: Sources) -> Path:
    """`FIXLOOP_SPOOL`, else the user's."""
    named = sources.text("FIXLOOP_SPOOL")
    return Path(named or home(sources.environment, "XDG_STATE_HOME", ".local/state") / "fixloop/spool")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in (text or "").split(",") if name.strip())
