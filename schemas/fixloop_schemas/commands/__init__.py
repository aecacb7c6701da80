"""What a command line says about the tests that it runs. Pure; standard library only.

Shared by emitters and readers, so that a command that counts as a test run live counts as one in a recording, and the other way round.
"""

from fixloop_schemas.commands.calls import Called, called, is_test_run

__all__ = ["Called", "called", "is_test_run"]
