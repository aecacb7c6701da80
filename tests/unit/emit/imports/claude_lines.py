"""Lines of a Claude Code transcript, made up to the documented shape."""

from typing import Any

Line = dict[str, Any]
CWD = "/home/ada/shop"
BEFORE = "def total(prices):\n    return 0\n"
AFTER = "def total(prices):\n    return sum(prices)\n"


def line(kind: str, message: Line, minute: int, **more: Any) -> Line:
    """One line with its envelope."""
    return {
        "parentUuid": None,
        "isSidechain": False,
        "cwd": CWD,
        "sessionId": "session-1",
        "version": "2.1.0",
        "gitBranch": "main",
        "type": kind,
        "message": message,
        "uuid": f"uuid-{minute}-{kind}",
        "timestamp": f"2026-01-02T03:{minute:02d}:00.000Z",
        **more,
    }


def use(number: int, name: str, given: Line, **more: Any) -> Line:
    """A tool call."""
    content = [{"type": "tool_use", "id": call_id(number), "name": name, "input": given}]
    return line(
        "assistant", {"model": "claude-opus-4-6", "role": "assistant", "content": content}, 2 * number, **more
    )


def result(number: int, answer: Any, *, error: bool = False, shown: str = "", **more: Any) -> Line:
    """What came of it."""
    block = {"type": "tool_result", "tool_use_id": call_id(number), "content": shown, "is_error": error}
    return line("user", {"role": "user", "content": [block]}, 2 * number + 1, toolUseResult=answer, **more)


def call_id(number: int) -> str:
    """A tool call's id."""
    return f"toolu_{number:024d}"


def edit(number: int, before: str, after: str, path: str = f"{CWD}/src/shop.py", **more: Any) -> list[Line]:
    """An edit of a whole file by replacing its text."""
    given = {"file_path": path, "old_string": before, "new_string": after}
    answer = {
        "filePath": path,
        "oldString": before,
        "newString": after,
        "originalFile": before,
        "structuredPatch": [],
    }
    return [use(number, "Edit", given, **more), result(number, answer, **more)]


def shell(number: int, command: str, printed: str, code: int = 0, **more: Any) -> list[Line]:
    """A shell command."""
    called = use(number, "Bash", {"command": command}, **more)
    if code:
        shown = f"Exit code {code}\n{printed}"
        return [called, result(number, f"Error: {shown}", error=True, shown=shown, **more)]
    return [called, result(number, {"stdout": printed, "stderr": "", "interrupted": False}, **more)]


RED = """\
=================================== FAILURES ===================================
__________________________________ test_total __________________________________
    def test_total():
>       assert total([1, 2]) == 3
E       assert 0 == 3
tests/test_shop.py:4: AssertionError
=========================== short test summary info ============================
FAILED tests/test_shop.py::test_total - assert 0 == 3
========================= 1 failed, 1 passed in 0.02s =========================="""
GREEN = """\
tests/test_shop.py ..                                                    [100%]

============================== 2 passed in 0.01s ==============================="""
