"""What a file is for, from its path alone: the one rule that every emitter and reader uses, before paths are hashed.

The rule, first match wins, on the POSIX path relative to the repository, in lower case:

1. scratch: outside the repository (absolute, or through `..`), under a scratch folder, or a file at the root whose name says that it is a
   throw-away (`reproduce*`, `repro_*`, `debug_*`, `check_*`, `tmp*`, `scratch*`, ...).
2. test: under a test folder, or named as the test runners look for (`test_*.py`, `*_test.go`, `*.spec.ts`, `*Test.java`, `conftest.py`, ...),
   fixtures and snapshots included.
3. docs: under a documentation folder, or with the suffix of prose.
4. config: build, package, CI and settings files.
5. product: a suffix of source code.
6. unknown: everything else.
"""

import re
from typing import Final

from fixloop_schemas.vocabulary import PathRole

_SCRATCH_FOLDER: Final = re.compile(r"(^|/)(tmp|temp|scratch|playground|sandbox)/")
_SCRATCH_NAME: Final = re.compile(
    r"^(repro(duce|duction)?([_\-.][^/]*)?|reproduce[^/]*|tmp[^/]*|temp[_\-][^/]*|scratch[^/]*|demo[_\-][^/]*|poc([_\-][^/]*)?\.[^/]*"
    r"|test[_\-](repro|fix|issue|script|debug)[^/]*"
    r"|(debug|check|verify|try|run[_\-]?tests?|fix|apply|patch|update|modify|edit|inspect|analy[sz]e|investigate|find|trace)[_\-][^/]*\.(py|sh|js|ts|go|rb|pl|patch|diff|txt))$"
)
_TEST_FOLDER: Final = re.compile(
    r"(^|/)(tests?|testing|__tests__|__mocks__|specs?|e2e|testdata|fixtures?|__snapshots__|integration[_\-]?tests?|[a-z0-9]+_tests?)/"
)
_TEST_NAME: Final = re.compile(
    r"(^|/)(test_[^/]*\.py|[^/]*_tests?\.(py|go|rs|rb|c|cc|cpp|exs?|dart)|[^/]*[.\-_](test|spec)s?\.[cm]?[jt]sx?|conftest\.py|tests?\.py"
    r"|[^/]*(test|tests|spec)\.(java|kt|scala|cs|swift|groovy)|[^/]*\.snap|[^/]*\.(test|spec)\.[a-z]+|[^/]*_spec\.rb|pytest\.ini)$"
)
_DOCS_FOLDER: Final = re.compile(r"(^|/)(docs?|documentation|changelog|changes|newsfragments|releasenotes)/")
_DOCS_NAME: Final = re.compile(
    r"(^|/)([^/]*\.(md|mdx|rst|adoc|txt)|license[^/]*|authors[^/]*|changelog[^/]*|changes[^/]*|readme[^/]*|contributing[^/]*)$"
)
_REQUIREMENTS: Final = re.compile(
    r"(^|/)([^/]*requirements[^/]*\.txt|cmakelists\.txt|constraints[^/]*\.txt)$"
)
_CONFIG_NAME: Final = re.compile(
    r"(^|/)([^/]*\.(toml|ya?ml|ini|cfg|conf|properties|gradle|lock|env|json5?|jsonc|xml|mod|sum)|\.[^/]+|makefile|justfile|dockerfile[^/]*"
    r"|setup\.(py|cfg)|jenkinsfile|rakefile|gemfile|procfile|[^/]*\.config\.[cm]?[jt]s)$"
)
_SOURCE_NAME: Final = re.compile(
    r"\.(py|pyx|pyi|go|rs|java|kt|kts|scala|groovy|[cm]?[jt]sx?|vue|svelte|astro|rb|php|cs|fs|vb|swift|m|mm|c|h|cc|hh|cpp|hpp|cxx|zig|lua|pl|pm|r"
    r"|jl|ex|exs|erl|hs|ml|mli|clj|cljs|dart|sh|bash|zsh|fish|ps1|sql|proto|graphql|html?|css|scss|sass|less|sol|nix|tf|jinja2?|tmpl|tpl|j2)$"
)


def path_role(path: str) -> PathRole:
    """The role of the file at `path`, a path relative to its repository (either slash)."""
    normal = path.replace("\\", "/").lower()
    normal = normal.removeprefix("./")
    if normal.startswith(("/", "~", "../")) or "/../" in normal or re.match(r"^[a-z]:/", normal):
        return PathRole.SCRATCH
    if _SCRATCH_FOLDER.search(normal) or _SCRATCH_NAME.match(normal):
        return PathRole.SCRATCH
    if _TEST_FOLDER.search(normal) or _TEST_NAME.search(normal):
        return PathRole.TEST
    if _REQUIREMENTS.search(normal):
        return PathRole.CONFIG
    if _DOCS_FOLDER.search(normal) or _DOCS_NAME.search(normal):
        return PathRole.DOCS
    if _CONFIG_NAME.search(normal):
        return PathRole.CONFIG
    return PathRole.PRODUCT if _SOURCE_NAME.search(normal) else PathRole.UNKNOWN
