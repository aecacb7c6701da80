"""A report's facts: which session, which ids, and that nothing of a text is in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixloop.emit.capture import Capture
from fixloop.emit.emitter import Emitter
from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.formats import FORMATS
from fixloop.emit.imported.into_spool import SpoolImport
from fixloop.emit.imported.numbering import Numbering
from fixloop.emit.reports.facts import relative_name
from fixloop.emit.spool.session_file import folder_name
from fixloop.emit.spool.spool import Spool
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.codec import from_json_line
from fixloop_schemas.events.wire import SessionEvent
from tests.unit.emit.git_repositories import a_repository, git
from tests.unit.emit.reports.test_report_files import REPORTS
from tests.unit.emit.spooled import events_of, short_types


def _facts(form: str, path: Path, asked: Asked) -> Iterator[Fact]:
    for unit in FORMATS[form].units([path]):
        for fact in FORMATS[form].reader()(unit, asked):
            assert not isinstance(fact, Unread)
            yield fact


def _asked(session: str | None = "nightly-17") -> Asked:
    return Asked(Capture(b"key"), session, "ada/shop")


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("junit", "pytest.xml"),
        ("junit", "surefire-retries"),
        ("junit", "phpunit.xml"),
        ("ctrf", "ctrf.json"),
        ("go-json", "go-json.jsonl"),
        ("nextest", "nextest.xml"),
        ("trx", "results.trx"),
    ],
)
def test_each_event_is_one_that_the_wire_knows(form: str, name: str) -> None:
    """Started, results, finished, in the session and repository that were named; every event decodes."""
    numbering = Numbering()
    events = [event for fact in _facts(form, REPORTS / name, _asked()) for event in numbering.events(fact)]
    assert ["session.started", "testsuiterun.started", "testsuiterun.results", "testsuiterun.finished"] == [
        event["type"].removeprefix("dev.fixloop.").removesuffix(".v1") for event in events
    ]
    for event in events:
        assert "ada/shop" == event["data"]["vcs_repository_name"]
        from_json_line(dump(event))


def test_importing_twice_is_importing_once() -> None:
    """Ids follow from the content."""
    numbering = Numbering()
    first, second = (
        [
            event["id"]
            for fact in _facts("junit", REPORTS / "pytest.xml", _asked())
            for event in numbering.events(fact)
        ]
        for _ in range(2)
    )
    assert (4, [], 3) == (len(first), second, numbering.repeated)


def test_other_content_is_another_run(tmp_path: Path) -> None:
    """The same tests an hour later are a run of their own."""
    report = tmp_path / "pytest.xml"
    report.write_bytes((REPORTS / "pytest.xml").read_bytes().replace(b'time="0.0', b'time="0.1'))
    (one, *_), (other, *_) = (
        _facts("junit", REPORTS / "pytest.xml", _asked()),
        _facts("junit", report, _asked()),
    )
    assert one.data["run_id"] != other.data["run_id"]


def test_no_text_of_a_report_is_in_its_facts() -> None:
    """Messages and paths stay: digests, types and names go on."""
    for form, name in (("junit", "pytest.xml"), ("trx", "results.trx"), ("junit", "phpunit.xml")):
        written = b"".join(dump(fact.data) for fact in _facts(form, REPORTS / name, _asked()))
        for text in (
            b"nope",
            b"nothere",
            b"/home/ada",
            b"CartTest.cs",
            b"Assert.AreEqual",
            b"Failed asserting",
        ):
            assert text not in written


def test_without_a_named_session_it_is_that_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that is imported in a checkout belongs to the session of its other emitters."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIXLOOP_SESSION", "s-1")
    (fact, *_) = _facts("junit", REPORTS / "pytest.xml", _asked(None))
    assert "s-1" == fact.session_id


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("tests/a.test.ts > adds", "tests/a.test.ts > adds"),
        ("/home/ada/shop/tests/a.test.ts > adds", "tests/a.test.ts > adds"),
        ("/builds/7/shop/tests/a.test.ts > adds", "tests/a.test.ts > adds"),
        ("/elsewhere/tests/a.test.ts > adds/up", "a.test.ts > adds/up"),
        ("C:\\work\\shop\\a.test.ts > adds", "a.test.ts > adds"),
        ("example.com/shop/cart::TestA/b", "example.com/shop/cart::TestA/b"),
    ],
)
def test_a_name_holds_no_place_of_a_checkout(name: str, kept: str) -> None:
    """Where a machine keeps its checkouts says nothing of the test."""
    assert kept == relative_name(name, Path("/home/ada/shop"))


def test_reports_of_one_session_come_into_the_spool_one_after_another(tmp_path: Path) -> None:
    """Each counts by itself: the second is not taken for the first, and either is there once."""

    def put(name: str) -> int:
        numbering, into = Numbering(), SpoolImport(tmp_path, Capture(b"key"))
        new = sum(
            into.add(fact, list(numbering.events(fact))) for fact in _facts("junit", REPORTS / name, _asked())
        )
        into.close()
        return new

    assert [4, 3, 0, 0] == [put(name) for name in ("pytest.xml", "vitest.xml", "pytest.xml", "vitest.xml")]
    Spool(tmp_path).take_in(tmp_path / "sessions" / folder_name("nightly-17"))
    told = ["testsuiterun.started", "testsuiterun.results", "testsuiterun.finished"]
    assert ["session.started", *told, *told] == short_types(tmp_path)
    assert list(range(7)) == [
        event.data.seq for event in events_of(tmp_path) if isinstance(event.data, SessionEvent)
    ]


def test_a_report_is_in_the_session_that_emitters_speak_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a worktree too, and by a marker in the git directory: where a plugin would have written the run."""
    main, side = a_repository(tmp_path / "main", shop="x = 1"), tmp_path / "side"
    git(main, "worktree", "add", "-q", "-b", "side", str(side))
    environment = {
        "FIXLOOP_SPOOL": str(tmp_path / "spool"),
        "FIXLOOP_DIGEST_KEY": "key",
        "HOME": str(tmp_path),
    }
    hook = Emitter.here(environment, side, agent="cursor", told="chat-1")
    assert hook is not None
    monkeypatch.chdir(side)
    sessions = {fact.session_id for fact in _facts("junit", REPORTS / "pytest.xml", _asked(None))}
    assert sessions == {hook.session_id}
    assert hook.session_id.startswith("chat-1~")
