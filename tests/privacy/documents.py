"""A marked session as each format of `fixloop import` has it: a prompt, a thought, an edit, a red run, and what surrounds them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tests.privacy.machine import NEW, OLD, Machine
from tests.privacy.marks import Mark
from tests.privacy.runs import JUNIT, PYTEST_COMMAND, PYTEST_OUTPUT
from tests.unit.emit.git_repositories import git
from tests.unit.emit.imports import claude_lines
from tests.unit.emit.imports.reading import write_lines

Writer = Callable[[Machine, Path], Path]
_TOKEN: Final = f"export TOKEN={Mark.COMMAND}"
_SED: Final = f"sed -i 's/{Mark.OLD_TEXT}/{Mark.NEW_TEXT}/' src/{Mark.FOLDER}/{Mark.FILE}.py"
_CALLED: Final = "shop." + Mark.CLASS.capitalize()


def _json(folder: Path, name: str, document: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(document))
    return path


def _claude_lines(machine: Machine) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"cwd": str(machine.root), "gitBranch": f"{Mark.BRANCH}/one"}
    prompt = {"role": "user", "content": Mark.PROMPT}
    thought = {"role": "assistant", "model": "model-x", "content": [{"type": "text", "text": Mark.PROMPT}]}
    return [
        claude_lines.line("user", prompt, 0, **place),
        claude_lines.line("assistant", thought, 1, **place),
        *claude_lines.edit(1, OLD, NEW, str(machine.file), **place),
        *claude_lines.edit(2, OLD, NEW, f"/opt/{Mark.OUTSIDE}/{Mark.FILE}.py", **place),
        *claude_lines.shell(3, _TOKEN, Mark.PRINTED, **place),
        *claude_lines.shell(4, PYTEST_COMMAND, PYTEST_OUTPUT, 1, **place),
        *claude_lines.shell(
            5, f"git commit -m {Mark.COMMIT}", f"[{Mark.BRANCH} abcdef1] {Mark.COMMIT}", **place
        ),
    ]


def _claude_code(machine: Machine, folder: Path) -> Path:
    return write_lines(folder / "s.jsonl", _claude_lines(machine))


def _codex(machine: Machine, folder: Path) -> Path:
    remote = f"https://{Mark.USER}:{Mark.PASSWORD}@{Mark.HOST}.example/acme/shop.git"
    head = {"commit_hash": "ab" * 20, "branch": f"{Mark.BRANCH}/one", "repository_url": remote}
    meta = {"id": "t", "cwd": str(machine.root), "git": head, "instructions": Mark.PROMPT}
    diff = f"@@ -1,2 +1,2 @@\n-{Mark.OLD_TEXT} = 1\n+{Mark.NEW_TEXT} = 2\n"
    changes = {str(machine.file): {"type": "update", "unified_diff": diff}}

    def called(call: str, command: str, printed: str, code: int) -> list[dict[str, Any]]:
        arguments = json.dumps({"cmd": command, "workdir": str(machine.root)})
        output = f"Wall time: 0.5 seconds\nProcess exited with code {code}\nOutput:\n{printed}"
        use = {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": call}
        return [
            {"type": "response_item", "payload": use},
            {
                "type": "response_item",
                "payload": {"type": "function_call_output", "call_id": call, "output": output},
            },
        ]

    patched = {"type": "patch_apply_end", "call_id": "c2", "success": True, "changes": changes}
    patch = f"*** Begin Patch\n*** Update File: {machine.file}\n@@\n-{Mark.OLD_TEXT} = 1\n+{Mark.NEW_TEXT} = 2\n*** End Patch\n"
    apply = {"type": "custom_tool_call", "name": "apply_patch", "input": patch, "call_id": "c2"}
    lines = [
        {"type": "session_meta", "payload": meta},
        {"type": "turn_context", "payload": {"cwd": str(machine.root), "model": "model-x"}},
        {"type": "event_msg", "payload": {"type": "user_message", "message": Mark.PROMPT}},
        *called("c1", _TOKEN, Mark.PRINTED, 0),
        {"type": "response_item", "payload": apply},
        {"type": "event_msg", "payload": patched},
        *called("c3", PYTEST_COMMAND, PYTEST_OUTPUT, 1),
    ]
    return write_lines(
        folder / "rollout-1.jsonl", [{"timestamp": "2026-01-02T03:04:05.000Z", **line} for line in lines]
    )


def _mini_swe_agent(machine: Machine, folder: Path) -> Path:
    def turn(command: str, printed: str, code: int) -> list[dict[str, str]]:
        answer = f"<returncode>{code}</returncode>\n<output>\n{printed}\n</output>"
        return [
            {"role": "assistant", "content": f"THOUGHT: {Mark.PROMPT}\n\n```bash\n{command}\n```"},
            {"role": "user", "content": answer},
        ]

    new = f"cat <<'EOF' > src/{Mark.FOLDER}/{Mark.FILE}.py\n{NEW}EOF"
    config = {
        "model": {"model_name": "model-x"},
        "environment": {"cwd": str(machine.root), "env": Mark.VARIABLE},
    }
    messages = [
        {"role": "system", "content": Mark.PROMPT},
        *turn(_TOKEN, Mark.PRINTED, 0),
        *turn(new, "", 0),
        *turn(_SED, "", 0),
        *turn(PYTEST_COMMAND, PYTEST_OUTPUT, 1),
    ]
    info = {"exit_status": "Submitted", "submission": Mark.NEW_TEXT, "config": config}
    document = {
        "info": info,
        "messages": messages,
        "instance_id": "a__b-1",
        "trajectory_format": "mini-swe-agent-1",
    }
    return _json(folder, "a.traj.json", document)


def _swe_agent(_machine: Machine, folder: Path) -> Path:
    path = f"/acme__shop/src/{Mark.FOLDER}/{Mark.FILE}.py"
    edit = f"str_replace_editor str_replace {path} --old_str '{Mark.OLD_TEXT}' --new_str '{Mark.NEW_TEXT}'"
    steps = [
        {
            "action": action,
            "observation": observation,
            "state": {"working_dir": "/acme__shop"},
            "thought": Mark.PROMPT,
        }
        for action, observation in (
            (_TOKEN, Mark.PRINTED),
            (edit, f"The file {path} has been edited. {Mark.NEW_TEXT}"),
            (PYTEST_COMMAND, PYTEST_OUTPUT),
        )
    ]
    return _json(folder, "acme__shop-7.traj", {"trajectory": steps, "info": {}, "history": [Mark.PROMPT]})


def _openhands(_machine: Machine, folder: Path) -> Path:
    root = "/workspace/acme__shop__1"
    path = f"{root}/src/{Mark.FOLDER}/{Mark.FILE}.py"
    ran = {"metadata": {"exit_code": 1, "working_dir": root}, "command": PYTEST_COMMAND}
    edited = {"path": path, "prev_exist": True, "old_content": OLD, "new_content": NEW}
    events = [
        {"id": 0, "action": "message", "args": {"content": Mark.PROMPT}},
        {"id": 1, "action": "run", "args": {"command": PYTEST_COMMAND, "thought": Mark.PROMPT}},
        {"id": 2, "observation": "run", "cause": 1, "content": PYTEST_OUTPUT, "extras": ran},
        {"id": 3, "action": "edit", "args": {"command": "str_replace", "path": path}},
        {"id": 4, "observation": "edit", "cause": 3, "content": Mark.NEW_TEXT, "extras": edited},
    ]
    return _json(folder, "trajectory.json", events)


def _entire(machine: Machine, folder: Path) -> Path:
    repository, checkpoint = folder / "checkpoints", folder / "checkpoints/a1/b2c3d4e5f6/0"
    checkpoint.mkdir(parents=True)
    write_lines(checkpoint / "full.jsonl", _claude_lines(machine))
    told = {"session_id": "s", "agent": "Claude Code", "created_at": "2026-01-02T04:00:00Z"}
    (checkpoint / "metadata.json").write_text(json.dumps({**told, "checkpoint_id": "a"}))
    (checkpoint / "prompt.txt").write_text(Mark.PROMPT)
    git(repository, "init", "-q", "-b", "entire/checkpoints/v1")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", Mark.COMMIT)
    return repository


def _junit(_machine: Machine, folder: Path) -> Path:
    path = folder / "junit.xml"
    path.write_text(JUNIT)
    return path


def _ctrf(machine: Machine, folder: Path) -> Path:
    trace = (
        f"{_CALLED.removeprefix('shop.')}Error: {Mark.MESSAGE}\n    at {machine.root}/src/{Mark.FILE}.ts:12:3"
    )
    test = {
        "name": Mark.TEST,
        "status": "failed",
        "duration": 1,
        "filePath": f"tests/{Mark.TEST_FILE}.ts",
        "message": Mark.MESSAGE,
        "trace": trace,
        "stdout": [Mark.PRINTED],
        "snippet": Mark.OLD_TEXT,
        "parameters": {"x": Mark.ARGUMENT},
        "extra": {"env": Mark.VARIABLE},
    }
    environment = {"branchName": Mark.BRANCH, "commit": Mark.COMMIT, "appName": Mark.HOST}
    results = {
        "tool": {"name": "playwright"},
        "summary": {"tests": 1, "passed": 0, "failed": 1, "skipped": 0},
        "tests": [test],
        "environment": environment,
    }
    return _json(folder, "ctrf.json", {"reportFormat": "CTRF", "specVersion": "0.0.0", "results": results})


def _go_json(machine: Machine, folder: Path) -> Path:
    name = f"Test{Mark.TEST.capitalize()}"
    outputs = (
        f"=== RUN   {name}\n",
        f"{Mark.PRINTED}\n",
        f"    {Mark.TEST_FILE}_test.go:9: {Mark.MESSAGE} in {machine.home}/x\n",
        f"--- FAIL: {name} (0.00s)\n",
    )
    lines: list[dict[str, Any]] = [{"Action": "run", "Package": "example.com/shop", "Test": name}]
    lines += [
        {"Action": "output", "Package": "example.com/shop", "Test": name, "Output": output}
        for output in outputs
    ]
    lines.append({"Action": "fail", "Package": "example.com/shop", "Test": name, "Elapsed": 0})
    lines.append({"Action": "fail", "Package": "example.com/shop", "Elapsed": 0})
    return write_lines(folder / "go.jsonl", lines)


def _nextest(machine: Machine, folder: Path) -> Path:
    path = folder / "nextest.xml"
    panic = f"thread 'tests::{Mark.TEST}' panicked at {machine.root}/src/{Mark.FILE}.rs:8:24:\n{Mark.MESSAGE}"
    path.write_text(
        '<?xml version="1.0"?>\n<testsuites name="nextest-run"><testsuite name="shop">'
        f'<testcase name="tests::{Mark.TEST}" classname="shop"><failure message="{Mark.MESSAGE}" type="exit code 101">{panic}'
        f"</failure><system-out>{Mark.PRINTED}</system-out><system-err>{panic}\n</system-err></testcase></testsuite></testsuites>"
    )
    return path


def _trx(machine: Machine, folder: Path) -> Path:
    path = folder / "results.trx"
    stack = f"   at Shop.CartTest.Adds() in {machine.root}/{Mark.FILE}.cs:line 20"
    error = f"<Message>{_CALLED} : {Mark.MESSAGE}</Message><StackTrace>{stack}</StackTrace>"
    output = f"<StdOut>{Mark.PRINTED}</StdOut><ErrorInfo>{error}</ErrorInfo>"
    path.write_text(
        f'<?xml version="1.0"?>\n<TestRun name="{Mark.USER}@{Mark.HOST}" runUser="{Mark.USER}" '
        'xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>'
        f'<UnitTestResult executionId="e" testId="t" testName="Shop.{Mark.TEST}" computerName="{Mark.HOST}" outcome="Failed">'
        f"<Output>{output}</Output></UnitTestResult></Results></TestRun>"
    )
    return path


DOCUMENTS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        "claude-code": _claude_code,
        "codex": _codex,
        "mini-swe-agent": _mini_swe_agent,
        "swe-agent": _swe_agent,
        "openhands": _openhands,
        "entire": _entire,
        "junit": _junit,
        "ctrf": _ctrf,
        "go-json": _go_json,
        "nextest": _nextest,
        "trx": _trx,
    }
)
"""By the names that `fixloop import` knows."""
TRANSCRIPTS: Final = frozenset({"claude-code", "codex", "mini-swe-agent", "swe-agent", "openhands", "entire"})
"""Those that tell of edits too."""
