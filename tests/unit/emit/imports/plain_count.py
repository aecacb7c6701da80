"""A second way to count what a transcript holds, with nothing of the importers: a walk over the JSON, and patterns on texts.

It counts answers where the importers follow calls, and knows no shell: a pattern finds what is called at the beginning of a line or behind
an operator, outside of here-documents.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

_DOCUMENT = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?(.*?\n).*?^\1$", re.DOTALL | re.MULTILINE)
_BEGIN = r"(?:^|&&|\|\||;|\n)\s*(?:cd \S+\s*&&\s*)?"
_TESTS = re.compile(
    _BEGIN
    + r"(go test|bun (?:run )?test|mise run test|(?:\S+ -m )?pytest|(?:\./)?tests/runtests\.py|bin/test)\b"
)
_IN_PLACE = re.compile(_BEGIN + r"sed -i (?:-e )?(?:'[^']*'|\"[^\"]*\") (\S+)")
_WRITTEN = re.compile(_BEGIN + r"cat <<-?\s*['\"]?\w+['\"]? > (\S+)")
_SCRIPTED = re.compile(r"open\((?:'[^']+'|\"[^\"]+\"|\w+), ?['\"]w['\"]\)")
_REMOVED = re.compile(_BEGIN + r"rm (?:-f )?([^-&|;\n][^&|;\n]*)")


def text_of(path: Path) -> str:
    """The file's text, unpacked where it is packed."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def documents(path: Path) -> Iterator[Any]:
    """Every line that is JSON, or the one document."""
    text = text_of(path)
    for line in [text] if path.name.endswith((".json", ".json.gz")) else text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object, at any depth."""
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from objects_in(below)
    elif isinstance(value, list):
        for below in value:
            yield from objects_in(below)


def without_documents(command: str) -> str:
    """The command without the texts of its here-documents."""
    return _DOCUMENT.sub(r"<<\1\2", command)


def runs_tests(command: str) -> bool:
    """Whether a pattern sees a test runner."""
    return _TESTS.search(without_documents(command)) is not None


def claude_code_counts(path: Path) -> Counter[str]:
    """Edits by their structured answers, test runs and removed files by the commands that were answered."""
    found: Counter[str] = Counter()
    commands: dict[str, str] = {}
    for line in documents(path):
        found["edits by tools"] += "structuredPatch" in (line.get("toolUseResult") or ())
        for block in objects_in(line.get("message")):
            if block.get("type") == "tool_use" and block.get("name") == "Bash":
                commands[block["id"]] = block["input"]["command"]
            if block.get("type") == "tool_result":
                command = commands.get(block["tool_use_id"], "")
                found["test runs"] += runs_tests(command)
                found["files removed"] += sum(
                    len([word for word in match.split() if not word.startswith((".git/", '"'))])
                    for match in _REMOVED.findall(command)
                )
    return found


def codex_counts(path: Path) -> Counter[str]:
    """Files of patches that were applied, and test runs by the text of calls."""
    found: Counter[str] = Counter()
    for line in documents(path):
        payload = line["payload"]
        if payload.get("type") == "patch_apply_end" and payload["success"]:
            found["edits by tools"] += len(payload["changes"])
        if payload.get("name") == "exec_command":
            found["test runs"] += runs_tests(json.loads(payload["arguments"])["cmd"])
    return found


def mini_swe_agent_counts(path: Path) -> Counter[str]:
    """What the commands that were run edit, by how; of a command that failed all but its last program."""
    found: Counter[str] = Counter()
    messages = json.loads(text_of(path))["messages"]
    for asked, answer in pairwise(messages):
        blocks = re.findall(r"```bash\n(.*?)\n```", asked["content"], re.DOTALL)
        code = re.search(r"<returncode>(\d+)</returncode>", answer["content"])
        if asked["role"] != "assistant" or len(blocks) != 1 or code is None:
            continue
        command, bare = blocks[0], without_documents(blocks[0])
        sure = bare if code[1] == "0" else "\n".join(re.split(r"\n|&&|;", bare)[:-1])
        found["test runs"] += runs_tests(command)
        found["sed"] += len(_IN_PLACE.findall(sure))
        found["heredoc>"] += len(_WRITTEN.findall(sure))
        found["script"] += len(_SCRIPTED.findall(command)) if sure.startswith("python3 -c") else 0
        found["restores"] += len(re.findall(_BEGIN + r"git (?:checkout \S+\.py|stash)", sure))
        found["files removed"] += sum(len(match.split()) for match in _REMOVED.findall(sure))
    return found


def never_run_counts(path: Path) -> Counter[str]:
    """What the first of several commands in one message would have edited: the agent asks for exactly one, and ran none."""
    found: Counter[str] = Counter()
    for message in json.loads(text_of(path))["messages"]:
        blocks = re.findall(r"```bash\n(.*?)\n```", message["content"], re.DOTALL)
        if message["role"] == "assistant" and len(blocks) > 1:
            bare = without_documents(blocks[0])
            found["sed"] += len(_IN_PLACE.findall(bare))
            found["heredoc>"] += len(_WRITTEN.findall(bare))
            found["script"] += len(_SCRIPTED.findall(blocks[0]))
    return found
