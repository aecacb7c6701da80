"""Type names to models: `dev.fixloop.<subject>.<predicate>.v<version>`, after CDEvents' `dev.cdevents.<subject>.<predicate>`."""

import re
from typing import Final

from fixloop_schemas.events.bug_transitioned_v1 import BugTransitionedV1
from fixloop_schemas.events.commit_created_v1 import CommitCreatedV1
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.events_dropped_v1 import EventsDroppedV1
from fixloop_schemas.events.session_ended_v1 import SessionEndedV1
from fixloop_schemas.events.session_started_v1 import SessionStartedV1
from fixloop_schemas.events.session_summarized_v1 import SessionSummarizedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunFinishedV1, SuiteRunResultsV1, SuiteRunStartedV1
from fixloop_schemas.events.testcase_judged_v1 import CaseJudgedV1
from fixloop_schemas.events.wire import Attribution
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1

MODELS: Final[dict[str, type[Attribution]]] = {
    "dev.fixloop.session.started.v1": SessionStartedV1,
    "dev.fixloop.session.ended.v1": SessionEndedV1,
    "dev.fixloop.edit.applied.v1": EditAppliedV1,
    "dev.fixloop.testsuiterun.started.v1": SuiteRunStartedV1,
    "dev.fixloop.testsuiterun.results.v1": SuiteRunResultsV1,
    "dev.fixloop.testsuiterun.finished.v1": SuiteRunFinishedV1,
    "dev.fixloop.workspace.restored.v1": WorkspaceRestoredV1,
    "dev.fixloop.commit.created.v1": CommitCreatedV1,
    "dev.fixloop.events.dropped.v1": EventsDroppedV1,
    "dev.fixloop.detection.recorded.v1": DetectionRecordedV1,
    "dev.fixloop.bug.transitioned.v1": BugTransitionedV1,
    "dev.fixloop.testcase.judged.v1": CaseJudgedV1,
    "dev.fixloop.session.summarized.v1": SessionSummarizedV1,
}

TYPES: Final[dict[type[Attribution], str]] = {model: name for name, model in MODELS.items()}

DETECTION_TYPE: Final = TYPES[DetectionRecordedV1]

_VERSION = re.compile(r"\.v[0-9]+$")


def is_newer_version(event_type: str) -> bool:
    """Whether the subject and predicate are known and only the version is not."""
    stem = _VERSION.sub("", event_type)
    return event_type not in MODELS and any(_VERSION.sub("", known) == stem for known in MODELS)
