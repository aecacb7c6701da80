"""The JavaScript reporters on a marked project: that of `node:test`, which shares all but the listening with the others."""

from pathlib import Path

import pytest

from fixloop_schemas.vocabulary import CaptureLevel
from tests.plugins.javascript_projects import PLUGIN
from tests.privacy.machine import Machine, a_machine
from tests.privacy.marks import Mark
from tests.services.node_packages import node

PROJECT = f"""
import assert from "node:assert/strict";
import {{ test }} from "node:test";

/** {Mark.DOCSTRING} */
function total({Mark.LOCAL}) {{
  throw new RangeError("{Mark.MESSAGE} of /home/{Mark.HOME}/{Mark.OUTSIDE}/x.js", {{ cause: new Error("{Mark.MESSAGE}") }});
}}
test("{Mark.TEST} throws", () => total("{Mark.ARGUMENT}"));
test("{Mark.TEST} compares", () => assert.equal("{Mark.VALUE}", "{Mark.VALUE} {Mark.MESSAGE}"));
test("{Mark.TEST} says", () => {{
  console.log("{Mark.PRINTED}");
  console.error("{Mark.PRINTED}");
  throw "{Mark.MESSAGE.capitalize()}";
}});
test("{Mark.TEST} is left out", {{ skip: "{Mark.PRINTED}" }}, () => {{}});
"""


@pytest.mark.parametrize("level", CaptureLevel)
def test_node_test(tmp_path: Path, level: CaptureLevel) -> None:
    """Titles and files of tests are told; what they throw, print and hold is not."""
    machine: Machine = a_machine(tmp_path, level)
    path = machine.root / "tests" / f"{Mark.TEST_FILE}.test.mjs"
    path.write_text(PROJECT)
    reporter = f"--test-reporter={PLUGIN / 'src/node-test.js'}"
    command = (node(), "--test", reporter, "--test-reporter-destination=stdout", str(path))
    ended = machine.run(*command, FIXLOOP="1", TOKEN=Mark.VARIABLE)
    assert 1 == ended.returncode, ended.stderr
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    told = machine.told()
    assert {Mark.TEST, Mark.TEST_FILE, Mark.BRANCH} <= told
    assert level.has_texts == (Mark.MESSAGE in told) == (Mark.VALUE in told)
