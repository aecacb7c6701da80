"""A recorded test command as what may leave: the runner, what it was asked to run, and whether its exit code speaks for the tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fixloop.ingest.recordings import shell
from fixloop.ingest.recordings.naming import MAX_TEST_NAME, bounded
from fixloop.ingest.recordings.runners import RULES, Rule, task_rule
from fixloop_schemas.vocabulary import Scope

_MAX_SELECTORS: Final = 256
_WRAPPERS: Final = frozenset({"time", "sudo", "env", "npx", "bunx", "xvfb-run", "exec", "command", "nice", "stdbuf"})
_TWO_WORD_WRAPPERS: Final = frozenset(
    {("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("hatch", "run"), ("rye", "run"), ("pdm", "run"), ("coverage", "run")}
    | {("pnpm", "exec"), ("npm", "exec"), ("pnpm", "dlx"), ("yarn", "exec"), ("mise", "exec")}
)
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


def called(command: str | None) -> Called:
    """What a command line says about the tests it runs; of what cannot be told, nothing is claimed."""
    unknown = Called(None, (), Scope.UNKNOWN, exit_code_reliable=False)
    if not command:
        return unknown
    found = shell.parts(command)
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
        whole = index == len(found) - 1 and part.operator == "" and len(command) < shell.RECORDED_CHARACTERS
        merged = selectors if last is None else (*last.selectors, *selectors)
        scope = scope if last is None or last.scope is scope else Scope.UNKNOWN
        last = Called(runner, merged[:_MAX_SELECTORS], scope, whole)
    return last or unknown


def _runner(words: tuple[str, ...]) -> tuple[str, tuple[str, ...], Scope] | None:
    """Runner, selectors and scope of one program, or None when it runs no tests that we know of."""
    bare = _unwrapped(words)
    if not bare:
        return None
    program = PurePosixPath(bare[0]).name
    for rule in RULES:
        if rest := rule.rest(program, bare):
            return (rule.name, *_selection(rule, iter(rest.words)))
    if rule_and_rest := task_rule(program, bare):
        rule, rest_words = rule_and_rest
        selectors, scope = _selection(rule, iter(rest_words))
        return program, selectors, Scope.SELECTION if len(selectors) > 1 else Scope.UNKNOWN if scope is Scope.SELECTION else scope
    return _script(program, bare)


def _unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without variables, timers and environment runners before the program; `python -m X` is X."""
    while words:
        head = PurePosixPath(words[0]).name
        if "=" in words[0] and words[0].partition("=")[0].isidentifier():
            words = words[1:]
        elif head in _WRAPPERS:
            words = words[1:]
        elif head == "timeout":
            rest = [word for word in words[1:] if not word.startswith("-")]
            words = tuple(rest[1:]) if rest else ()
        elif words[:2] in _TWO_WORD_WRAPPERS:
            words = words[2:]
        elif head.startswith(("python", "pypy")) and "-m" in words[1:4]:
            words = words[words.index("-m") + 1 :]
        elif head.startswith("python") and len(words) > 1 and PurePosixPath(words[1]).name in ("runtests.py", "test", "manage.py"):
            words = words[1:]
        else:
            return words
    return words


def _selection(rule: Rule, words: Iterator[str]) -> tuple[tuple[str, ...], Scope]:
    selectors: list[str] = []
    narrowed = everything = False
    for word in words:
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            everything = everything or word in rule.everything
            if word not in rule.everything:
                selectors.append(word)
        elif name in rule.selecting:
            selectors.append(value if equals else next(words, ""))
        elif name in rule.narrowing:
            narrowed = True
        elif name in rule.valued and not equals:
            next(words, "")
    kept = tuple(bounded(selector, MAX_TEST_NAME) for selector in selectors[:_MAX_SELECTORS] if selector)
    return kept, Scope.SELECTION if kept or narrowed else Scope.ALL


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
