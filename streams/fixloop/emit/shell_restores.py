"""Which git commands in a shell command set the workspace back. Pure: text in, facts out.

Enough of a shell to read what agents write: lists by `&&`, `||`, `;`, `|` and newline, groups, quotes, variable prefixes, `cd`,
`sh -c`, and here-documents, whose text is no command. What can't be read says nothing.
"""

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_HEREDOC: Final = re.compile(r"<<-?\s*(['\"]?)(\w+)\1([^\n]*\n)(?:.*?\n)?[ \t]*\2[ \t]*(?=\n|$)", re.DOTALL)
_REDIRECTION: Final = re.compile(r"(?<=\s)(?:\d*>{1,2}&?|&>{1,2}|<)\s*[\w/.~\-]+")
_ASSIGNMENT: Final = re.compile(r"^[A-Za-z_]\w*\+?=")
_SEPARATORS: Final = frozenset(";&|()\n")
_WRAPPERS: Final = frozenset({"command", "env", "exec", "nice", "nohup", "sudo", "time"})
_KEYWORDS: Final = frozenset({"then", "do", "else", "if", "while", "until", "!", "{"})
_SHELLS: Final = frozenset({"sh", "bash", "zsh", "dash"})
_GIT_VALUES: Final = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"})
_MAX_DEPTH: Final = 3


@dataclass(frozen=True, slots=True)
class ShellRestore:
    """The workspace was set back; no paths means all of it."""

    operation: str
    paths: tuple[str, ...] = ()
    """As absolute or relative to where the shell started."""
    last: bool = False
    """Nothing follows in the command: if the command failed, it may be this that failed."""


def restores_in(command: str, is_file: Callable[[str], bool] = lambda _: False) -> tuple[ShellRestore, ...]:
    """The restores that `command` asks for, in order.

    Args:
        command: what was given to the shell.
        is_file: whether a path, relative to where the shell started, is there: `git checkout NAME` is about a file
            or a branch, and nothing else can tell.
    """
    commands = list(_simple_commands(command))
    found: list[ShellRestore] = []
    folder = ""
    for position, words in enumerate(commands):
        if words[0] == "cd" and len(words) > 1:
            folder = posixpath.join(folder, words[1])
            continue
        git = _git_arguments(words)
        if git is None:
            continue
        where, arguments = posixpath.join(folder, git[0]), git[1]

        def there(path: str, where: str = where) -> bool:
            return is_file(posixpath.join(where, path))

        restore = _restore(arguments, there)
        if restore is not None:
            operation, paths = restore
            resolved = tuple(posixpath.normpath(posixpath.join(where, path)) for path in paths)
            found.append(ShellRestore(operation, resolved, last=position == len(commands) - 1))
    return tuple(found)


def _simple_commands(command: str, depth: int = 0) -> Iterator[list[str]]:
    for words in _split(_REDIRECTION.sub("", _HEREDOC.sub(r"\3", command))):
        bare = _bare(words)
        if not bare:
            continue
        if posixpath.basename(bare[0]) in _SHELLS and "-c" in bare[1:-1] and depth < _MAX_DEPTH:
            yield from _simple_commands(bare[bare.index("-c") + 1], depth + 1)
        else:
            yield bare


def _split(command: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars=";&|()\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    in_comment = False
    try:
        for token in lexer:
            if _SEPARATORS.issuperset(token):
                in_comment = in_comment and "\n" not in token
                if not in_comment:
                    yield words
                    words = []
            elif token.startswith("#") or in_comment:
                in_comment = True
            else:
                words.append(token)
    except ValueError:
        return
    yield words


def _bare(words: Sequence[str]) -> list[str]:
    """The command without what stands before it: keywords, variables, wrappers and the wrappers' options."""
    rest = list(words)
    wrapped = False
    while rest and (
        rest[0] in _KEYWORDS
        or _ASSIGNMENT.match(rest[0])
        or rest[0] in _WRAPPERS
        or (wrapped and rest[0].startswith("-"))
    ):
        wrapped = wrapped or rest[0] in _WRAPPERS
        rest.pop(0)
    if rest and rest[0] == "timeout":
        rest = [word for word in rest[1:] if not word.startswith("-")][1:]
    return rest


def _git_arguments(words: Sequence[str]) -> tuple[str, list[str]] | None:
    """The folder and the arguments of a git command; None for any other command."""
    if posixpath.basename(words[0]) != "git":
        return None
    rest, folder = list(words[1:]), ""
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in _GIT_VALUES and rest:
            value = rest.pop(0)
            folder = posixpath.join(folder, value) if option == "-C" else folder
    return (folder, rest) if rest else None


def _restore(arguments: Sequence[str], is_file: Callable[[str], bool]) -> tuple[str, tuple[str, ...]] | None:
    subcommand, rest = arguments[0], list(arguments[1:])
    options = {word for word in rest[: _dashes(rest)] if word.startswith("-")}
    if subcommand == "checkout":
        return _checkout(rest, options, is_file)
    if subcommand == "switch":
        return None if options & {"-c", "-C", "--create", "--orphan"} else ("checkout", ())
    if subcommand == "restore":
        only_index = options & {"--staged", "-S"} and not options & {"--worktree", "-W"}
        return None if only_index else ("restore", _named(_paths(rest, {"-s", "--source"})))
    if subcommand == "reset":
        return ("reset", ()) if options & {"--hard", "--merge", "--keep"} else None
    if subcommand == "clean":
        harmless = "--dry-run" in options or any(re.match(r"^-\w*n", option) for option in options)
        return None if harmless else ("clean", _named(_paths(rest, {"-e", "--exclude"})))
    if subcommand == "stash":
        return _stash(rest)
    if subcommand == "revert":
        return None if options & {"--abort", "--quit", "--skip"} else ("revert", ())
    return None


def _checkout(
    rest: list[str], options: set[str], is_file: Callable[[str], bool]
) -> tuple[str, tuple[str, ...]] | None:
    if options & {"-b", "-B", "--orphan"}:
        return None
    if "--" in rest:
        return "checkout", _named(rest[_dashes(rest) + 1 :])
    words = _paths(rest, set())
    if words and not (words[0] == "." or is_file(words[0])):
        words = words[1:]  # a branch or a commit
    return "checkout", _named(words)


def _stash(rest: list[str]) -> tuple[str, tuple[str, ...]] | None:
    action = next((word for word in rest if not word.startswith("-")), "push")
    if action in ("pop", "apply", "branch"):
        return "stash_pop", ()
    if action == "push":
        words = [word for word in _paths(rest, {"-m", "--message"}) if word != "push"]
        return "stash_push", _named(words)
    return ("stash_push", ()) if action == "save" else None


def _paths(rest: Sequence[str], with_value: set[str]) -> list[str]:
    """The words that are no option and no option's value."""
    found, skip, dashes = [], False, _dashes(rest)
    for position, word in enumerate(rest):
        if skip:
            skip = False
        elif position > dashes or not word.startswith("-"):
            found.append(word)
        else:
            skip = word in with_value
    return found


def _named(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths; none when one of them is the whole workspace."""
    return () if any(path in (".", ":/", "*") for path in paths) else tuple(paths)


def _dashes(rest: Sequence[str]) -> int:
    return rest.index("--") if "--" in rest else len(rest)
