"""Trajectories of mini-SWE-agent: one JSON document a session, with messages that hold one shell command each, and what it printed.

Versions 1 and 2 are read: the command stands in a fenced block of the assistant's message (`bash`, or `mswea_bash_command`), or in
`extra.actions`; the observation is the next message, with `<returncode>` and `<output>`, or with `extra.returncode`. A message with no or
several blocks was rejected by the agent and never run. Version 1 has no times.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.json_fields import Object, listing, mapping, text, whole_number
from fixloop.emit.transcripts.json_documents import content_id, document, parsed
from fixloop.emit.transcripts.moments import moment
from fixloop.emit.transcripts.places import Place, benchmark_repository, place_of
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_facts import ShellCall, shell_facts

AGENT: Final = "mini-swe-agent"
_BLOCK: Final = re.compile(
    r"```(?:bash|sh|mswea_bash_command)[ \t]*\n(.*?)\n```|<mswea_bash_command>(.*?)</mswea_bash_command>",
    re.DOTALL,
)
_RETURN_CODE: Final = re.compile(r"<returncode>\s*(-?\d+)\s*</returncode>")
_OUTPUT: Final = re.compile(
    r"<output>\n?(.*?)\n?</output>|<output_head>\n?(.*?)\n?</output_head>.*?<output_tail>\n?(.*?)\n?</output_tail>",
    re.DOTALL,
)
_ENDS: Final = {"Submitted": "completed", "TimeExceeded": "timeout"}


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one trajectory."""
    (source,) = unit
    found = document(source)
    if isinstance(found, Unread):
        yield found
    elif isinstance(found, dict) and isinstance(found.get("messages"), list):
        yield from _session(found, source, asked)
    else:
        yield Unread(
            source.name, "no trajectory of mini-SWE-agent: there is no list of messages", broken=False
        )


def _session(trajectory: Object, source: Source, asked: Asked) -> Iterator[Fact | Unread]:
    info = mapping(trajectory, "info")
    instance = text(trajectory, "instance_id") or source.stem
    model = text(mapping(mapping(info, "config"), "model"), "model_name")
    folder = text(mapping(mapping(info, "config"), "environment"), "cwd")
    lineage = benchmark_repository(instance)
    place = Place(folder, lineage) if lineage else place_of(folder, asked.copy_at(folder))
    who = {"gen_ai_request_model": model.lstrip("@"), "gen_ai_agent_version": text(info, "mini_version")}
    # One instance is tried by many models, each time from a fresh tree.
    name = f"{AGENT}/{model.lstrip('@') or 'unknown'}/{instance}-{content_id(trajectory['messages'])}"
    teller = SessionTeller(asked, name, AGENT, place, who)
    yield teller.started(None, **({"isolated": True} if lineage else {}))
    messages = [message for message in listing(trajectory, "messages") if isinstance(message, dict)]
    for number, message in enumerate(messages):
        commands = _commands(message) if message.get("role") == "assistant" else []
        # Each command has an answer of its own; the answer to one that was not run says what is wrong with it.
        answers = enumerate(messages[number + 1 : number + 1 + len(commands)], start=number + 1)
        for command, (at, answer) in zip(commands, answers, strict=False):
            exit_code, output = _observed(answer)
            if answer.get("role") == "assistant" or output is None:
                break
            time = moment(mapping(answer, "extra").get("timestamp"))
            call = ShellCall(f"{at}", command, output, exit_code, time, time, folder)
            yield from shell_facts(teller, call)
    status = text(info, "exit_status")
    if status:
        yield teller.ended(None, _ENDS.get(status, "unknown"))


def _commands(message: Object) -> list[str]:
    """The commands of an assistant's message; of blocks there has to be exactly one."""
    actions = listing(mapping(message, "extra"), "actions")
    told = [text(action, "command") for action in actions if isinstance(action, dict)]
    told = told or [_called(call) for call in listing(message, "tool_calls") if isinstance(call, dict)]
    if any(told):
        return [command for command in told if command]
    blocks = [found[1] or found[2] or "" for found in _BLOCK.finditer(_content(message))]
    return blocks if len(blocks) == 1 else []


def _called(call: Object) -> str:
    """The command of one call of the tool `bash`."""
    found = parsed(text(mapping(call, "function"), "arguments"), "")
    return "" if isinstance(found, Unread) else text(found, "command")


def _observed(answer: Object) -> tuple[int | None, str | None]:
    """Exit code and output in the message behind a command; neither when that was not run."""
    extra, content = mapping(answer, "extra"), _content(answer)
    code = whole_number(extra.get("returncode"))
    if code is None and (said := _RETURN_CODE.search(content)):
        code = int(said[1])
    raw = extra.get("raw_output")
    if isinstance(raw, str):
        return code, raw
    found = _OUTPUT.search(content)
    if found is None:
        return code, None if code is None else ""
    return code, found[1] if found[1] is not None else f"{found[2]}\n{found[3]}"


def _content(message: Object) -> str:
    content: Any = message.get("content")
    if isinstance(content, list):
        return "\n".join(text(part, "text") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
