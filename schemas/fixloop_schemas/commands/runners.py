"""Test runners as data: how each is called, and which of its options choose tests."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rest:
    """The words behind the runner's own; there may be none."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One runner's command line."""

    name: str
    programs: frozenset[str]
    subcommands: frozenset[str] = frozenset()
    """The second word, where the program does other things too."""
    selecting: frozenset[str] = frozenset()
    """Options whose value chooses tests."""
    narrowing: frozenset[str] = frozenset()
    """Options without a value that leave tests out."""
    valued: frozenset[str] = frozenset()
    """Other options that take the next word."""
    everything: frozenset[str] = frozenset()
    """Words that choose all tests."""
    says_everything: bool = False
    """Without such a word the runner runs only what is near, so that silence is not everything."""

    def rest(self, program: str, words: tuple[str, ...]) -> Rest | None:
        """What follows the runner's own words; None when it was not this runner that was called."""
        if program not in self.programs:
            return None
        if not self.subcommands:
            return Rest(words[1:])
        at = next((at for at, word in enumerate(words[1:], 1) if not self._before(word)), len(words))
        return Rest(words[at + 1 :]) if at < len(words) and words[at] in self.subcommands else None

    def _before(self, word: str) -> bool:
        """Whether a word may stand before the subcommand: cargo's toolchain, options of a program whose subcommand is one."""
        return word.startswith(("+", "-")) and word not in self.subcommands


_JS_SELECTING: Final = frozenset(
    {
        "-t",
        "--testNamePattern",
        "--test-name-pattern",
        "--testPathPattern",
        "--testPathPatterns",
        "--grep",
        "-g",
        "--project",
    }
)
_JS_VALUED: Final = frozenset(
    {"-c", "--config", "--reporter", "--reporters", "--timeout", "--testTimeout", "--maxWorkers", "-w"}
)
_JS_NARROWING: Final = frozenset(
    {"--changed", "--onlyChanged", "-o", "--onlyFailures", "--bail", "--related"}
)

RULES: Final = (
    Rule(
        "pytest",
        frozenset({"pytest", "py.test"}),
        selecting=frozenset({"-k", "-m", "--deselect", "--ignore"}),
        narrowing=frozenset(
            {"--lf", "--last-failed", "--sw", "--stepwise", "-x", "--exitfirst", "--maxfail"}
        ),
        valued=frozenset(
            {
                "-n",
                "-p",
                "-c",
                "-o",
                "-W",
                "-r",
                "--tb",
                "--rootdir",
                "--timeout",
                "--cov",
                "--durations",
                "--color",
            }
        ),
        everything=frozenset({"."}),
    ),
    Rule(
        "go",
        frozenset({"go"}),
        frozenset({"test"}),
        selecting=frozenset({"-run", "--run", "-skip", "-bench"}),
        narrowing=frozenset({"-short", "-failfast"}),
        valued=frozenset(
            {
                "-count",
                "-timeout",
                "-tags",
                "-p",
                "-parallel",
                "-cpu",
                "-coverprofile",
                "-covermode",
                "-coverpkg",
                "-o",
            }
        ),
        everything=frozenset({"./..."}),
        says_everything=True,
    ),
    Rule(
        "gotestsum",
        frozenset({"gotestsum"}),
        selecting=frozenset({"-run"}),
        valued=frozenset({"--format", "-f"}),
        everything=frozenset({"./..."}),
    ),
    Rule(
        "unittest",
        frozenset({"unittest"}),
        selecting=frozenset({"-k", "-p", "--pattern"}),
        narrowing=frozenset({"-f", "--failfast"}),
        valued=frozenset({"-s", "-t"}),
        everything=frozenset({"discover"}),
    ),
    Rule(
        "django",
        frozenset({"runtests.py"}),
        selecting=frozenset({"-k", "--tag", "--exclude-tag"}),
        narrowing=frozenset({"--failfast"}),
        valued=frozenset({"--settings", "--parallel", "-v", "--verbosity", "--databases"}),
    ),
    Rule(
        "django",
        frozenset({"manage.py", "django-admin"}),
        frozenset({"test"}),
        selecting=frozenset({"-k", "--tag", "--exclude-tag"}),
        narrowing=frozenset({"--failfast"}),
        valued=frozenset({"--settings", "--parallel", "-v", "--verbosity"}),
    ),
    Rule(
        "sympy",
        frozenset({"test", "doctest"}),
        selecting=frozenset({"-k"}),
        valued=frozenset({"--timeout", "--seed", "--split"}),
    ),
    Rule("bun", frozenset({"bun"}), frozenset({"test"}), _JS_SELECTING, _JS_NARROWING, _JS_VALUED),
    Rule(
        "vitest",
        frozenset({"vitest"}),
        frozenset(),
        _JS_SELECTING,
        _JS_NARROWING,
        _JS_VALUED,
        frozenset({"run", "watch"}),
    ),
    Rule(
        "jest",
        frozenset({"jest", "react-scripts"}),
        frozenset(),
        _JS_SELECTING,
        _JS_NARROWING,
        _JS_VALUED,
    ),
    Rule(
        "cargo",
        frozenset({"cargo"}),
        frozenset({"test", "t", "nextest"}),
        selecting=frozenset({"-p", "--package", "--test", "--bin", "--example", "--exclude", "-E"}),
        narrowing=frozenset({"--lib", "--doc", "--bins", "--tests", "--ignored"}),
        valued=frozenset(
            {"--features", "-F", "--target", "-j", "--jobs", "--manifest-path", "--profile", "--test-threads"}
        ),
        everything=frozenset({"run", "--workspace"}),
    ),
    Rule(
        "maven",
        frozenset({"mvn", "mvnw"}),
        selecting=frozenset({"-Dtest", "-Dit.test", "-pl", "--projects"}),
        valued=frozenset({"-f", "-P", "-s"}),
        everything=frozenset({"clean", "compile", "test", "verify", "package", "install", "surefire:test"}),
    ),
    Rule(
        "gradle",
        frozenset({"gradle", "gradlew"}),
        selecting=frozenset({"--tests"}),
        valued=frozenset({"-p", "-x", "--console"}),
        everything=frozenset({"clean", "build", "check", "test"}),
    ),
    Rule("tox", frozenset({"tox", "nox"}), selecting=frozenset({"-e", "-s"})),
    Rule(
        "mocha",
        frozenset({"mocha", "ava", "tap", "tape"}),
        selecting=frozenset({"-g", "--grep", "-f", "--fgrep", "-m", "--match"}),
        narrowing=frozenset({"-b", "--bail"}),
        valued=frozenset({"-R", "--reporter", "-r", "--require", "-t", "--timeout", "--config"}),
    ),
    Rule(
        "node",
        frozenset({"node"}),
        frozenset({"--test"}),
        selecting=frozenset({"--test-name-pattern"}),
        narrowing=frozenset({"--test-only"}),
        valued=frozenset({"--test-reporter", "--test-reporter-destination", "--import", "-r", "--require"}),
    ),
    Rule(
        "playwright", frozenset({"playwright"}), frozenset({"test"}), _JS_SELECTING, _JS_NARROWING, _JS_VALUED
    ),
    Rule(
        "rspec",
        frozenset({"rspec"}),
        selecting=frozenset({"-e", "--example", "-t", "--tag", "-P", "--pattern"}),
        narrowing=frozenset({"--fail-fast", "--only-failures", "-n", "--next-failure"}),
        valued=frozenset({"-f", "--format", "-r", "--require", "-o", "--out", "--seed", "--order"}),
    ),
    Rule(
        "phpunit",
        frozenset({"phpunit", "pest", "paratest"}),
        selecting=frozenset({"--filter", "--group", "--exclude-group", "--testsuite"}),
        narrowing=frozenset({"--stop-on-failure", "--stop-on-error"}),
        valued=frozenset({"-c", "--configuration", "--bootstrap", "--log-junit"}),
    ),
    Rule(
        "dotnet",
        frozenset({"dotnet"}),
        frozenset({"test"}),
        selecting=frozenset({"--filter"}),
        valued=frozenset(
            {"-c", "--configuration", "-f", "--framework", "-l", "--logger", "-v", "--verbosity", "-r"}
        ),
    ),
)
"""In the order in which they are tried."""

_TASK_RUNNERS: Final = frozenset(
    {"mise", "make", "just", "task", "npm", "pnpm", "yarn", "bun", "rake", "turbo", "nx"}
)
_TASK_RULE: Final = Rule(
    "task",
    _TASK_RUNNERS,
    selecting=_JS_SELECTING | {"--filter", "-F", "--workspace", "--prefix", "-C", "--dir", "--cwd"},
    valued=_JS_VALUED - {"-w"},
    everything=frozenset({"run", "run-script"}),
)


def task_rule(program: str, words: tuple[str, ...]) -> tuple[Rule, tuple[str, ...]] | None:
    """The rule for a task of a project (`make test`, `pnpm --filter api test`): what it runs, its name only hints at."""
    tests = any(word.startswith(("test", "check", "spec", "t:")) or ":test" in word for word in words[1:])
    return (_TASK_RULE, words[1:]) if program in _TASK_RUNNERS and tests else None
