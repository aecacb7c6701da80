"""What `codex exec --json` prints of finished items: commands with their exit codes, and the names of changed files."""

from collections.abc import Iterator

from fixloop.emit.file_change import FileChange
from fixloop.emit.imported.facts import Fact
from fixloop.emit.json_fields import Object, listing, text, whole_number
from fixloop.emit.transcripts.codex_calls import KINDS, unwrapped
from fixloop.emit.transcripts.session_teller import SessionTeller
from fixloop.emit.transcripts.shell_facts import ShellCall, shell_facts


def item_facts(teller: SessionTeller, item: Object, time: str | None, folder: str) -> Iterator[Fact]:
    """The facts of one finished item."""
    kind = text(item, "type") or text(item, "item_type")
    key = f"{teller.session_id}:{text(item, 'id')}"  # items are numbered in each session anew
    if kind == "command_execution":
        call = ShellCall(
            key=key,
            command=unwrapped(text(item, "command")),
            output=text(item, "aggregated_output"),
            exit_code=whole_number(item.get("exit_code")),
            began=time,
            ended=time,
            folder=folder,
        )
        yield from shell_facts(teller, call)
    elif kind == "file_change" and text(item, "status") != "failed":
        named = [one for one in listing(item, "changes") if isinstance(one, dict) and text(one, "path")]
        changes = [
            FileChange(text(one, "path"), "apply_patch", KINDS.get(text(one, "kind"), "unknown"))
            for one in named
        ]
        yield from teller.edits(f"{key}:patch", changes, time, folder)
