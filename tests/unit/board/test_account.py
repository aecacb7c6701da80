import re
from pathlib import Path

from fixloop.board.account import MAX_VERSIONS, account
from fixloop.board.grid import grid_of, named
from fixloop.board.growth import Said, by_detection, growth_of
from fixloop.board.kinds import SAYS
from fixloop.board.line import plain
from fixloop.board.symbols import UNICODE
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1, Reason
from fixloop_schemas.vocabulary import DetectionStatus, Kind
from tests.builders import DIGESTER, START, Session
from tests.unit.board.found import detection, digest, returned

GLOSSARY = Path(__file__).parents[3] / "docs/glossary.md"
FOUND = detection(
    returned("t/test_core.py::test_a", "run-0", "run-1", "run-2", ("s1:3", "s1:4"), ("s1:8",), shared=2),
    tests=("t/test_core.py::test_a", "test_b"),
    kind=Kind.REINTRODUCTION,
    laps=0,
)


def _session() -> Session:
    session = Session("s1").run(test_a="fail").edit().edit("src/other.py").run(test_a="pass")
    return session.edit("src/other.py").run(test_a="fail")


def _next(before: DetectionRecordedV1, **changes: object) -> DetectionRecordedV1:
    return before.model_copy(update={"detection_version": before.detection_version + 1, **changes})


def test_a_detection_is_told_with_all_that_it_rests_on() -> None:
    """What it says, the bugs, what came back through which files, what speaks for it and what against, how it grew."""
    names = {DIGESTER.path("src/other.py"): "shop/src/other.py"}
    grid = named(grid_of("s1", _session().events), names.get)
    withdrawn = _next(
        FOUND,
        status=DetectionStatus.WITHDRAWN,
        confidence=0.1,
        reasons=(*FOUND.reasons, Reason(code="flaky", text="The test is flaky.", weight=-1.0)),
        last_seq=12,
    )
    core = DIGESTER.path("src/core.py")[:8]
    expected = f"""\
reintroduction  withdrawn, confidence 0.10  646574656374
  A fixed bug is back.
  bugs
    t/test_core.py::test_a
    test_b
  what came back
    test_a was red in run 1
      fixed in run 2 by #3 of {core}…, #4 of shop/src/other.py
      back in run 3 after #8 of shop/src/other.py; 2 lines of the fix taken out again
  for
    +0.25  lines of the fix were taken out again
  against
    -1.00  The test is flaky.
    -0.10  one pass is inferred
  versions
    1  run 3, event 9: confidence 0.85; found
    2  run 3, event 12: confidence 0.10; withdrawn; The test is flaky
"""
    assert expected == plain(account(grid, [Said(FOUND, START), Said(withdrawn, None)], {}, UNICODE))


def test_a_file_that_its_event_names_needs_no_book() -> None:
    """The names book is asked first: it may know where the file is on this machine."""
    session = (
        Session("s1").run(a="fail").edit("a.py", code_file_path="a.py").edit("b.py", code_file_path="b.py")
    )
    grid = grid_of("s1", session.edit("c.py").run(a="pass").events)
    shown = named(grid, {DIGESTER.path("a.py"): "shop/a.py"}.get)
    assert ["shop/a.py", "b.py", DIGESTER.path("c.py")] == [change.path for change in shown.changes]


def test_what_supersedes_what_is_named_by_kind() -> None:
    """On both sides of the link; what is not in the session has no kind."""
    cycle = FOUND.model_copy(update={"detection_id": digest("cycle"), "supersedes": (digest("detection"),)})
    single = FOUND.model_copy(update={"superseded_by": digest("cycle")})
    kinds = {digest("detection"): "reintroduction"}
    grid = grid_of("s1", _session().events)
    assert "  supersedes reintroduction 646574656374" in plain(
        account(grid, [Said(cycle, None)], kinds, UNICODE)
    )
    assert "  superseded by a detection 6379636c6500" in plain(
        account(grid, [Said(single, None)], kinds, UNICODE)
    )


def test_each_version_says_what_it_changed() -> None:
    """Laps, returns, bugs, status, and the arguments that are new."""
    more = returned("test_b", "run-2", "run-3", "run-4", (), ())
    reason = Reason(code="laps", text="It has gone round twice.", weight=0.1)
    grown = _next(FOUND, laps=2, returns=(*FOUND.returns, more), reasons=(*FOUND.reasons, reason))
    superseded = _next(grown, status=DetectionStatus.SUPERSEDED, superseded_by=digest("cycle"))
    again = _next(superseded, status=DetectionStatus.OPEN, superseded_by=None)
    same = _next(again)
    versions = [Said(each, None) for each in (FOUND, grown, superseded, again, same)]
    assert [
        ("found",),
        ("2 laps", "1 more return", "It has gone round twice."),
        ("superseded by 6379636c6500",),
        ("open again",),
        ("no other argument",),
    ] == [growth.changes for growth in growth_of(versions)]


def test_versions_are_put_together_by_detection() -> None:
    """Each version once, oldest first, whatever the order in which they were read."""
    second = _next(FOUND)
    early = FOUND.model_copy(update={"detection_id": digest("zero"), "first_seq": 0})
    late = FOUND.model_copy(update={"detection_id": digest("a"), "first_seq": 7})
    read = [Said(each, None) for each in (late, second, FOUND, second, early)]
    assert [
        [(digest("detection"), 1), (digest("detection"), 2)],
        [(digest("zero"), 1)],
        [(digest("a"), 1)],
    ] == [
        [(said.detection.detection_id, said.detection.detection_version) for said in versions]
        for versions in by_detection(read)
    ]


def test_of_many_versions_the_first_and_the_last_are_shown() -> None:
    """What is left out between them is counted."""
    versions = [FOUND]
    for _ in range(MAX_VERSIONS + 4):
        versions.append(_next(versions[-1]))
    drawn = plain(account(grid_of("s1", []), [Said(each, None) for each in versions], {}, UNICODE))
    shown = drawn.partition("  versions\n")[2].splitlines()
    assert (MAX_VERSIONS + 1, "    … 5 more versions") == (len(shown), shown[MAX_VERSIONS // 2])
    assert shown[-1].startswith(f"    {len(versions)}  event 9")


def test_kinds_are_explained_as_in_the_glossary() -> None:
    """One sentence a kind, the same in both places."""
    table = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", GLOSSARY.read_text(), re.MULTILINE))
    assert {kind.value: table[kind.value] for kind in Kind} == {kind.value: SAYS[kind] for kind in Kind}
