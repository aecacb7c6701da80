"""The package of reporters: types, its own tests, its ports beside Python, and every runner, really run.

`FIXLOOP_GOLDEN=write` writes the golden files of the runs anew; what has changed in them is then to be read.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.attribution import attribution
from fixloop.emit.capture import Capture
from fixloop.emit.events import EDIT_APPLIED, Draft
from fixloop.emit.git.working_copy import working_copy
from fixloop.emit.run_events import signature_of
from fixloop.emit.session.identity import session_id
from fixloop.emit.shell_output import jest, vitest
from fixloop.emit.spool.spool import Spool
from fixloop_schemas import golden_vectors
from fixloop_schemas.digest import Digester
from fixloop_schemas.signature import mask
from tests.plugins import javascript_rules
from tests.plugins.javascript_projects import PLUGIN, PROJECTS, Projects, laid_out
from tests.services.node_packages import node, run_in
from tests.unit.emit.spooled import events_of, lines_of

DOCS = Path(__file__).parents[2] / "docs"
SECRET = b"swordfish"
"""What the projects' errors and sources say, and no event may."""
_PREFIX, _SUFFIX = "dev.fixloop.", ".v1"
_VOLATILE = ("session_id", "run_id", "duration", "seq", "enduser_pseudo_id", "vcs_repository_name")

JEST = ("jest", "--reporters=default")
VITEST = ("vitest", "run", "--reporter=default")
NODE = ("node", "--test", "--test-reporter=spec", "--test-reporter-destination=stdout")
PLAYWRIGHT = ("playwright", "test")


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a runner is called."""

    project: str
    alone: tuple[str, ...]
    """The command without the reporter."""
    reporter: tuple[str, ...]
    """What is put behind it."""
    exit_code: int
    selection: tuple[str, ...] = ()
    golden: str | None = None
    """Another case that tells the same."""
    compared: bool = True
    """The run without the reporter prints the same."""

    @property
    def watched(self) -> tuple[str, ...]:
        """The command with the reporter."""
        return (*self.alone, *self.reporter, *self.selection)


_NODE_REPORTER = ("--test-reporter=fixloop/node-test", "--test-reporter-destination=stdout")
CASES = {
    "jest": Case("jest", (*JEST, "--maxWorkers=2"), ("--reporters=fixloop/jest",), 1),
    "jest_named": Case("jest", JEST, ("--reporters=fixloop/jest",), 0, ("-t", "adds", "tests/cart.test.js")),
    "vitest": Case("vitest", VITEST, ("--reporter=fixloop/vitest",), 1),
    "vitest_named": Case(
        "vitest",
        (*VITEST, "--pool=threads"),
        ("--reporter=fixloop/vitest",),
        0,
        ("tests/cart.test.js", "-t", "adds"),
        compared=False,
    ),
    "mocha": Case("mocha", ("mocha", "tests/*.js"), ("--require", "fixloop/mocha"), 9),
    "mocha_parallel": Case(
        "mocha",
        ("mocha", "--parallel", "--jobs=2", "tests/*.js"),
        ("--require", "fixloop/mocha"),
        9,
        golden="mocha",
    ),
    "mocha_reporter": Case(
        "mocha", ("mocha", "tests/*.js"), ("--reporter", "fixloop/mocha-reporter"), 9, golden="mocha"
    ),
    "mocha_only": Case("mocha", ("mocha", "only.js"), ("--require", "fixloop/mocha"), 0, compared=False),
    "mocha_broken": Case("mocha", ("mocha", "broken.js"), ("--require", "fixloop/mocha"), 1, compared=False),
    "playwright": Case("playwright", PLAYWRIGHT, ("--reporter=list,fixloop/playwright",), 1, compared=False),
    "playwright_named": Case(
        "playwright",
        PLAYWRIGHT,
        ("--reporter=list,fixloop/playwright",),
        0,
        ("-g", "alone", "--project", "phone"),
        compared=False,
    ),
    "node": Case("node", NODE, _NODE_REPORTER, 1),
    "node_named": Case(
        "node", NODE, _NODE_REPORTER, 1, ("--test-name-pattern=adds", "tests/cart.test.js"), compared=False
    ),
}


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and the projects."""
    return laid_out(tmp_path_factory.mktemp("javascript"))


@pytest.fixture
def projects(laid: Path, tmp_path: Path) -> Projects:
    """The projects, with a spool of their own."""
    return Projects(laid, tmp_path)


@pytest.fixture
def bench(laid: Path) -> Path:
    """The package with its packages."""
    return laid / PLUGIN.name


def test_types_hold(bench: Path) -> None:
    """Strict, tests included, against the runners' own types."""
    run_in(bench, "tsc")


def test_its_own_tests_pass(bench: Path, tmp_path: Path) -> None:
    """Under `node --test`."""
    tests = sorted(str(path) for path in (bench / "test").glob("*.test.js"))
    said = run_in(
        bench,
        node(),
        "--test",
        "--test-reporter=tap",
        *tests,
        FIXLOOP_SPOOL=str(tmp_path / "spool"),
        TMPDIR=str(tmp_path),
    )
    passed, failed = (re.search(rf"^# {word} (\d+)$", said, re.MULTILINE) for word in ("pass", "fail"))
    assert passed
    assert failed
    assert int(passed[1]) > 15
    assert "0" == failed[1]


def test_the_package_holds_what_runs_and_nothing_else(bench: Path, tmp_path: Path) -> None:
    """Sources, the manifest, two texts; whatever the manifest exports is there; nothing is installed with it."""
    said = run_in(bench, "npm", "pack", "--dry-run", "--json", npm_config_cache=str(tmp_path))
    (packed,) = json.loads(said)
    held = {one["path"] for one in packed["files"]}
    manifest = json.loads((bench / "package.json").read_text(encoding="utf-8"))
    assert {"LICENSE", "README.md", "package.json"} == {name for name in held if not name.startswith("src/")}
    assert {f"src/{path.name}" for path in (bench / "src").iterdir()} == held - {
        "LICENSE",
        "README.md",
        "package.json",
    }
    assert {path.removeprefix("./") for path in manifest["exports"].values()} <= held
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & manifest.keys()
    assert packed["unpackedSize"] < 120_000


def test_the_sources_ask_for_nothing_but_node(bench: Path) -> None:
    """No dependency at run time."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (bench / "src").iterdir())
    asked = set(re.findall(r"""(?:from|import\(|require\()\s*["']([^"']+)["']""", sources))
    types = set(re.findall(r"""\{import\(["']([^"']+)["']""", sources))
    assert set() == {name for name in asked - types if not name.startswith(("node:", "./"))} - {"mocha"}


def test_the_lock_file_names_no_host() -> None:
    """Where packages come from is npm's setting, and not the project's."""
    lock = json.loads((PLUGIN / "package-lock.json").read_text(encoding="utf-8"))
    assert [] == [name for name, package in lock["packages"].items() if "resolved" in package]
    assert [] == [
        name
        for name, package in lock["packages"].items()
        if name and "integrity" not in package and not package.get("inBundle")
    ]


def test_what_is_generated_is_up_to_date() -> None:
    """`make generate` writes the rules of the package, and the golden vectors."""
    assert javascript_rules.rules() == javascript_rules.FILE.read_text(encoding="utf-8")
    assert golden_vectors.documents() == {
        path.name: path.read_text(encoding="utf-8") for path in golden_vectors.FOLDER.iterdir()
    }


def test_ports_give_the_golden_vectors(bench: Path) -> None:
    """Digests, names, masks, failures, signatures, folders and sessions."""
    said = run_in(bench, node(), "test/compare.js", str(golden_vectors.FOLDER), str(DOCS))
    assert re.fullmatch(r"7\d\d cases, 0 different\n", said)


def test_ports_say_what_python_says(bench: Path, tmp_path: Path) -> None:
    """Of thousands of texts more, and of every failure that runners of JavaScript printed for the labelled set."""
    recorded = [
        json.loads(line)["text"]
        for runner in ("jest", "jest-json", "vitest")
        for line in (PROJECTS.parent / f"signatures/{runner}/failures.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
    ]
    cases: Mapping[str, Any] = {
        "masks": [[text, mask(text)] for text in (*golden_vectors.texts(11, 4_000), *recorded)],
        "failures": [
            [text, *golden_vectors.failure(text)] for text in (*golden_vectors.reports(12, 3_000), *recorded)
        ],
        "names": [],
        "digests": [],
    }
    for name, content in cases.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    said = run_in(bench, node(), "test/compare.js", str(tmp_path))
    assert f"{4_000 + 3_000 + 2 * len(recorded)}" <= said.split()[0]
    assert said.endswith(" 0 different\n")


def test_places_are_known_as_python_knows_them(bench: Path, tmp_path: Path) -> None:
    """Working copies, linked worktrees, sessions and attribution, without starting git."""
    copy = tmp_path / "copy"
    subprocess.run(["git", "init", "-q", "-b", "main", str(copy)], check=True)
    for setting in (
        "remote.origin.url=https://t0ken@example.org/ada/shop.git",
        "user.email=Ada@example.org",
        "user.name=A",
    ):
        subprocess.run(["git", "-C", str(copy), "config", *setting.split("=")], check=True)
    subprocess.run(["git", "-C", str(copy), "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    subprocess.run(["git", "-C", str(copy), "worktree", "add", "-q", str(tmp_path / "tree")], check=True)
    subprocess.run(["git", "-C", str(copy), "pack-refs", "--all"], check=True)
    (copy / "deep").mkdir()
    folders = [copy, copy / "deep", tmp_path / "tree", tmp_path]
    own = {"HOME": str(tmp_path), "CLAUDE_CODE_SESSION_ID": "c1", "FIXLOOP_MODEL": "model-x", "USER": "ada"}
    more = {"FIXLOOP_DIGEST_KEY": "k", "FIXLOOP_SPOOL": str(tmp_path / "spool"), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [node(), str(bench / "test/places.js"), *map(str, folders)],
        env={**own, **more},
        capture_output=True,
        text=True,
        check=True,
    )
    digests = Digester(b"k")
    expected = []
    for folder in folders:
        found = working_copy(folder)
        root = found.root if found else folder
        known = found and [
            str(found.root),
            found.name,
            found.branch,
            found.revision,
            found.email,
            str(found.git),
            found.linked,
        ]
        expected.append(
            {
                "copy": known,
                "session": session_id(own, digests, root, linked=bool(found and found.linked)),
                "attribution": attribution(own, digests, found),
            }
        )
    assert expected == json.loads(done.stdout)


@pytest.mark.parametrize("name", CASES)
def test_a_run_as_events(projects: Projects, name: str) -> None:
    """It tells what its golden file says, ends as it ends without the reporter, prints the same, and gives nothing away."""
    case = CASES[name]
    done = projects.run(case.project, *case.watched)
    assert case.exit_code == done.returncode, done.stdout + done.stderr
    assert SECRET not in b"".join(path.read_bytes() for path in projects.spool.rglob("*") if path.is_file())
    found = _told(projects.spool)
    path = PROJECTS / f"{case.golden or name}.json"
    if os.environ.get("FIXLOOP_GOLDEN") == "write" and case.golden is None:
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == found
    if case.compared:
        plain = projects.run(case.project, *case.alone, *case.selection)
        assert plain.returncode == done.returncode
        assert _said(plain) == _said(done)


@pytest.mark.parametrize(("name", "reader"), [("jest", jest.read), ("vitest", vitest.read)])
def test_a_reporter_and_a_transcript_have_one_signature(projects: Projects, name: str, reader: Any) -> None:
    """Whoever reads what the runner printed gets the same tests, and for each failure the same signature."""
    done = projects.run(name, *CASES[name].watched)
    printed = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr if name == "jest" else done.stdout + done.stderr)
    told = {
        (result["test_case_name"], result.get("level", "case")): result.get("signature", {}).get("digest")
        for event in _raw(projects.spool)
        for result in event["data"].get("results", ())
    }
    read = {
        (result.name, result.level.value): signature_of(result.failure, Capture(b"k"))["digest"]
        for result in reader(printed.split("\n")).results
        if result.failure is not None
    }
    assert len(read) >= 10
    # A text of the terminal names the later of two errors of one file.
    assert read == {key: told.get(key) for key in read}


def test_a_run_that_nobody_asked_for_is_not_recorded(projects: Projects) -> None:
    """Not without `FIXLOOP=1`; not inside of a test of another run; never with `FIXLOOP=off`; but by the reporter's own option."""
    reporter = ("mocha", "tests/alone.js", "--reporter", "fixloop/mocha-reporter")
    record = ("--reporter-option", "record=true")
    for environment, arguments in (
        ({"FIXLOOP": ""}, ()),
        ({"PYTEST_CURRENT_TEST": "x"}, ()),
        ({"FIXLOOP": "off"}, record),
        ({"FIXLOOP_DENY": "mocha"}, record),
    ):
        assert 0 == projects.run("mocha", *reporter, *arguments, **environment).returncode
        assert not projects.spool.exists()
    assert 0 == projects.run("mocha", *reporter, *record, FIXLOOP="").returncode
    assert 1 == projects.dropped("finished")


@pytest.mark.parametrize(
    "environment",
    [{"FIXLOOP_SPOOL": "/proc/nothing"}, {"FIXLOOP_CONFIG": "/nowhere.toml"}, {"FIXLOOP_SPOOL": "/dev/null"}],
)
def test_a_run_that_cannot_be_recorded_goes_on(projects: Projects, environment: dict[str, str]) -> None:
    """No disk, broken settings: one line in a log, and the run is what it is without."""
    plain = projects.run("mocha", "mocha", "tests/alone.js")
    done = projects.run("mocha", "mocha", "tests/alone.js", "--require", "fixloop/mocha", **environment)
    assert (plain.returncode, _said(plain)) == (done.returncode, _said(done))
    logs = [*projects.home.rglob("emit.log")]
    assert ["javascript: "] == [log.read_text(encoding="utf-8").split(" ", 2)[2][:12] for log in logs]


def test_a_run_that_is_killed_keeps_what_was_known(projects: Projects) -> None:
    """Without an end, absence proves nothing."""
    project = projects.folder / "mocha"
    (project / "endless.js").write_text(
        'it("passes", () => {});\nit("goes on", function () { this.timeout(0); return new Promise((r) => setTimeout(r, 60000)); });\n'
    )
    with projects.running("mocha", "mocha", "--require", "fixloop/mocha", "endless.js") as process:
        projects.wait_for("results", 1)
        os.killpg(process.pid, signal.SIGINT)
        assert -signal.SIGINT == process.wait(timeout=30)
    names = [one["test_case_name"] for event in _told(projects.spool) for one in event.get("results", ())]
    assert ["endless.js > passes"] == names
    assert "testsuiterun.finished" not in [event["type"] for event in _told(projects.spool)]


def test_a_run_that_is_stopped_says_so(projects: Projects) -> None:
    """Where the runner says so to its reporters."""
    project = projects.folder / "playwright"
    (project / "endless").mkdir(exist_ok=True)
    (project / "endless/endless.config.js").write_text("module.exports = { workers: 1 };\n")
    (project / "endless/a.spec.js").write_text(
        'const { test } = require("@playwright/test");\ntest("passes", () => {});\ntest("goes on", () => new Promise(() => {}));\n'
    )
    command = (*PLAYWRIGHT, "--config=endless/endless.config.js", "--reporter=fixloop/playwright")
    with projects.running("playwright", *command) as process:
        projects.wait_for("results", 1)
        os.killpg(process.pid, signal.SIGINT)
        assert 130 == process.wait(timeout=30)
    *_, results, finished = _told(projects.spool)
    assert ["endless/a.spec.js > passes"] == [one["test_case_name"] for one in results["results"]]
    assert "aborted" == finished["status"]


def test_each_rerun_while_files_are_watched_is_a_run(projects: Projects) -> None:
    """The first of everything; the next of what changed."""
    project = projects.folder / "watched"
    project.mkdir()
    (project / "package.json").write_text('{ "name": "watched", "type": "module" }\n')
    for name in ("a", "b"):
        (project / f"{name}.test.js").write_text(
            f'import {{ test }} from "vitest";\ntest("{name}", () => {{}});\n'
        )
    subprocess.run(["git", "init", "-q", "-b", "main", str(project)], check=True)
    with projects.running(
        "watched", "vitest", "--watch", "--reporter=default", "--reporter=fixloop/vitest"
    ) as process:
        projects.wait_for("finished", 1)
        for attempt in range(200):  # its watcher may need a moment before it sees anything
            with (project / "a.test.js").open("a", encoding="utf-8") as file:
                file.write(f"// {attempt}\n")
            if projects.dropped("finished") > 1 or process.poll() is not None:
                break
            try:
                process.wait(timeout=0.3)
            except subprocess.TimeoutExpired:
                continue
    told = _told(projects.spool)
    runs = [
        (event["scope"], event["command"]["selectors"])
        for event in told
        if event["type"] == "testsuiterun.started"
    ]
    assert [("all", []), ("selection", ["a.test.js"])] == runs[:2]


def test_a_cycle_is_found(projects: Projects) -> None:
    """Red, an edit, green, an edit, red: with the edits of an agent in the same session, through the embedded store."""
    source = projects.folder / "mocha/src/price.js"
    (projects.folder / "mocha/price.js").write_text(
        'const { price } = require("./src/price");\nit("is right", () => require("node:assert").equal(price, 2));\n'
    )
    spool = Spool(projects.spool)
    for number, price in enumerate((1, 2, 1)):
        source.write_text(f"exports.price = {price};\n")
        if number:
            data = {
                "path": "aa" * 8,
                "path_role": "product",
                "file_digest_before": f"{number + 1:016x}",
                "file_digest_after": f"{number + 2:016x}",
            }
            assert spool.emit(Draft("s1", EDIT_APPLIED, "/agent/example", data))
        command = ("mocha", "price.js", "--require", "fixloop/mocha")
        assert int(price != 2) == projects.run("mocha", *command, FIXLOOP_SESSION="s1").returncode
    environment = projects.environment(FIXLOOP_DATA=str(projects.home / "data"))
    _fixloop(environment, "up", "--once")
    rows = json.loads(
        _fixloop(environment, "sql", "SELECT kind, test_case_names FROM detections", "--format", "json")
    )
    assert [{"kind": "reintroduction", "test_case_names": ["price.js > is right"]}] == rows


def _fixloop(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "fixloop", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def _raw(spool: Path) -> list[dict[str, Any]]:
    """The events in the spool, each of which the models take; nothing was set aside."""
    for folder in (spool / "sessions").iterdir():
        Spool(spool).take_in(folder)
    assert not (spool / "set-aside.jsonl").exists()
    events_of(spool)
    return [json.loads(line) for line in lines_of(spool)]


def _told(spool: Path) -> list[dict[str, Any]]:
    """The same without what differs from run to run."""
    found = []
    for event in _raw(spool):
        data = {name: value for name, value in event["data"].items() if name not in _VOLATILE}
        data.get("command", {}).pop("digest", None)
        for result in data.get("results", ()):
            result.pop("duration", None)
        found.append({"type": event["type"].removeprefix(_PREFIX).removesuffix(_SUFFIX), **data})
    return _in_one_part(found)


def _in_one_part(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How results are spread over parts depends on time, and their order on workers."""
    first: dict[str, Any] | None = None
    kept = []
    for event in events:
        if event["type"] != "testsuiterun.results":
            first = None if event["type"] == "testsuiterun.started" else first
            kept.append({name: value for name, value in event.items() if name != "parts"})
        elif first is None:
            first = event
            kept.append(event)
        else:
            first["results"] += event["results"]
    for event in kept:
        if "results" in event:
            event["results"].sort(
                key=lambda one: (one["test_case_name"], one.get("level", ""), one["outcome"])
            )
    return kept


def _said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was printed, in any order, without times."""
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", done.stdout + "\n" + done.stderr).split("\n")
    plain = (re.sub(r"\d+(:\d\d:\d\d|\.\d+)?( ?m?s\b)?", _without_time, line) for line in lines)
    return sorted(line.removesuffix(", estimated N s") for line in plain)


def _without_time(number: re.Match[str]) -> str:
    """What takes milliseconds on one machine takes seconds on a busy one."""
    return "N s" if number.group(2) else "N"
