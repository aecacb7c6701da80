"""What goes wrong with a real service, said so that the reader knows what to install or where to look."""

import shutil


class ServiceError(RuntimeError):
    """A real service could not be had, did not start or refused a question; the message says why."""


class MissingProgramError(ServiceError):
    """A program that a service needs is not on this machine; the message says what to install."""


def program(name: str, install: str) -> str:
    """The path of a program on PATH.

    Tests fail with this error and never skip: a skipped broker test would look like a passed one.

    Raises:
        MissingProgramError: it is not there; `install` says how to get it.
    """
    found = shutil.which(name)
    if found is None:
        raise MissingProgramError(
            f"'{name}' is not on PATH; these tests run real services and need it. {install}"
        )
    return found
