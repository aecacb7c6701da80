"""What other sessions say about a test of this one."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import WHOLE, Attribution, TestName


class CaseJudgedV1(Attribution):
    """Other sessions showed that a test is flaky. For the session that it names; it has no place in the session's order."""

    test_case_name: TestName
    flaky_in_sessions: Annotated[int, Field(ge=1, le=1000), WHOLE]
    """In how many other sessions of about that time the test changed its outcome without an edit, up to the number that settles it."""
