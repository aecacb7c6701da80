"""Who wrote a JUnit report, and how that writer names tests, failures and retries. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fixloop.emit.reports.xml import Element, Record

_NODE_SUITES: Final = ("test", "suite", "")
_UPPER: Final = re.compile(r"[A-Z]\w*")
_PYTHON_FILE: Final = re.compile(r"\.py$")


@dataclass(frozen=True, slots=True)
class Dialect:
    """One writer's way."""

    framework: str
    extractor: str
    """Which of `fixloop_schemas.failures` reads its failures."""
    name: Callable[[Record], str]
    repeats_are_attempts: bool = True
    """Two records of one name are retries, the later one the last word. Otherwise they are two tests of one title, or one that was
    asked to run several times, and a failure is the word."""
    hides_attempts: bool = False
    """What is not the last record of its name looks like a pass, and was a failure."""


def dialect_of(record: Record) -> Dialect:
    """The dialect of one test's record, from what stands around it."""
    outer = record.around[0] if record.around else Element("", {})
    suite = record.around[-1] if record.around else Element("", {})
    named = (outer.attributes.get("name", ""), suite.attributes.get("name", ""))
    schema = " ".join(value for key, value in suite.attributes.items() if key.endswith("SchemaLocation"))
    case = record.element.attributes
    if "surefire" in schema or "maven" in schema:
        return DIALECTS["java"]
    for title, dialect in _TITLES.items():
        if any(name == title or name.startswith(f"{title} ") for name in named if name):
            return DIALECTS[dialect]
    if suite.attributes.get("name", "").endswith(".dll"):
        return DIALECTS["dotnet"]
    if "class" in case and "assertions" in case:
        return DIALECTS["phpunit"]
    if case.get("file", "").endswith(".py") or (
        case.get("line") and "classname" in case and _is_python(case)
    ):
        return DIALECTS["pytest"]
    if _looks_go(case.get("classname", ""), case.get("name", "")):
        return DIALECTS["go"]
    if case.get("classname", "") in ("test", "suite") and outer.tag == "testsuites" and not named[0]:
        return DIALECTS["node"]
    return DIALECTS["java"]


def _is_python(case: Mapping[str, str]) -> bool:
    return bool(_PYTHON_FILE.search(case.get("file", "")))


def _looks_go(package: str, name: str) -> bool:
    test = name.startswith(("Test", "Example", "Fuzz", "Benchmark", "["))
    return (
        test
        and "/" in package
        and " " not in package
        and not package.endswith((".js", ".ts", ".tsx", ".jsx"))
    )


def _pytest(record: Record) -> str:
    """`tests/test_a.py::TestB::test_c[1]`, as pytest writes it elsewhere; in XML the path is dotted."""
    owner, name, file = (record.element.attributes.get(key, "") for key in ("classname", "name", "file"))
    parts = owner.split(".") if owner else []
    if file:
        module = file.removesuffix(".py").replace("\\", "/").split("/")
        inner = (
            parts[len(module) :]
            if parts[: len(module)] == module
            else [one for one in parts if _UPPER.fullmatch(one)]
        )
        return "::".join([file.replace("\\", "/"), *inner, name])
    classes = 0
    while classes < len(parts) and _UPPER.fullmatch(parts[-1 - classes]):
        classes += 1
    module, inner = parts[: len(parts) - classes], parts[len(parts) - classes :]
    if not module:
        return "/".join(name.split(".")) + ".py" if not owner else f"{owner}::{name}"
    return "::".join(["/".join(module) + ".py", *inner, name])


def _java(record: Record) -> str:
    """`com.example.CartTest.adds`: Gradle writes brackets behind a method, Maven does not."""
    owner, name = (
        record.element.attributes.get("classname", ""),
        record.element.attributes.get("name", "").removesuffix("()"),
    )
    return f"{owner}.{name}" if owner and not name.startswith(f"{owner}.") else name


def _go(record: Record) -> str:
    return f"{record.element.attributes.get('classname', '')}::{record.element.attributes.get('name', '')}"


def _bare(record: Record) -> str:
    return record.element.attributes.get("name", "")


def _of_file(record: Record) -> str:
    """Vitest and Bun: the file, and the titles with ` > ` between."""
    owner, name = record.element.attributes.get("classname", ""), record.element.attributes.get("name", "")
    file = record.element.attributes.get("file", "") or owner
    inner = f"{owner} > {name}" if owner and owner not in (file, name) else name
    return inner if not file or inner == file else f"{file} > {inner}"


def _jest(record: Record) -> str:
    """jest-junit by default repeats suites and title in both attributes; with templates they share them."""
    owner, name = record.element.attributes.get("classname", ""), record.element.attributes.get("name", "")
    file = record.element.attributes.get("file", "")
    inner = name if owner in (name, "", file) or name.startswith(owner) else f"{owner} > {name}"
    return f"{file} > {inner}" if file and file != inner else inner


def _titled(record: Record) -> str:
    """Mocha: the full title in one attribute, the last of its parts in the other."""
    owner, name = record.element.attributes.get("classname", ""), record.element.attributes.get("name", "")
    return name if name.endswith(owner) else f"{owner} > {name}"


def _node(record: Record) -> str:
    """Suites lie within each other; the file is named by newer versions."""
    case = record.element.attributes
    titles = [one.attributes.get("name", "") for one in record.around if one.tag == "testsuite"]
    file = case.get("file", "")
    return " > ".join([*([file] if file else []), *titles, case.get("name", "")])


def _phpunit(record: Record) -> str:
    owner = record.element.attributes.get("class") or record.element.attributes.get("classname", "").replace(
        ".", "\\"
    )
    return f"{owner}::{record.element.attributes.get('name', '')}"


DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "pytest": Dialect("pytest", "pytest", _pytest, hides_attempts=True),
        "java": Dialect("junit", "junit", _java),
        "dotnet": Dialect("dotnet", "dotnet", _java),
        "nextest": Dialect("nextest", "rust", _bare, repeats_are_attempts=False),
        "go": Dialect("go", "go", _go, repeats_are_attempts=False),
        "jest": Dialect("jest", "jest", _jest, repeats_are_attempts=False),
        "vitest": Dialect("vitest", "vitest", _of_file, repeats_are_attempts=False),
        "bun": Dialect("bun", "bun", _of_file, repeats_are_attempts=False),
        "mocha": Dialect("mocha", "jest", _titled, repeats_are_attempts=False),
        "node": Dialect("node", "jest", _node, repeats_are_attempts=False),
        "rspec": Dialect("rspec", "rspec", _bare, repeats_are_attempts=False),
        "phpunit": Dialect("phpunit", "phpunit", _phpunit, repeats_are_attempts=False),
    }
)

_TITLES: Final = MappingProxyType(
    {
        "pytest": "pytest",
        "nextest-run": "nextest",
        "jest tests": "jest",
        "vitest tests": "vitest",
        "bun test": "bun",
        "Mocha Tests": "mocha",
        "rspec": "rspec",
    }
)
"""What the outermost suite, or the test's own, is called by default."""
