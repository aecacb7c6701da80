"""Every host's calls as events: a small session each, as the host documents them, with one golden file."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop.emit.agents.hook import HOSTS
from fixloop.emit.agents.hook_call import HookCall
from fixloop.emit.agents.one_call import record
from tests.architecture.project import SOURCE_ROOTS
from tests.unit.emit.agent_adapters import read
from tests.unit.emit.git_repositories import a_repository
from tests.unit.emit.spooled import events_of

CALLS = Path(__file__).parents[2] / "data/agents"
SHOP = "def price():\n    return 1\n\n\ndef name():\n    return 'tea'\n"
_VOLATILE = ("seq", "run_id", "enduser_pseudo_id", "vcs_ref_head_revision", "change_digest")

_SLOW = {
    *(
        "asyncio",
        "ast",
        "ctypes",
        "dataclasses",
        "decimal",
        "email",
        "inspect",
        "logging",
        "random",
        "socket",
    ),
    *("subprocess", "tempfile", "threading", "tomllib", "uuid", "xml"),
    *(
        "fixloop.settings",
        "fixloop.emit.agents.shell_runs",
        "fixloop_schemas.commands",
        "fixloop_schemas.failures",
    ),
    "fixloop_schemas.signature",
}
"""What no agent waits for. A command's output is read in a process of its own."""
_IMPORTS = f"""
import sys
sys.path[:0] = {[str(root) for root in SOURCE_ROOTS]!r}
from fixloop.emit.agents.hook import main
main(sys.argv[1])
print(*sys.modules)
"""

every_host = pytest.mark.parametrize("host", HOSTS)


def steps(host: str, root: str) -> list[dict[str, Any]]:
    """The host's session in a working copy at `root`."""
    found: list[dict[str, Any]] = json.loads((CALLS / f"{host}.json").read_text().replace("{ROOT}", root))
    return found


def told(host: str, project: Path) -> list[dict[str, Any]]:
    """What each step of the host's session amounts to, without what differs from run to run."""
    spool = project.parent / "spool"
    environment = {"FIXLOOP_SPOOL": str(spool), "FIXLOOP_DIGEST_KEY": "k", "HOME": str(project.parent)}
    said, known = [], 0
    for step in steps(host, str(project)):
        for name, text in step.get("files", {}).items():
            path = project / name
            path.unlink(missing_ok=True) if text is None else path.write_text(text)
        record(HOSTS[host], io.BytesIO(json.dumps(step["call"]).encode()), environment)
        events = events_of(spool) if spool.exists() else []
        said.append({"does": step["does"], "events": [_plain(event) for event in events[known:]]})
        known = len(events)
    return said


def _plain(event: Any) -> dict[str, Any]:
    data = event.data.model_dump(mode="json", exclude_defaults=True)
    kept = {name: value for name, value in data.items() if name not in _VOLATILE}
    return {"type": event.type.removeprefix("dev.fixloop."), "source": event.source, "data": kept}


@every_host
def test_no_call_that_an_agent_waits_for_imports_what_is_slow(tmp_path: Path, host: str) -> None:
    """Every step of a host's session, each in a bare interpreter of its own: half of a call's time was dataclasses, with inspect."""
    project = a_repository(tmp_path / "project", shop_py=SHOP, old_py="x = 1\n")
    environment = {
        "FIXLOOP_SPOOL": str(tmp_path / "spool"),
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    for step in steps(host, str(project)):
        for name, text in step.get("files", {}).items():
            (project / name).unlink(missing_ok=True) if text is None else (project / name).write_text(text)
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _IMPORTS, host],
            input=json.dumps(step["call"]).encode(),
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        imported = set(done.stdout.decode().split())
        assert "fixloop.emit.agents.one_call" in imported
        assert set() == imported & _SLOW, step["does"]


@every_host
def test_a_session_of_each_host(tmp_path: Path, host: str) -> None:
    """Each call gives the events of its golden file, in its order, and nothing else."""
    project = a_repository(tmp_path / "project", shop_py=SHOP, old_py="x = 1\n")
    found = told(host, project)
    golden = CALLS / f"{host}.events.json"
    if os.environ.get("FIXLOOP_GOLDEN") == "write":
        golden.write_text(json.dumps(found, indent=1) + "\n")
    assert json.loads(golden.read_text()) == found
    # What says in the git directory whose commands run here went with the session.
    assert [] == list((project / ".git/fixloop").glob("*.json"))


@every_host
@pytest.mark.parametrize("given", [b"", b"[]", b'{"hook_event_name": [5]}', b"cut"], ids=str)
def test_the_hook_is_silent_whatever_it_is_given(tmp_path: Path, host: str, given: bytes) -> None:
    """Exit code 0 and no output, also for a call that ends in the middle: anything else would reach the agent."""
    call = json.dumps(steps(host, str(tmp_path))[1]["call"]).encode()
    done = subprocess.run(
        [sys.executable, "-m", "fixloop.emit.agents.hook", host],
        input=call[: len(call) // 2] if given == b"cut" else given,
        capture_output=True,
        check=False,
        env={**os.environ, "FIXLOOP_SPOOL": str(tmp_path / "spool")},
        cwd=tmp_path,
    )
    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert not (tmp_path / "spool/sessions").exists()


_TEXTS = st.sampled_from(
    ["", "x", "Bash", "replace", "edit", "apply_patch", "{", "*** Begin Patch\n*** Update File: a"]
) | st.text(max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)


@every_host
@given(data=st.data())
def test_no_shape_is_too_odd(host: str, data: st.DataObject) -> None:
    """Whatever stands in a field of a call, and whatever is missing, the adapter takes it as not known."""
    step = data.draw(st.sampled_from(steps(host, "/project")))
    call: dict[str, Any] = json.loads(json.dumps(step["call"]))
    place = call
    while True:
        name = data.draw(st.sampled_from(sorted(place)))
        if isinstance(place[name], dict) and place[name] and data.draw(st.booleans()):
            place = place[name]
            continue
        break
    if data.draw(st.booleans()):
        place[name] = data.draw(_JSON)
    else:
        del place[name]
    assert isinstance(read(host, call), HookCall)
