"""Simulated sessions that know of each other: where they start, what they take over, and what is true across them."""

from functools import cache
from typing import Any

from fixloop.simulate import PROFILES, Label, Profile, Simulated, simulate
from fixloop.simulate.chronicle import Change, Commits
from fixloop.simulate.project import make_project
from fixloop_schemas.vocabulary import Kind

DEFAULT, CLEAN = PROFILES["default"], PROFILES["clean"]
SESSIONS = 600


@cache
def some(profile: Profile = DEFAULT, seed: int = 8, count: int = SESSIONS) -> tuple[Simulated, ...]:
    return tuple(simulate(profile, seed, index) for index in range(count))


def heirs(*habits: str, profile: Profile = DEFAULT) -> list[tuple[Simulated, Simulated]]:
    """The sessions that took over from another, after that one."""
    return [
        (some(profile)[int(session.truth.follows[-6:])], session)
        for session in some(profile)
        if session.truth.follows and session.truth.habit in habits
    ]


def in_order(session: Simulated) -> list[dict[str, Any]]:
    """What a session's events say, each once, in its own order."""
    known = {event["data"]["seq"]: event for event in session.events}
    return [{**known[seq]["data"], "type": known[seq]["type"]} for seq in sorted(known)]


def across(session: Simulated) -> list[Label]:
    """What only two sessions together tell."""
    return [
        label for label in session.truth.labels if label.cross_session and label.kind is not Kind.ENVIRONMENT
    ]


def test_an_heir_is_the_same_however_many_are_made() -> None:
    """A session that takes over from another needs nothing but its number."""
    found = [index for index, session in enumerate(some()) if session.truth.follows]
    assert found
    for index in found[:5]:
        assert some()[index] == simulate(DEFAULT, 8, index)


def test_shares_are_as_the_profile_says() -> None:
    """About one in twenty is an heir, one in five isolated, and four in five know revisions."""
    data = [in_order(session)[0] for session in some()]
    assert 0.03 < sum(session.truth.follows is not None for session in some()) / SESSIONS < 0.075
    assert 0.15 < sum(first.get("isolated", False) for first in data) / SESSIONS < 0.25
    assert 0.75 < sum("vcs_ref_head_revision" in first for first in data) / SESSIONS < 0.85


def test_a_fresh_session_starts_at_the_base_of_its_project() -> None:
    """All sessions of a project but the heirs say the same revision first, and bring their task by a commit on it."""
    bases = {
        project.name: project.revision
        for project in (make_project(DEFAULT, 8, index) for index in range(DEFAULT.projects))
    }
    for session in some():
        first, second, *_ = in_order(session)
        if session.truth.follows is None and "vcs_ref_head_revision" in first:
            base = bases[first["vcs_repository_name"]]
            assert base == first["vcs_ref_head_revision"]
            assert second["type"].endswith("commit.created.v1")
            assert [base] == second["parents"]


def test_a_revision_changes_by_a_commit_alone() -> None:
    """Every event carries the last commit's revision, and a commit's parent is the revision before."""
    for session in some():
        revision = None
        for data in in_order(session):
            if data["type"].endswith("commit.created.v1") and revision is not None:
                assert [revision] == data["parents"]
                revision = data["revision"]
            revision = revision or data.get("vcs_ref_head_revision")
            assert data.get("vcs_ref_head_revision") == revision


def test_a_revision_stands_for_one_text() -> None:
    """Whatever was clean at a revision begins with the same texts, whichever session edits it."""
    texts: dict[tuple[str, str], tuple[str, ...] | None] = {}
    for session in some(count=200):
        edited: set[str] = set()
        revision = session.chronicle.revision
        for entry in session.chronicle.entries:
            if isinstance(entry, Commits):
                revision, edited = entry.revision, set()
            elif isinstance(entry, Change):
                for edit in entry.edits:
                    heir_of_edits = (
                        session.truth.follows is not None and session.truth.habit != "trying_again"
                    )
                    if edit.path not in edited and not heir_of_edits:
                        assert texts.setdefault((revision, edit.path), edit.before) == edit.before
                    edited.add(edit.path)


def test_an_heir_comes_later_by_another_agent_on_the_same_project() -> None:
    """It begins after the other ended, and somebody else does the work."""
    found = heirs("undoing", "going_on", "trying_again", profile=CLEAN)
    assert found
    for before, after in found:
        one, other = in_order(before)[0], in_order(after)[0]
        assert max(event["time"] for event in before.events) < min(event["time"] for event in after.events)
        assert one["vcs_repository_name"] == other["vcs_repository_name"]
        assert one["gen_ai_agent_name"] != other["gen_ai_agent_name"]


def test_an_heir_starts_with_what_the_other_left() -> None:
    """Its first revision is the other's last, and its first edit of a file starts from the other's last text of it."""
    found = heirs("undoing", "going_on")
    assert found
    for before, after in found:
        commits = [entry for entry in before.chronicle.entries if isinstance(entry, Commits)]
        assert commits[-1].revision == after.chronicle.revision
        assert not before.chronicle.isolated
        assert not after.chronicle.isolated
        left = {edit.path: edit.after for change in before.chronicle.changes for edit in change.edits}
        for change in after.chronicle.changes:
            for edit in change.edits:
                assert left.get(edit.path, edit.before) == edit.before
                left[edit.path] = edit.after


def test_who_tries_again_starts_from_the_task_or_from_the_base() -> None:
    """None of the other's work is there."""
    found = heirs("trying_again")
    assert found
    for before, after in found:
        task = next(entry for entry in before.chronicle.entries if isinstance(entry, Commits))
        assert after.chronicle.revision in (task.revision, task.parent)


def test_only_who_brings_a_bug_back_reintroduces_it() -> None:
    """Most of the undoing are to be found, by a test that the other saw red and then green; nobody else is."""
    undoing = heirs("undoing")
    assert len([after for _, after in undoing if across(after)]) > len(undoing) / 2
    for before, after in undoing:
        shown = {
            (shown.name, shown.outcome.red)
            for run in before.chronicle.runs
            for shown in run.shown
            if run.seen
        }
        for label in across(after):
            assert label.kind is Kind.REINTRODUCTION
            assert any({(test, True), (test, False)} <= shown for test in label.tests)
            assert Kind.FIRST_REGRESSION not in {
                other.kind for other in after.truth.labels if other.tests == label.tests
            }
    assert [] == [
        label for session in some() if session.truth.habit != "undoing" for label in across(session)
    ]


def test_an_attempt_on_a_tree_of_its_own_may_be_told_as_such() -> None:
    """Who tries again makes an independent attempt, and no reintroduction of what the other repaired."""
    told = [
        [label for label in after.truth.also if label.cross_session] for _, after in heirs("trying_again")
    ]
    assert {Kind.INDEPENDENT_ATTEMPTS} == {label.kind for labels in told for label in labels}
