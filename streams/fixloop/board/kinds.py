"""What each kind of detection says, in one sentence: the glossary's. Pure."""

from collections.abc import Mapping
from typing import Final

from fixloop_schemas.vocabulary import Kind

SAYS: Final[Mapping[Kind, str]] = {
    Kind.REINTRODUCTION: "A fixed bug is back.",
    Kind.COUPLED_CYCLE: "Two or more bugs bring each other back.",
    Kind.SIGNATURE_CYCLE: "One test goes from failure A to failure B and back to A, and is never green.",
    Kind.EDIT_REVERSAL: "An edit takes out what a fix put in, or a file returns to an earlier text.",
    Kind.LOST_FIX: "The same edit had to be made twice.",
    Kind.STUCK: "The same bug is there after many attempts to fix it.",
    Kind.GAMED_FIX: "A test became green because only the test was changed, skipped or deleted.",
    Kind.FLAKY: "The outcome changed and the code did not.",
    Kind.RESTORE_CHECK: "The fix was taken out to see the test fail, and put back.",
    Kind.EXPECTATION_CHURN: 'Every product edit changes the output, and every "fix" edits the expectation.',
    Kind.TEST_IN_DEVELOPMENT: "The test itself is being written or extended.",
    Kind.REQUIREMENT_CHANGE: "What is asked for changed.",
    Kind.DIFFERENT_FAILURE: "The test fails again, with another failure.",
    Kind.DIFFERENT_SCOPE: "The runs alternate between selections; what did not run did not pass.",
    Kind.PREEXISTING: "The failures were there at the start.",
    Kind.FIRST_REGRESSION: "Something broke and was repaired, and nothing that had been fixed came back.",
    Kind.ENVIRONMENT: "The machine is at fault and not the code.",
    Kind.INDEPENDENT_ATTEMPTS: "Each attempt began with a fresh tree.",
    Kind.INFRASTRUCTURE: "Most of a run failed at once.",
}
