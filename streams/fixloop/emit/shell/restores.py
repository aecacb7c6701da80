"""Which git commands in a shell command set the workspace back. Pure: text in, facts out. What can't be read says nothing."""

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from fixloop.emit.shell.programs import Program, programs

_GIT_VALUES: Final = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"})


class ShellRestore(NamedTuple):
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
    found = programs(command)
    restores = (restore_of(program, is_file, last=program is found[-1]) for program in found)
    return tuple(restore for restore in restores if restore is not None)


def restore_of(
    program: Program, is_file: Callable[[str], bool] = lambda _: False, *, last: bool = False
) -> ShellRestore | None:
    """What one program of a command sets back; None for most."""
    if program.name != "git":
        return None
    where, arguments = _arguments(program)
    if not arguments:
        return None
    if arguments[0] == "show":
        restore = _shown_into_a_file(program)
    else:
        restore = _restore(arguments, lambda path: is_file(posixpath.join(where, path)))
    if restore is None:
        return None
    operation, paths = restore
    return ShellRestore(
        operation, tuple(posixpath.normpath(posixpath.join(where, path)) for path in paths), last
    )


def _arguments(program: Program) -> tuple[str, list[str]]:
    """Where git works, and its arguments from the subcommand on."""
    rest, folder = list(program.texts[1:]), program.folder or ""
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in _GIT_VALUES and rest:
            value = rest.pop(0)
            folder = posixpath.join(folder, value) if option == "-C" else folder
    return folder, rest


def _shown_into_a_file(program: Program) -> tuple[str, tuple[str, ...]] | None:
    """`git show REVISION:file > file`."""
    into = [one.target for one in program.redirections if one.operator in (">", ">|")]
    given = {word.text.partition(":")[2] for word in program.words}
    paths = tuple(target.text for target in into if target.certain and target.text in given)
    return ("restore", paths) if paths else None


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
