"""What a file is for, from its path alone: the one rule that every emitter and reader uses, before paths are hashed.

The rule, first match wins, on the POSIX path relative to the repository, in any case unless said otherwise:

1. scratch: outside of the repository (absolute, or through `..`); under a folder at the root for throw-aways (`tmp`, `scratch`,
   `reproduce_issue`, ...); a file at the root whose name says that it is one (`reproduce*`, `debug_*`, `check_*.py`, ...); a copy of a
   source file (`core.py.orig`).
2. docs: prose (`.md`, `.rst`, ...) that does not lie among fixtures or snapshots; pieces of a change log.
3. test: under a test folder, or named as the test runners look for (`test_*.py`, `*_test.go`, `*.spec.ts`, `FooTest.java`,
   `conftest.py`, ...), fixtures and snapshots included. Not tests: what is under `src/main`, and Python modules in a package's own
   `test` or `testing` folder (`django/test/client.py`), which are helpers that the product ships.
4. config: build, package, CI and settings files.
5. docs: under a documentation folder, or a licence, change log and the like.
6. product: a suffix of source code.
7. unknown: everything else, and paths longer than any file system allows.
"""

import posixpath
import re
from typing import Final

from fixloop_schemas.vocabulary import PathRole

_LONGEST: Final = 4_096

_OUTSIDE: Final = re.compile(r"/|~|\.\.(/|$)|[a-z]:/")

_SCRATCH: Final = re.compile(
    r"(\.?(tmp|temp|scratch|scratchpad|playground|sandbox)/.*"
    r"|repro(duce|duction|ducer)?([_\-][^/]*)?/.*"
    r"|([^/]*[_\-])?repro(duce|duction|ducer)?([_\-.\d][^/]*)?"
    r"|(tmp|scratch)[^/]*|temp[_\-][^/]*|demo[_\-][^/]*|poc([_\-][^/]*)?\.[^/]*"
    r"|test[_\-](repro|fix|issue|script|debug)[^/]*"
    r"|(add|analy[sz]e|apply|check|debug|fix|inspect|investigate|modify|patch|run[_\-]?tests?|try|update|verify)[_\-][^/]*"
    r"\.(py|sh|js|mjs|ts|go|rb|pl|patch|diff|txt))"
)
_COPY: Final = re.compile(
    r".*\.[a-z]{1,4}([._](backup|bak|fix|new|old|orig|part|patch\w*|rej|revert|save|tmp)\d*|~)"
)

_DATA_FOLDER: Final = re.compile(
    r"(^|/)(testdata|test[_\-]data|(__)?fixtures?(__)?|__snapshots__|snapshots)/"
)
_PROSE: Final = re.compile(r"\.(md|mdx|rst|adoc|asciidoc)$|^(changelog|changes|newsfragments|releasenotes)/")

_MAIN_FOLDER: Final = re.compile(r"(^|/)src/main/")
_HELPER_FOLDERS: Final = frozenset({"test", "testing"})
_WORKSPACES: Final = frozenset(
    {
        "apps",
        "components",
        "crates",
        "libs",
        "modules",
        "packages",
        "plugins",
        "projects",
        "services",
        "tests",
    }
)
"""Folders whose members are projects of their own, or tests: a `test` folder below is not a package's own."""

_TEST_FOLDER: Final = re.compile(
    r"(^|/)(tests?|testing|__tests__|__mocks__|e2e|cypress|([^/]*[._\-])?(unit|integration|e2e|functional)?[_\-]?tests?"
    r"|test[_\-]?(cases|helpers?|lib|support|utils?)|step_definitions)/"
)
_SPEC_FOLDER: Final = re.compile(r"(^|/)specs?/.*\.(rb|[cm]?[jt]sx?|coffee|exs?|lua|php)$")
_TEST_NAME: Final = re.compile(
    r"(^|/)(test_[^/]*\.py|conftest\.py|tests\.(py|rs)|[^/]*_tests?\.(py|go|rs|rb|c|cc|cpp|exs?|dart|php)|[^/]*_spec\.(rb|lua|js|ts)"
    r"|[^/]*[.\-_](test|spec|cy|e2e)s?\.[cm]?[jt]sx?|[^/]*\.(test|spec)\.[a-z]+|[^/]*\.(snap|feature)"
    r"|test[_\-]?(helpers?|setup|utils?)\.[a-z]+|setup[_\-]?tests?\.[jt]sx?|(jest|vitest)\.setup\.[cm]?[jt]s)$"
    r"|^tests?\.[a-z]+$"
)
_TEST_CLASS: Final = re.compile(
    r"(^|/)(\w*[a-z0-9](Tests?|TestCase|Spec|IT)|Test[A-Z]\w*)\.(java|kt|scala|cs|swift|groovy|php|vb|fs)$"
)
"""In its own case: `LoginTest.java` is a test and `Latest.java` is none."""

_CONFIG: Final = re.compile(
    r"(^|/)([^/]*\.(toml|ya?ml|ini|cfg|conf|properties|gradle|lock|env|json5?|jsonc|xml|mod|sum|spec|bzl|bazel|cabal|csproj|sln|cmake)"
    r"|\.[^/]+|(gnu)?makefile|justfile|(docker|jenkins|rake|gem|proc|pip|vagrant|brew)file[^/]*|workspace|setup\.py"
    r"|[^/]*\.gradle\.kts|[^/]*\.config\.[cm]?[jt]s|[^/]*requirements[^/]*\.(txt|in)|requirements/[^/]*\.(txt|in)|cmakelists\.txt|constraints[^/]*\.txt)$"
)
_DOCS_FOLDER: Final = re.compile(
    r"^(changes|changelog|releasenotes)/|(^|/)(docs?|documentation|newsfragments)/"
)
_DOCS_NAME: Final = re.compile(
    r"(^|/)((licen[cs]e|copying|notice|authors|contributors|changelog|changes|history|news|readme|contributing)([.\-_][^/]*)?"
    r"|(?<!templates/)[^/]*\.txt)$"
)
_SOURCE: Final = re.compile(
    r"\.(py[xiw]?|pxd|ipynb|go|rs|java|kts?|scala|groovy|[cm]?[jt]sx?|vue|svelte|astro|rb|erb|haml|slim|rake|php|twig|cs|fsx?|vb|razor|cshtml"
    r"|swift|mm?|cc?|hh?|cpp|hpp|cxx|hxx|cu|cuh|zig|nim|lua|p[lm]|r|jl|exs?|eex|heex|erl|hs|elm|mli?|clj[sc]?|el|lisp|rkt|dart|f90|asm|s"
    r"|sh|bash|zsh|fish|ps1|bat|sql|proto|thrift|avsc|prisma|graphql|gql|html?|css|scss|sass|less|sol|sv|vhdl?|nix|tf"
    r"|jinja2?|j2|tmpl|tpl|ejs|hbs|mustache|liquid|njk)$"
)
_TEMPLATE_TEXT: Final = re.compile(r"(^|/)templates?/.*\.txt$")


def path_role(path: str) -> PathRole:
    """The role of the file at `path`, a path relative to its repository (either slash)."""
    cased = posixpath.normpath(path.replace("\\", "/"))
    lower = cased.lower()
    if len(lower) > _LONGEST:
        return PathRole.UNKNOWN
    if _OUTSIDE.match(lower) or _SCRATCH.fullmatch(lower) or _COPY.fullmatch(lower):
        return PathRole.SCRATCH
    if _PROSE.search(lower) and not _DATA_FOLDER.search(lower):
        return PathRole.DOCS
    if _is_test(cased, lower):
        return PathRole.TEST
    if _CONFIG.search(lower):
        return PathRole.CONFIG
    source = _SOURCE.search(lower) or _TEMPLATE_TEXT.search(lower)
    if _DOCS_FOLDER.search(lower) or (_DOCS_NAME.search(lower) and not source):
        return PathRole.DOCS
    return PathRole.PRODUCT if source else PathRole.UNKNOWN


def _is_test(cased: str, lower: str) -> bool:
    if _DATA_FOLDER.search(lower):
        return True
    if _MAIN_FOLDER.search(lower):
        return False
    if _TEST_NAME.search(lower) or _TEST_CLASS.search(cased):
        return True
    if _is_shipped_helper(lower):
        return False
    return bool(_TEST_FOLDER.search(lower) or _SPEC_FOLDER.search(lower))


def _is_shipped_helper(lower: str) -> bool:
    folders = lower.removeprefix("src/").removeprefix("lib/").split("/")[:-1]
    return (
        lower.endswith((".py", ".pyi"))
        and _WORKSPACES.isdisjoint(folders)
        and not _HELPER_FOLDERS.isdisjoint(folders[1:])
        and folders[0] not in _HELPER_FOLDERS
    )
