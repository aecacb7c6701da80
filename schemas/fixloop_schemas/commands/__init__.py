"""What a command line says about the tests that it runs. Pure; standard library only.

Shared by emitters and readers, so that a command that counts as a test run live counts as one in a recording, and the other way round.
"""

from typing import Final

from fixloop_schemas.commands.calls import Called, called, called_words, is_test_run
from fixloop_schemas.commands.runners import RULES

RUNNERS: Final = frozenset(rule.name for rule in RULES)
"""Programs that run tests and nothing else, or were told to: not scripts, nor a project's own tasks."""

__all__ = ["RUNNERS", "Called", "called", "called_words", "is_test_run"]
