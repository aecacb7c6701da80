"""A test command as what may leave: the runner, what it was asked to run, and whether its exit code speaks for the tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fixloop_schemas.commands import shell
from fixloop_schemas.commands.doubtful import doubtful_words
from fixloop_schemas.commands.runners import RULES, Rule, task_rule
from fixloop_schemas.commands.wrappers import programs_of, unwrapped
from fixloop_schemas.names import MAX_TEST_NAME, bounded
from fixloop_schemas.vocabulary import Scope

_MAX_SELECTORS: Final = 256
_INTERPRETERS: Final = ("python", "pypy", "node", "deno", "bash", "sh", "ruby", "perl", "ts-node", "tsx")
_SCRIPT_SUFFIXES: Final = (".py", ".sh", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl")


@dataclass(frozen=True, slots=True)
class Called:
    """How the tests were called."""

    runner: str | None
    selectors: tuple[str, ...]
    scope: Scope
    exit_code_reliable: bool
    """The command's exit code is the runner's."""
    doubtful: frozenset[str] = frozenset()
    """Of the selectors, those that may be values of options that nobody knows: they are not told in plain."""


def called(command: str | None, *, cut: bool = False) -> Called:
    """What a command line says about the tests it runs; of what cannot be told, nothing is claimed.

    Args:
        command: the command line.
        cut: its end may be missing.
    """
    unknown = Called(None, (), Scope.UNKNOWN, exit_code_reliable=False)
    if not command:
        return unknown
    found = programs_of(shell.parts(command))
    moved = False
    last: Called | None = None
    for index, part in enumerate(found):
        moved = moved or part.words[0] in ("cd", "pushd")
        one = _runner(part.words)
        if one is None:
            continue
        runner, selectors, scope = one
        if moved and scope is Scope.ALL:
            scope = Scope.UNKNOWN  # everything below some folder
        whole = index == len(found) - 1 and part.operator == "" and not cut
        merged = selectors if last is None else (*last.selectors, *selectors)
        scope = scope if last is None or last.scope is scope else Scope.UNKNOWN
        doubtful = doubtful_words(unwrapped(part.words)) | (last.doubtful if last else frozenset())
        last = Called(runner, merged[:_MAX_SELECTORS], scope, whole, doubtful)
    return last or unknown


def called_words(words: tuple[str, ...]) -> Called:
    """What one program with its arguments says about the tests it runs: no shell stands between."""
    one = _runner(words)
    if one is None:
        return Called(None, (), Scope.UNKNOWN, exit_code_reliable=True)
    return Called(*one, exit_code_reliable=True, doubtful=doubtful_words(unwrapped(words)))


def _runner(words: tuple[str, ...]) -> tuple[str, tuple[str, ...], Scope] | None:
    """Runner, selectors and scope of one program, or None when it runs no tests that we know of."""
    bare = unwrapped(words)
    if not bare:
        return None
    program = PurePosixPath(bare[0]).name
    for rule in RULES:
        if rest := rule.rest(program, bare):
            return (rule.name, *_selection(rule, iter(rest.words)))
    if task := task_rule(program, bare):
        selectors, _ = _selection(task[0], iter(task[1]))
        narrowed = len(selectors) > 1  # more than the task's own name
        return program, selectors, Scope.SELECTION if narrowed else Scope.UNKNOWN
    return _script(program, bare)


def _selection(rule: Rule, words: Iterator[str]) -> tuple[tuple[str, ...], Scope]:
    selectors: list[str] = []
    narrowed = False
    everything = not rule.says_everything
    for word in words:
        name, equals, value = word.partition("=")
        if word in rule.everything:
            everything = True
        elif not word.startswith("-"):
            selectors.append(word)
        elif name in rule.selecting:
            selectors.append(value if equals else next(words, ""))
        elif name in rule.narrowing:
            narrowed = True
        elif name in rule.valued and not equals:
            next(words, "")
    kept = tuple(bounded(selector, MAX_TEST_NAME) for selector in selectors[:_MAX_SELECTORS] if selector)
    if kept or narrowed:
        return kept, Scope.SELECTION
    return kept, Scope.ALL if everything else Scope.UNKNOWN


def _script(program: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...], Scope] | None:
    """A script that is run by itself is its own selection."""
    if program.rstrip("0123456789.") in _INTERPRETERS:
        script = next((word for word in words[1:] if not word.startswith("-")), None)
        if script and script.endswith(_SCRIPT_SUFFIXES):
            return program, (bounded(script, MAX_TEST_NAME),), Scope.SELECTION
    if program.endswith(_SCRIPT_SUFFIXES):
        return bounded(program), (bounded(words[0], MAX_TEST_NAME),), Scope.SELECTION
    return None


def is_test_run(words: tuple[str, ...]) -> bool:
    """Whether one program's words run tests that we know of."""
    return _runner(words) is not None
