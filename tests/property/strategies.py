"""Hypothesis strategies for whole sessions."""

from hypothesis import strategies as st

from fixloop_schemas.codec import Event
from fixloop_schemas.vocabulary import Level, RestoreOperation
from tests.builders import Session

TESTS = ("a", "b", "c")
TEXTS = ("0", "1", "2")


class Events(list[Event]):
    """A session's events; a failing example prints one line an event."""

    def __repr__(self) -> str:
        return "\n".join(f"{event.data.seq}: {event.type}" for event in self)  # type: ignore[attr-defined]


@st.composite
def sessions(draw: st.DrawFn, *, edits: bool = True, level: Level = Level.CASE) -> Events:
    """A session of up to 20 steps: runs of three tests, edits of two files, restores, commits. `level`: what the tests are."""
    session = Session().started()
    for _ in range(draw(st.integers(0, 20))):
        step = draw(
            st.sampled_from(
                ("run", "run", "edit", "edit", "restore", "commit") if edits else ("run", "commit")
            )
        )
        if step == "run":
            outcomes = draw(
                st.dictionaries(st.sampled_from(TESTS), st.sampled_from(("pass", "fail", "error", "skip")))
            )
            failures = {name: draw(st.sampled_from(("one", "two"))) for name in outcomes}
            session.run(
                outcomes,
                scope=draw(st.sampled_from(((), ("x",)))),
                crashed=draw(st.booleans()) and draw(st.booleans()),
                inferred=draw(st.sets(st.sampled_from(TESTS))),
                failures=failures,
                level=level,
            )
        elif step == "edit":
            path = draw(st.sampled_from(("src/core.py", "src/other.py", "tests/test_a.py")))
            known = draw(st.booleans())
            session.edit(
                path,
                before=draw(st.sampled_from(TEXTS)) if known else None,
                after=draw(st.sampled_from(TEXTS)) if known else None,
                add=draw(st.lists(st.sampled_from(TEXTS), max_size=2)),
                remove=draw(st.lists(st.sampled_from(TEXTS), max_size=2)),
            )
        elif step == "restore":
            session.restore(
                draw(st.sampled_from(tuple(RestoreOperation))), *draw(st.sampled_from(((), ("src/core.py",))))
            )
        else:
            session.commit()
    return Events(session.events)
