"""Small sessions written by hand, for boards: a board draws what it is told, so these need not come from the core."""

from datetime import UTC, datetime

from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import BugRef, DetectionRecordedV1, Reason, Return
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.suite_run_v1 import CaseResult, SuiteRunResultsV1, SuiteRunStartedV1
from fixloop_schemas.events.wire import Attribution
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Kind, Outcome, PathRole, RestoreOperation

WORDS = {"pass": Outcome.PASS, "fail": Outcome.FAIL, "error": Outcome.ERROR, "skip": Outcome.SKIP}


class Written:
    """A session that grows by one event a call; ids are `e0`, `e1`, … and runs `r1`, `r2`, and so on."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.runs = 0

    def edit(self, path: str = "src/core.py", role: PathRole = PathRole.PRODUCT, times: int = 1) -> "Written":
        """One or more edits of a file."""
        for _ in range(times):
            self._add(EditAppliedV1(session_id="s1", seq=len(self.events), path=path, path_role=role))
        return self

    def restore(self) -> "Written":
        """A checkout of everything."""
        operation = RestoreOperation.CHECKOUT
        self._add(
            WorkspaceRestoredV1(session_id="s1", seq=len(self.events), operation=operation, everything=True)
        )
        return self

    def run(self, **outcomes: str) -> "Written":
        """A test run: test names to outcomes; `inferred` is a pass that was deduced."""
        self.runs += 1
        run_id = f"r{self.runs}"
        results = tuple(
            CaseResult(
                test_case_name=name, outcome=WORDS.get(word, Outcome.PASS), inferred=word == "inferred"
            )
            for name, word in outcomes.items()
        )
        self._add(SuiteRunStartedV1(session_id="s1", seq=len(self.events), run_id=run_id, framework="pytest"))
        self._add(
            SuiteRunResultsV1(session_id="s1", seq=len(self.events), run_id=run_id, part=0, results=results)
        )
        return self

    def _add(self, data: Attribution) -> None:
        moment = datetime(2026, 1, 5, 10, tzinfo=UTC)
        self.events.append(codec.new_event(f"e{len(self.events)}", "/agent/written", moment, data))


def digest(name: str) -> str:
    """A stand-in for a digest that can be read in a failing test."""
    return name.encode().hex().ljust(16, "0")


def returned(
    test: str,
    red: str,
    fixed: str,
    back: str,
    fixing: tuple[str, ...],
    breaking: tuple[str, ...],
    shared: int | None = None,
) -> Return:
    """One return of a test's bug."""
    return Return(
        bug_id=digest(test),
        red_run=red,
        fixing_run=fixed,
        returning_run=back,
        fixing_edits=fixing,
        breaking_edits=breaking,
        shared_lines=shared,
        seq=9,
    )


def detection(
    *returns: Return, tests: tuple[str, ...], kind: Kind = Kind.COUPLED_CYCLE, laps: int = 1
) -> DetectionRecordedV1:
    """A detection with two reasons."""
    return DetectionRecordedV1(
        session_id="s1",
        gen_ai_request_model="model-1",
        detection_id=digest("detection"),
        detection_version=1,
        detector_version="1",
        kind=kind,
        confidence=0.85,
        reasons=(
            Reason(code="inferred", text="one pass is inferred", weight=-0.1),
            Reason(code="lines", text="lines of the fix were taken out again", weight=0.25),
        ),
        bugs=tuple(BugRef(bug_id=digest(test), test_case_name=test) for test in tests),
        laps=laps,
        returns=returns,
        first_seq=0,
        last_seq=9,
    )
