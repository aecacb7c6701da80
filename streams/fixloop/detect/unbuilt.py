"""Groups of tests that could not be built or loaded: another failure than any test's own, and never a bug of a test."""

from fixloop.detect.detections import Findings
from fixloop.detect.facts import Failure
from fixloop.detect.outcomes import bug_id
from fixloop.detect.state import NamedBug, OpenRun, Reason, ScopeNote
from fixloop_schemas.vocabulary import Kind

_NOT_BUILT = Reason(
    "not_built", "The group could not be built or loaded since an edit: no test of it failed by itself.", 0.5
)


def fold_unbuilt(findings: Findings, run: OpenRun, before: ScopeNote | None) -> None:
    """Record, once each, the groups that the last run of the same scope had built, and this one could not, with edits in between."""
    if before is None or before.sighting.code.same_as(run.code):
        return
    repository = findings.of.who.vcs_repository_name
    for case in run.unbuilt:
        failure = case.failure or Failure()
        bug = NamedBug(bug_id(repository, case.test, failure), case.test, failure)
        if case.test not in before.unbuilt and findings.naming(Kind.DIFFERENT_FAILURE, bug.bug_id) is None:
            findings.found(Kind.DIFFERENT_FAILURE, [bug], [], (_NOT_BUILT,))
