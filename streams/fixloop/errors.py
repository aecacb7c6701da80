"""The errors that fixloop raises, by what the caller can do about them.

FixloopError                  one clear sentence that says what to do; the CLI prints it and exits with 1
├── UsageError                what was asked for cannot be (a wrong path, a bad option); exit code 2
├── MissingExtraError         a command needs an optional part of the installation; the sentence names it
├── UnreachableError          a broker or a store does not answer; trying again may help
└── StoreError                the store answers, and refuses
    └── StoreLockedError      another process owns the embedded store
"""


class FixloopError(Exception):
    """Anything that fixloop raises on purpose. `str(error)` is a sentence for a person."""

    exit_code = 1


class UsageError(FixloopError):
    """What was asked for cannot be done as asked."""

    exit_code = 2


class MissingExtraError(FixloopError):
    """An optional part of the installation is not there."""

    def __init__(self, command: str, extra: str, module: str) -> None:
        super().__init__(
            f"`{command}` needs the extra [{extra}] (the module {module!r} is missing). "
            f"Install it with: pip install 'fixloop[{extra}]'"
        )


class UnreachableError(FixloopError):
    """A broker or a store does not answer."""


class StoreError(FixloopError):
    """The store answers, and refuses."""


class StoreLockedError(StoreError):
    """Another process owns the embedded store."""
