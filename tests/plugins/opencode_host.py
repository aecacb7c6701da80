"""OpenCode as far as its plugin sees it, in a process of Node or Bun, with a hook of the test's choice."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import pytest

from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.opencode_plugin import plugin_text
from tests.architecture.project import program
from tests.services.node_packages import node
from tests.services.polling import poll

PLUGIN: Final = Path(__file__).parents[2] / "plugins/opencode"
Step = dict[str, Any]
_FOREIGN: Final = (
    "FIXLOOP",
    "CLAUDE",
    "CODEX",
    "COPILOT",
    "CURSOR",
    "GEMINI",
    "OPENCODE",
    "PYTEST",
    "GIT_",
    "XDG_",
)


def opencode() -> str | None:
    """OpenCode's program, which has Bun in it; None where there is none."""
    return os.environ.get("FIXLOOP_TEST_OPENCODE") or shutil.which("opencode")


def runtime(name: str) -> tuple[list[str], dict[str, str]]:
    """How Node or Bun is started; the test is skipped where there is none."""
    if name == "node":
        return [node()], {}
    if bun := shutil.which("bun"):
        return [bun], {}
    if found := opencode():
        return [found], {"BUN_BE_BUN": "1"}
    pytest.skip("neither 'bun' nor 'opencode' is on PATH: npm install --global bun")


def an_environment(home: Path, **more: str) -> dict[str, str]:
    """That of a person who lives in this folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    ours = {"HOME": str(home), "FIXLOOP_SPOOL": str(home / "spool"), "FIXLOOP_DIGEST_KEY": "k"}
    return {**kept, **ours, **more}


@dataclass(slots=True)
class Running:
    """A host that runs."""

    directory: Path
    stdin: IO[str]
    report: Path
    lists: int = field(default=0)

    def do(self, *steps: Step) -> list[Any]:
        """Take these steps; what the hooks made of their outputs."""
        return self.told(*steps)["outputs"]  # type: ignore[no-any-return]

    def told(self, *steps: Step) -> Mapping[str, Any]:
        """The same, with all that the host reports; it had no problem."""
        self.stdin.write(json.dumps(steps) + "\n")
        self.stdin.flush()
        self.lists += 1
        report = poll("the host's report", self._reported)
        assert [] == report["problems"]
        return report

    def _reported(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.report.read_bytes()) if self.report.exists() else {}
        return found if found.get("lists") == self.lists else {}


@contextmanager
def running(
    directory: Path,
    home: Path,
    hook: Sequence[str] = (),
    *,
    under: str = "node",
    copies: int = 1,
    installed: Path | None = None,
    **environment: str,
) -> Iterator[Running]:
    """A host on a project; at its end the plugin is disposed of, and nothing was printed.

    Args:
        directory: the project.
        home: the person's home, with the spool in it.
        hook: what the plugin starts; fixloop's own hook when it is empty.
        under: `node` or `bun`.
        copies: how often the plugin is there.
        installed: a plugin to load instead.
        environment: variables besides those of `an_environment`.
    """
    command, own = runtime(under)
    plugins = [installed] if installed else _written(home, hook, copies)
    report = home / "report.json"
    with subprocess.Popen(
        [*command, str(PLUGIN / "test/host.js")],
        env=an_environment(home, **own, **environment),
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdin is not None
        try:
            setup = {"plugins": list(map(str, plugins)), "directory": str(directory), "report": str(report)}
            process.stdin.write(json.dumps(setup) + "\n")
            yield Running(directory, process.stdin, report)
            said, _ = process.communicate(timeout=30)
            assert (0, "") == (process.returncode, said)
        finally:
            if process.poll() is None:
                process.kill()
                print(process.communicate()[0], file=sys.stderr)  # noqa: T201 -- why the test failed


def _written(home: Path, hook: Sequence[str], copies: int) -> list[Path]:
    text = plugin_text(Command(tuple(hook) or (program("fixloop-hook"), "opencode")))
    plugins = [home / f"plugins-{number}/fixloop.mjs" for number in range(copies)]
    for plugin in plugins:
        plugin.parent.mkdir(parents=True)
        plugin.write_text(text, encoding="utf-8")
    return plugins


def before(tool: str, call: str, args: Any, session: str = "ses_1") -> Step:
    """OpenCode is about to use a tool."""
    return {
        "hook": "tool.execute.before",
        "input": {"tool": tool, "sessionID": session, "callID": call},
        "output": {"args": args},
    }


def after(
    tool: str, call: str, args: Any, session: str = "ses_1", *, output: str = "done", **metadata: Any
) -> Step:
    """OpenCode used a tool."""
    return {
        "hook": "tool.execute.after",
        "input": {"tool": tool, "sessionID": session, "callID": call, "args": args},
        "output": {"title": tool, "output": output, "metadata": {"truncated": False, **metadata}},
    }


def used(
    tool: str,
    call: str,
    args: Any,
    session: str = "ses_1",
    files: Mapping[Path, str | None] | None = None,
    **more: Any,
) -> tuple[Step, Step, Step]:
    """OpenCode uses a tool, which changes these files."""
    changed = {str(path): content for path, content in (files or {}).items()}
    return before(tool, call, args, session), {"files": changed}, after(tool, call, args, session, **more)


def edited(path: Path, call: str, content: str, session: str = "ses_1") -> tuple[Step, Step, Step]:
    """The tool `write` gives a file this content."""
    return used("write", call, {"filePath": str(path), "content": content}, session, {path: content})


def event(kind: str, **properties: Any) -> Step:
    """An event of OpenCode's."""
    return {
        "hook": "event",
        "input": {"event": {"id": f"evt_{kind}", "type": kind, "properties": properties}},
    }


def created(session: str = "ses_1", **info: str) -> Step:
    """A session begins."""
    return event("session.created", sessionID=session, info={"id": session, "title": "x", **info})


def prompted(message: str, model: str, session: str = "ses_1") -> Step:
    """A person, or an agent, says something to a model."""
    told = {
        "id": message,
        "sessionID": session,
        "role": "user",
        "model": {"providerID": "p", "modelID": model},
    }
    return {
        "hook": "chat.message",
        "input": {"sessionID": session},
        "output": {"message": told, "parts": [{"type": "text", "text": "do it"}]},
    }


def shell(cwd: Path, session: str | None = "ses_1", **env: str) -> Step:
    """OpenCode makes the environment of a shell."""
    asked = {"cwd": str(cwd), **({"sessionID": session} if session else {})}
    return {"hook": "shell.env", "input": asked, "output": {"env": dict(env)}}
