"""Which shell commands set the workspace back."""

import pytest

from fixloop.emit.shell.restores import restores_in

FILES = {"src/a.py", "sub/a.py"}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git stash && pytest -x; git stash pop", [("stash_push", ()), ("stash_pop", ())]),
        ("git checkout -- src/a.py", [("checkout", ("src/a.py",))]),
        ("git checkout src/a.py 2>&1 | tail -3", [("checkout", ("src/a.py",))]),
        ("git checkout HEAD~1 src/a.py b.py", [("checkout", ("src/a.py", "b.py"))]),
        ("git checkout main", [("checkout", ())]),
        ("git checkout -b new-branch", []),
        ("git switch main", [("checkout", ())]),
        ("GIT_TRACE=1 git -C sub checkout a.py", [("checkout", ("sub/a.py",))]),
        ("cd sub && git restore a.py > /dev/null", [("restore", ("sub/a.py",))]),
        ("git restore --staged a.py", []),
        ("git restore --source HEAD~2 src/a.py", [("restore", ("src/a.py",))]),
        ("git restore .", [("restore", ())]),
        ("git reset --hard HEAD~1", [("reset", ())]),
        ("git reset src/a.py", []),
        ("git clean -fd", [("clean", ())]),
        ("git clean -fdn", []),
        ("git stash push -m 'a message' -- src/a.py", [("stash_push", ("src/a.py",))]),
        ("git stash list", []),
        ("git revert --no-edit HEAD", [("revert", ())]),
        ("git revert --abort", []),
        ("cat > x <<'EOF'\ngit checkout .\nEOF\nls", []),
        ("git commit -m \"$(cat <<'EOF'\nundo: git checkout .\nEOF\n)\"", []),
        ("echo 'git checkout .'", []),
        ("# git checkout .\nls", []),
        ("bash -c 'git checkout . && ls'", [("checkout", ())]),
        ("timeout 30 git stash", [("stash_push", ())]),
        ("(git stash; ls)", [("stash_push", ())]),
        ("git show HEAD~1:src/a.py > src/a.py", [("restore", ("src/a.py",))]),
        ("git show HEAD~1:src/a.py > /tmp/old.py", []),
        ("echo it's broken", []),
        ("", []),
    ],
)
def test_restores_in_a_command(command: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    """What sets the workspace back is found with its paths, and what only looks like it is not."""
    found = restores_in(command, FILES.__contains__)
    assert [(restore.operation, restore.paths) for restore in found] == expected


def test_only_the_last_part_of_a_failed_command_is_in_doubt() -> None:
    """`git stash && pytest` fails because the tests do; the stash was made."""
    assert [restore.last for restore in restores_in("git stash && pytest")] == [False]
    assert [restore.last for restore in restores_in("ls; git checkout nothing-there")] == [True]
