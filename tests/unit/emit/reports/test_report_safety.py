"""Reports come from anywhere: broken, half written, hostile and huge ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixloop.emit.reports.xml import BrokenXmlError, UnsafeXmlError, records
from tests.unit.emit.reports.test_report_files import REPORTS, runs_of

_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE testsuite [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<testsuite name="&b;"><testcase name="t">&b;</testcase></testsuite>'
)
_OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE testsuite [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    b'<testsuite><testcase classname="a.b" name="t"><failure>&secret;</failure></testcase></testsuite>'
)
_PARAMETER = (
    b'<?xml version="1.0"?><!DOCTYPE testsuite [<!ENTITY % remote SYSTEM "http://127.0.0.1:9/x.dtd"> %remote;]>'
    b'<testsuite><testcase classname="a.b" name="t"/></testsuite>'
)
_DEEP = b"<testsuite>" * 200 + b'<testcase name="t"/>' + b"</testsuite>" * 200


@pytest.mark.parametrize(
    "document", [_BOMB, _OUTSIDE, _PARAMETER, _DEEP], ids=["bomb", "file", "remote", "deep"]
)
def test_hostile_xml_is_refused(document: bytes) -> None:
    """No entity is expanded, no file and no address is opened."""
    with pytest.raises(UnsafeXmlError):
        list(records([document], ("testcase",)))


def test_a_refused_report_says_why_and_gives_nothing(tmp_path: Path) -> None:
    """One line, and no fact of it."""
    (tmp_path / "bomb.xml").write_bytes(_BOMB)
    runs, (unread,) = runs_of("junit", [tmp_path / "bomb.xml"])
    assert ([], "it declares entities, which no report needs") == (runs, unread.reason)


@pytest.mark.parametrize("name", ["pytest.xml", "nextest.xml", "vitest.xml", "results.trx"])
def test_a_half_written_report_gives_no_outcome(name: str, tmp_path: Path) -> None:
    """What is missing may be the last word on what is there."""
    whole = (REPORTS / name).read_bytes()
    cut = tmp_path / name
    for size in range(0, len(whole) - 20, max(len(whole) // 23, 1)):
        cut.write_bytes(whole[:size])
        runs, unread = runs_of("trx" if name.endswith("trx") else "junit", [cut])
        assert ([], 1) == (runs, len(unread)), size


@pytest.mark.parametrize("form", ["ctrf", "go-json", "nextest", "junit", "trx"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"results": 3}', b"\xff\xfe", b"null\n{}\n", b"<a/>"]
)
def test_what_is_no_report_gives_nothing(form: str, content: bytes, tmp_path: Path) -> None:
    """Whatever stands in a file: no fact, and no error."""
    (tmp_path / "report.xml").write_bytes(content)
    runs, _ = runs_of(form, [tmp_path / "report.xml"])
    assert [] == runs


def test_values_of_the_wrong_sort_count_as_not_known(tmp_path: Path) -> None:
    """CTRF of a tool that writes something else than the form says."""
    report = tmp_path / "ctrf.json"
    report.write_text(
        '{"results": {"tool": 3, "summary": [], "tests": [7, {"name": "a", "status": 5}, {"name": "b", "status": "failed",'
        ' "duration": "x", "suite": {"a": 1}, "retries": -4, "retryAttempts": [1, {"status": "what"}], "message": []}]}}',
        encoding="utf-8",
    )
    (run,), unread = runs_of("ctrf", [report])
    assert ([("b", "fail")], []) == ([(one.name, one.outcome.value) for one in run.results], unread)


def test_a_report_of_any_size_is_read_a_record_at_a_time() -> None:
    """A hundred thousand tests with a page of output each: what is held is one of them."""

    def document() -> Iterator[bytes]:
        yield b"<testsuites><testsuite>"
        for number in range(20_000):
            yield b'<testcase classname="a.B" name="t%d"><system-out>%s</system-out></testcase>' % (
                number,
                b"x" * 2_000,
            )
        yield b"</testsuite></testsuites>"

    found = 0
    for record in records(document(), ("testcase",)):
        found += 1
        assert 2_000 == len(record.element.children[0].text)
    assert 20_000 == found


def test_text_without_end_is_cut() -> None:
    """One test's output is bounded, however much it printed."""
    chunks = [
        b"<testsuite><testcase name='t'><failure>",
        *[b"y" * 100_000] * 10,
        b"</failure></testcase></testsuite>",
    ]
    (record,) = records(chunks, ("testcase",))
    assert 256 * 1024 == len(record.element.children[0].text)


def test_broken_xml_names_its_line_and_none_of_its_text() -> None:
    """The reason goes into a log."""
    with pytest.raises(BrokenXmlError, match=r"^not well-formed XML at line 2$"):
        list(records([b"<testsuite>\n<secret </testsuite>"], ("testcase",)))
