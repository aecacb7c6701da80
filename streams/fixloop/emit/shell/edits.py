"""Files that a shell command changes, where their names are certain. Pure.

Known: here-documents and other output that is sent into a file, `tee`, `sed -i`, `perl -i`, `ed`, `cp`, `mv`, `rm`, `patch` and `git
apply` of a patch that stands in the command, and Python that stands in the command and opens a file by its name. The text is known of
a here-document alone.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Final

from fixloop.emit.changes import Stretch
from fixloop.emit.file_change import FileChange
from fixloop.emit.patches import envelope_changes, unified_changes
from fixloop.emit.shell.programs import Program
from fixloop.emit.shell.words import Word

_WRITING: Final = frozenset({">", ">|", ">>", "&>", "&>>", "1>"})
_OUTPUT_NAME: Final = re.compile(r".*\.(log|out|err|tmp)$|/dev/.*|nohup\.out")
_TEXT_PROGRAMS: Final = frozenset(
    {
        "",
        "cat",
        "echo",
        "printf",
        "sed",
        "awk",
        "gawk",
        "tr",
        "head",
        "tail",
        "cut",
        "sort",
        "uniq",
        "jq",
        "yq",
        "envsubst",
        "base64",
    }
    | {"perl", "python", "python3", "node", "ruby", "gofmt"}
)
"""What writes a file on purpose; what others print into one is a log as often as not."""

_PYTHON: Final = re.compile(r"(python|pypy)[\d.]*")
_OPENED: Final = re.compile(
    r"""open\(\s*(?:r?(?P<quote>['"])(?P<path>[^'"\n]+)(?P=quote)|(?P<name>[A-Za-z_]\w*))\s*,\s*(?:mode\s*=\s*)?['"](?P<mode>[wax][bt+]*|r[bt]?\+[bt]?)['"]"""
)
_WRITTEN: Final = re.compile(
    r"""(?:Path\(\s*(?P<quote>['"])(?P<path>[^'"\n]+)(?P=quote)\s*\)|\b(?P<name>[A-Za-z_]\w*))\.write_(?:text|bytes)\("""
)
_NAMED: Final = re.compile(
    r"""^[ \t]*(?P<name>[A-Za-z_]\w*)\s*=\s*(?:(?:pathlib\.)?Path\(\s*)?(?P<quote>['"])(?P<path>[^'"\n]+)(?P=quote)""",
    re.MULTILINE,
)
_SED_IN_PLACE: Final = re.compile(r"-[a-zA-Z]*i.*|--in-place.*")
_SED_SHORT_WITH_VALUE: Final = re.compile(r"-[nrEsuz]*[ef]")
_PERL_IN_PLACE: Final = re.compile(r"-[a-zA-Z0]*i.*")


def shell_changes(program: Program) -> tuple[FileChange, ...]:
    """The files that one program of a command changes, with paths as the command means them."""
    found = [*_redirected(program)]
    own = _OF_PROGRAM.get(program.name)
    if own is not None:
        found += own(program)
    elif _PYTHON.fullmatch(program.name):
        found += _python(program)
    resolved = (_resolved(program, change) for change in found)
    return tuple({change.path: change for change in resolved if change is not None}.values())


def _resolved(program: Program, change: FileChange) -> FileChange | None:
    """The change with its path from where the command began; None where that cannot be told, or git's own files are meant."""
    if ".git" in change.path.split("/"):
        return None
    if change.path.startswith(("/", "~")):
        return change
    if program.folder is None:
        return None
    path = posixpath.normpath(posixpath.join(program.folder, change.path))
    return FileChange(path, change.tool, change.change, change.before, change.after, change.stretches)


def _redirected(program: Program) -> Iterator[FileChange]:
    document = next((one for one in reversed(program.redirections) if one.operator == "<<"), None)
    for one in program.redirections:
        if one.operator not in _WRITING or not one.target.certain or _OUTPUT_NAME.fullmatch(one.target.text):
            continue
        if program.name == "cat" and document is not None and len(program.words) == 1:
            yield _of_document(one.target.text, document.body, append=one.operator == ">>")
        elif program.name in _TEXT_PROGRAMS and _is_file(one.target):
            yield FileChange(one.target.text, "redirection", "unknown" if one.operator == ">" else "modified")


def _of_document(path: str, body: str | None, *, append: bool) -> FileChange:
    if append:
        stretches = (Stretch((), tuple(body.splitlines())),) if body else ()
        return FileChange(path, "heredoc>>", "modified", stretches=stretches)
    return FileChange(path, "heredoc>", "unknown", after=body)


def _sed(program: Program) -> Iterator[FileChange]:
    words, script, in_place = list(program.words[1:]), False, False
    files: list[Word] = []
    while words:
        word = words.pop(0)
        if word.text == "--":
            continue
        if word.text.startswith("-") and len(word.text) > 1:
            in_place = in_place or bool(_SED_IN_PLACE.fullmatch(word.text))
            if _SED_SHORT_WITH_VALUE.fullmatch(word.text) or word.text in ("--expression", "--file"):
                script = True
                words = words[1:]
            script = script or word.text.startswith(("--expression=", "--file="))
        elif not script:
            script = True
        else:
            files.append(word)
    if in_place:
        yield from _modified(files, "sed")


def _perl(program: Program) -> Iterator[FileChange]:
    words = list(program.words[1:])
    files: list[Word] = []
    in_place = script = False
    while words:
        word = words.pop(0)
        if word.text.startswith("-") and len(word.text) > 1:
            in_place = in_place or bool(_PERL_IN_PLACE.fullmatch(word.text.partition("e")[0]))
            if word.text.endswith("e"):
                script, words = True, words[1:]
        elif script:
            files.append(word)
        else:
            script = True
    if in_place:
        yield from _modified(files, "perl")


def _modified(files: list[Word], tool: str) -> Iterator[FileChange]:
    yield from (FileChange(word.text, tool) for word in files if _is_file(word))


def _tee(program: Program) -> Iterator[FileChange]:
    document = next((one for one in program.redirections if one.operator == "<<"), None)
    append = any(word.text in ("-a", "--append") for word in program.words)
    for word in _operands(program):
        if not _is_file(word):
            continue
        if document is not None:
            yield _of_document(word.text, document.body, append=append)
        elif not _OUTPUT_NAME.fullmatch(word.text) and not word.text.startswith("/tmp/"):  # noqa: S108 -- not used as one
            yield FileChange(word.text, "tee", "modified" if append else "unknown")


def _copied(program: Program) -> Iterator[FileChange]:
    operands = _operands(program)
    if len(operands) < 2 or any(word.text in ("-t", "--target-directory") for word in program.words):
        return
    *sources, target = operands
    moved = program.name == "mv"
    for source in sources:
        if moved and _is_file(source):
            yield FileChange(source.text, "mv", "deleted")
        into = target.text.endswith("/") or len(sources) > 1 or not _has_suffix(target.text)
        path = posixpath.join(target.text, posixpath.basename(source.text)) if into else target.text
        certain = target.certain and (source.certain or not into)
        # `cp a b`: whether b is a folder cannot be told, so that only a name that looks like a file's is certain.
        if certain and _has_suffix(path) and not path.startswith("/dev/"):
            yield FileChange(path, program.name, "unknown")


def _removed(program: Program) -> Iterator[FileChange]:
    if any(re.fullmatch(r"-[a-zA-Z]*[rR][a-zA-Z]*|--recursive", word.text) for word in program.words[1:]):
        return
    for word in _operands(program):
        if _is_file(word):
            yield FileChange(word.text, "rm", "deleted")


def _ed(program: Program) -> Iterator[FileChange]:
    yield from _modified(_operands(program), "ed")


def _patched(program: Program) -> Iterator[FileChange]:
    texts = program.texts
    if program.name == "git" and (
        texts[1:2] != ("apply",) or {"-R", "--reverse", "--check", "--stat"} & set(texts)
    ):
        return
    document = next((one.body for one in program.redirections if one.operator == "<<"), None)
    if document is None or {"-R", "--reverse", "--dry-run"} & set(texts):
        return
    prefix = 0 if {"-p0"} & set(texts) else 1
    for change in unified_changes(document, "patch"):
        path = change.path if prefix else re.sub(r"^(?=/)", "", change.path)
        yield FileChange(path, "patch", change.change, stretches=change.stretches)


def _apply_patch(program: Program) -> Iterator[FileChange]:
    document = next((one.body for one in program.redirections if one.operator == "<<"), None)
    yield from envelope_changes(document or " ".join(program.texts[1:]), "apply_patch")


def _python(program: Program) -> Iterator[FileChange]:
    texts = program.texts
    inline = texts[texts.index("-c") + 1] if "-c" in texts[:-1] else None
    document = next((one.body for one in program.redirections if one.operator == "<<"), None)
    for code in (inline, document):
        if code:
            names = {match["name"]: match["path"] for match in _NAMED.finditer(code)}
            for match in (*_OPENED.finditer(code), *_WRITTEN.finditer(code)):
                path = match["path"] or names.get(match["name"] or "")
                if path and "{" not in path:
                    yield FileChange(path, "script", "modified")


def _operands(program: Program) -> list[Word]:
    return [word for word in program.words[1:] if not word.text.startswith("-")]


def _is_file(word: Word) -> bool:
    return (
        word.certain and bool(word.text) and not word.text.endswith("/") and not word.text.startswith("/dev/")
    )


def _has_suffix(path: str) -> bool:
    name = posixpath.basename(path.rstrip("/"))
    return (
        not path.endswith("/")
        and name not in (".", "..")
        and ("." in name.lstrip(".") or name.endswith("file"))
    )


_OF_PROGRAM: Final[dict[str, Callable[[Program], Iterator[FileChange]]]] = {
    "sed": _sed,
    "gsed": _sed,
    "perl": _perl,
    "tee": _tee,
    "cp": _copied,
    "mv": _copied,
    "rm": _removed,
    "ed": _ed,
    "patch": _patched,
    "git": _patched,
    "apply_patch": _apply_patch,
    "applypatch": _apply_patch,
}
