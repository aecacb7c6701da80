"""The VS Code extension: types, its own tests, the package, its ports beside what they are ports of, and a session from end to end."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.changes import stretches_between
from fixloop.emit.git.working_copy import working_copy
from fixloop.emit.session.identity import session_id
from fixloop.emit.spool.session_file import folder_name
from fixloop.emit.spool.spool import Spool
from fixloop.land.store_socket import socket_path
from fixloop_schemas import golden_vectors
from fixloop_schemas.commands import called
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunFinishedV1, SuiteRunResultsV1, SuiteRunStartedV1
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import RunStatus
from tests.plugins.shared_rules import FOLDER, shared_rules
from tests.services.node_packages import node, run_in, workbench
from tests.unit.emit.spooled import events_of

PLUGIN = Path(__file__).parents[2] / "plugins/vscode"

TEXTS = (
    "",
    "a",
    "  x = 1\t",
    "ä 日本 🙂",
    "\x1c\x85 y \u3000",
    "\ufeffbom",
    "lone \ud800 surrogate",
    "line\u2028end",
)
PATHS = (
    "shop.py",
    "tests/test_shop.py",
    "src/Latest.java",
    "src/LoginTest.java",
    "docs/a.md",
    "docs/conf.py",
    "django/test/client.py",
    "tmp/x.py",
    "../other.py",
    "/abs.py",
    "C:\\x\\y.py",
    "a\\b.ts",
    "web/a.spec.ts",
    "package.json",
    ".github/workflows/ci.yml",
    "README",
    "check_it.py",
    "core.py.orig",
    "testdata/a.md",
    "größe/tests/ünit_test.go",
    "templates/mail.txt",
    "notes.txt",
    "x" * 5_000,
    "reproduce_issue.py",
    "src/main/test/X.java",
    "unknown.bin",
    *golden_vectors.paths(13, 2_000),
)
SESSIONS = ("plain-id_1.2", ".hidden", "with/slash", "ä", "x" * 101, "x" * 300, "a b", "..")
COMMANDS = (
    "pytest",
    "python -m pytest -q tests | tail -5",
    "cd a && FOO=1 timeout 60 uv run pytest 'a b.py'; echo done",
    "go test ./... 2>&1",
    "npx vitest run",
    "npm run test:unit",
    "npm install",
    "pnpm --filter api test",
    "make check",
    "python manage.py test shop",
    "(cd web && yarn jest)",
    "cargo nextest run",
    "mvn -q test",
    "./gradlew :app:test",
    "bundle exec rspec",
    "node --test out/",
    "bash -c 'pytest'",
    "docker exec -it -e A=1 web pytest -q",
    "docker compose -f x.yml run --rm web sh -c 'cd app && pytest' | tee log",
    "docker build .",
    "docker",
    "kubectl -n shop exec pod -c app -- go test ./...",
    "nix develop .#x --command pytest",
    "nix develop",
    "conda run -n env pytest",
    "fixloop run --report junit:out.xml -- pytest a",
    "ssh -p 22 host 'cd app && cargo test'",
    "ssh",
    "bash -c",
    "sh -c \"bash -lc 'npx jest'\"",
    "echo pytest",
    "git commit -m 'fix; pytest'",
    "",
)
CHANGES = (
    ("", "a\nb\n"),
    ("a\nb\nc\n", "a\nB\nc\n"),
    ("a\nb\n", ""),
    ("one\ntwo\nthree\nfour\n", "one\n2\nthree\n4\nfive\n"),
    ("x\r\ny\n", "x\ny\nz"),
)
REPOSITORIES: list[tuple[str, str | None]] = json.loads(
    (Path(__file__).parents[2] / "docs/repositories.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension with its packages, and its tests bundled."""
    folder = workbench(tmp_path_factory.mktemp("vscode"), PLUGIN)
    run_in(folder, node(), "esbuild.mjs", "--tests")
    return folder


@pytest.fixture(scope="module")
def listed(bench: Path) -> dict[str, bytes]:
    """What is in the package that people install."""
    run_in(bench, "npm", "run", "--silent", "package")
    with zipfile.ZipFile(bench / "fixloop.vsix") as package:
        return {name: package.read(name) for name in package.namelist()}


def manifest() -> dict[str, Any]:
    """The extension's manifest."""
    found: dict[str, Any] = json.loads((PLUGIN / "package.json").read_text(encoding="utf-8"))
    return found


def driven(bench: Path, given: dict[str, Any], environment: dict[str, str] | None = None) -> Any:
    """What came of acting something out."""
    done = subprocess.run(
        [node(), str(bench / "out/drive.js")],
        input=json.dumps(given),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return json.loads(done.stdout)


def test_types_hold(bench: Path) -> None:
    """Strict, tests included; VS Code's own types are of the oldest version that the manifest admits, and hold nothing proposed."""
    run_in(bench, "tsc", "--noEmit")
    oldest = manifest()["engines"]["vscode"].removeprefix("^")
    assert oldest == manifest()["devDependencies"]["@types/vscode"]


def test_its_own_tests_pass(bench: Path) -> None:
    """Under `node --test`, without VS Code."""
    said = run_in(bench, node(), "--test", "--test-reporter=tap", "out/test/")
    passed, failed = (re.search(rf"^# {word} (\d+)$", said, re.MULTILINE) for word in ("pass", "fail"))
    assert passed
    assert failed
    assert int(passed[1]) > 40
    assert "0" == failed[1]


def test_the_package_holds_what_runs_and_nothing_else(listed: dict[str, bytes]) -> None:
    """One bundle, the manifest and two texts: no sources, no packages, no tests."""
    ours = sorted(name.removeprefix("extension/") for name in listed if name.startswith("extension/"))
    assert ["LICENSE.txt", "dist/extension.js", "package.json", "readme.md"] == ours
    assert {"[Content_Types].xml", "extension.vsixmanifest"} == {
        name for name in listed if not name.startswith("extension/")
    }
    assert len(listed["extension/dist/extension.js"]) < 100_000


def test_the_bundle_asks_for_nothing_but_node_and_vscode(listed: dict[str, bytes]) -> None:
    """No dependency at run time."""
    asked = set(
        re.findall(r"""require\(["']([^"']+)["']\)""", listed["extension/dist/extension.js"].decode())
    )
    assert set() == {name for name in asked if name != "vscode" and not name.startswith("node:")}
    assert "dependencies" not in manifest()


def test_the_manifest_is_what_the_code_does() -> None:
    """Every command and setting that is contributed is used, and the other way round; nothing proposed; nothing without trust."""
    told = manifest()
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PLUGIN / "src").glob("*.ts"))
    commands = {one["command"] for one in told["contributes"]["commands"]}
    assert commands == set(re.findall(r"""registerCommand\("([^"]+)\"""", source))
    settings = {name.removeprefix("fixloop.") for name in told["contributes"]["configuration"]["properties"]}
    assert settings == set(re.findall(r"""(?:text|names|Facts\["when"\]>)\("(\w+)"\)""", source))
    assert "enabledApiProposals" not in told
    assert told["capabilities"]["untrustedWorkspaces"]["supported"] is False
    assert ["onStartupFinished"] == told["activationEvents"]


def test_a_workspace_cannot_choose_what_is_run_or_where_is_written() -> None:
    """Programs and folders are the machine's alone to set."""
    properties = manifest()["contributes"]["configuration"]["properties"]
    for name in ("command", "dataDirectory", "spoolDirectory", "allow", "deny"):
        assert "machine" == properties[f"fixloop.{name}"]["scope"]


def test_the_lock_file_names_no_host() -> None:
    """Where packages come from is npm's setting, and not the project's."""
    lock = json.loads((PLUGIN / "package-lock.json").read_text(encoding="utf-8"))
    assert [] == [name for name, package in lock["packages"].items() if "resolved" in package]
    assert [] == [name for name, package in lock["packages"].items() if name and "integrity" not in package]


def test_shared_rules_are_up_to_date() -> None:
    """`make generate` writes them."""
    for name, text in shared_rules().items():
        assert text == (FOLDER / name).read_text(encoding="utf-8")


def test_ports_say_what_python_says(bench: Path, tmp_path: Path) -> None:
    """Digests, roles, names of folders, sessions, working copies, runners, changed lines: the same here and there."""
    copy = tmp_path / "copy"
    subprocess.run(["git", "init", "-q", "-b", "main", str(copy)], check=True)
    for setting in ("remote.origin.url=https://t0ken@example.org/ada/shop.git", "user.email=ada@example.org"):
        subprocess.run(["git", "-C", str(copy), "config", *setting.split("=")], check=True)
    subprocess.run(["git", "-C", str(copy), "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    subprocess.run(["git", "-C", str(copy), "worktree", "add", "-q", str(tmp_path / "tree")], check=True)
    (copy / "deep").mkdir()
    folders = [str(copy), str(copy / "deep"), str(tmp_path / "tree"), str(tmp_path)]
    digests = Digester(b"key")
    given = {
        "key": "key",
        "texts": TEXTS,
        "paths": PATHS,
        "sessions": SESSIONS,
        "commands": COMMANDS,
        "folders": folders,
        "remotes": [url for url, _ in REPOSITORIES],
        "changes": CHANGES,
    }
    copies = [working_copy(Path(folder)) for folder in folders]
    calls = [called(command) for command in COMMANDS]
    expected = {
        "texts": [
            [digests.text(text), digests.path(text), digests.person(text), list(digests.lines([text]))]
            for text in TEXTS
        ],
        "roles": [path_role(path).value for path in PATHS],
        "folders": [folder_name(session) for session in SESSIONS],
        "sessions": [session_id({"FIXLOOP_SESSION": one}, digests, Path("/")) for one in SESSIONS],
        "derived": [session_id({}, digests, Path(folder)) for folder in folders],
        "sockets": [str(socket_path(Path(folder))) for folder in folders],
        "runners": [[call.runner, call.exit_code_reliable] if call.runner else None for call in calls],
        "copies": [
            [str(one.root), one.name, one.branch, one.revision, one.email] if one else None for one in copies
        ],
        "repositories": [name for _, name in REPOSITORIES],
        "changes": [
            [[list(one.removed), list(one.added)] for one in stretches_between(*texts)] for texts in CHANGES
        ],
    }
    found = driven(bench, given)
    for what, wanted in expected.items():
        assert wanted == found[what], what


def test_a_save_and_a_run_of_pytest_are_one_session(bench: Path, tmp_path: Path) -> None:
    """The edit stands before the run, in one session, and the run is told once: by pytest's own plugin."""
    shop = _shop(tmp_path)
    environment = _environment(tmp_path)
    pytest_ = f"{sys.executable} -m pytest -q -p no:cacheprovider"
    steps = [{"save": "shop.py", "text": "def total():\n    return 3\n"}, {"terminal": pytest_}]
    assert [None, 0] == driven(bench, {"root": str(shop), "steps": steps}, environment)
    _fixloop(environment, "up", "--once")
    sql = "SELECT session_id, type, source, JSONExtractInt(data, 'code_state', 'edits') AS edits FROM events ORDER BY session_id, seq"
    rows = json.loads(_fixloop(environment, "sql", sql, "--format", "json"))
    assert 1 == len({row["session_id"] for row in rows})
    told = [(row["type"].split(".")[2], row["source"]) for row in rows if ".session." not in row["type"]]
    assert [("edit", "/editor/vscode"), *[("testsuiterun", "/runner/pytest")] * 3] == told
    assert 1 == max(row["edits"] for row in rows)


def test_a_run_that_nobody_else_tells_is_told(bench: Path, tmp_path: Path) -> None:
    """Without the runner's plugin the exit code is what there is; every event is one that the models take."""
    shop = _shop(tmp_path)
    (shop / "Makefile").write_text("test:\n\t@false\n")
    environment = _environment(tmp_path)
    steps = [{"save": "shop.py", "text": "x = 1\n"}, {"terminal": "make test"}]
    driven(bench, {"root": str(shop), "steps": steps}, environment)
    (folder,) = (tmp_path / "spool/sessions").iterdir()
    Spool(tmp_path / "spool").take_in(folder)
    assert [] == list((folder / "inbox").iterdir())
    edit, started, results, finished = (event.data for event in events_of(tmp_path / "spool")[1:])
    assert isinstance(edit, EditAppliedV1)
    assert isinstance(started, SuiteRunStartedV1)
    assert ("make", 1) == (started.framework, started.code_state.edits)
    assert isinstance(results, SuiteRunResultsV1)
    assert [("group", "fail")] == [(one.level.value, one.outcome.value) for one in results.results]
    assert isinstance(finished, SuiteRunFinishedV1)
    assert (RunStatus.FAILURE, 2) == (finished.status, finished.exit_code)


def test_the_status_bar_says_what_up_says(bench: Path, tmp_path: Path) -> None:
    """Asked over the socket, while `fixloop up` runs."""
    shop = _shop(tmp_path)
    environment = _environment(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-m", "fixloop", "up"], env=environment, stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout
        assert up.stdout.readline().startswith("following ")
        pytest_ = f"{sys.executable} -m pytest -q -p no:cacheprovider"
        steps: list[dict[str, Any]] = [{"status": True}, {"terminal": pytest_}]
        assert [None, 1] == driven(bench, {"root": str(shop), "steps": steps}, environment)
        shown = None
        for _ in range(100):
            (shown,) = driven(bench, {"root": str(shop), "steps": [{"status": True}]}, environment)
            if shown:
                break
        assert "$(circle-slash) 1 red" == shown
        up.terminate()
        up.communicate(timeout=60)


def _shop(tmp_path: Path) -> Path:
    shop = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", "-b", "main", str(shop)], check=True)
    (shop / "shop.py").write_text("def total():\n    return 2\n")
    (shop / "test_shop.py").write_text("import shop\n\n\ndef test_total():\n    assert shop.total() == 3\n")
    return shop


def _environment(tmp_path: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FIXLOOP", "PYTEST", "CLAUDE", "CODEX", "COPILOT"))
    }
    return {
        **kept,
        "HOME": str(tmp_path),
        "FIXLOOP": "1",
        "FIXLOOP_SPOOL": str(tmp_path / "spool"),
        "FIXLOOP_DATA": str(tmp_path / "data"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


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
