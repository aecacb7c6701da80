"""The settings of emitters: what they need, and no more, since an agent waits for its hook. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from fixloop.settings_sources import Sources, home


@dataclass(frozen=True, slots=True)
class EmitterSettings:
    """What an emitter needs, and no more: a mistake in what others need does not silence it, nor does a file that is newer than it."""

    spool_directory: Path
    """`FIXLOOP_SPOOL`: where emitters write; default `$XDG_STATE_HOME/fixloop/spool`."""
    digest_key: bytes | None = field(repr=False)
    """`FIXLOOP_DIGEST_KEY`: the organisation's key; without one, a key of this machine is made beside the spool."""
    allow: tuple[str, ...] = ()
    """`FIXLOOP_ALLOW`: names of repositories, with `*` and `?`, separated by commas; where there are any, all others are left alone."""
    deny: tuple[str, ...] = ()
    """`FIXLOOP_DENY`: names of repositories that are left alone."""

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
        )

    def allows(self, repository: str | None) -> bool:
        """Whether work in a repository may be told; None is work in none, which no list can name."""
        if any(fnmatchcase((repository or "").lower(), name) for name in self.deny):
            return False
        return not self.allow or any(fnmatchcase((repository or "").lower(), name) for name in self.allow)


def spool_directory(sources: Sources) -> Path:
    """`FIXLOOP_SPOOL`, else the user's."""
    named = sources.text("FIXLOOP_SPOOL")
    return Path(named or home(sources.environment, "XDG_STATE_HOME", ".local/state") / "fixloop/spool")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in (text or "").split(",") if name.strip())
