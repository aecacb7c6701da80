"""Shell commands as programs, and the files that they change."""

import pytest

from fixloop.emit.shell.edits import shell_changes
from fixloop.emit.shell.programs import on_one_line, programs

PROGRAMS = {
    "cd a && make -j2 test": [("", "cd", "a"), ("a", "make", "-j2", "test")],
    "(cd a; ls) && ls": [("", "cd", "a"), ("a", "ls"), ("", "ls")],
    "cd $HOME && ls": [("", "cd", "$HOME"), (None, "ls")],
    "cd $HOME; cd /srv && ls": [("", "cd", "$HOME"), (None, "cd", "/srv"), ("/srv", "ls")],
    "FOO=1 timeout -k 5 60 sudo -u x env A=b pytest 'a b'": [("", "pytest", "a b")],
    "time -p nice -n 5 pytest -q": [("", "pytest", "-q")],
    "bash -lc 'cd a && pytest -q' ; ls": [("", "cd", "a"), ("a", "pytest", "-q"), ("", "ls")],
    "ls # pytest\npytest": [("", "ls"), ("", "pytest")],
    "pytest \\\n  -q \\\n  tests": [("", "pytest", "-q", "tests")],
    "git commit -m \"$(cat <<'EOF'\nfix (all)\nEOF\n)\" && ls": [
        ("", "git", "commit", "-m", "$(cat <<'EOF'\nfix (all)\nEOF\n)"),
        ("", "ls"),
    ],
    "if pytest; then echo ok; fi": [("", "pytest"), ("", "echo", "ok")],
    "echo 'open": [],
    "": [],
}


@pytest.mark.parametrize("command", PROGRAMS)
def test_programs_of_a_command(command: str) -> None:
    """Each program with where it runs; None where that hangs on what the shell would expand."""
    assert PROGRAMS[command] == [(program.folder, *program.texts) for program in programs(command)]


EDITS = {
    "cat > a.py <<'EOF'\nx = 1\nEOF": [("heredoc>", "a.py", "x = 1\n")],
    "cat <<EOF > a.py && pytest\nx = 1\nEOF": [("heredoc>", "a.py", "x = 1\n")],
    "cat <<EOF > a.py\nx = $Y\nEOF": [("heredoc>", "a.py", None)],
    "cat <<-EOF > a.py\n\tx\n\tEOF\nls": [("heredoc>", "a.py", "x\n")],
    "cat >> a.py <<'EOF'\nx\nEOF": [("heredoc>>", "a.py", None)],
    "cat <<A > a.py\n1\nA\ncat <<B > b.py\n2\nB": [("heredoc>", "a.py", "1\n"), ("heredoc>", "b.py", "2\n")],
    "tee a.py <<'EOF' > /dev/null\nx\nEOF": [("heredoc>", "a.py", "x\n")],
    "echo 1 | tee -a a.txt": [("tee", "a.txt", None)],
    "echo x > a.py": [("redirection", "a.py", None)],
    "pytest > out.txt 2>&1": [],
    "make > build.log; ls 2>/dev/null": [],
    "echo x > $F; echo x > *.py": [],
    "sed -i 's/a/b/' a.py b.py": [("sed", "a.py", None), ("sed", "b.py", None)],
    "sed -i.bak -e 's/a/b/' -e 's/c/d/' a.py": [("sed", "a.py", None)],
    "sed -n '1,3p' a.py": [],
    "sed -i 's/a/b/' src/*.py $F": [],
    "cd src && sed -i 's/a/b/' a.py ../b.py": [("sed", "src/a.py", None), ("sed", "b.py", None)],
    "cd $D && sed -i 's/a/b/' a.py": [],
    "perl -pi -e 's/a/b/' a.py": [("perl", "a.py", None)],
    "cp a.py b.py": [("cp", "b.py", None)],
    "cp a.py src": [("cp", "src/a.py", None)],
    "mv a.py src/": [("mv", "a.py", None), ("mv", "src/a.py", None)],
    "cp -r src copy": [],
    "rm -f a.py b.py": [("rm", "a.py", None), ("rm", "b.py", None)],
    "rm -rf build": [],
    "rm .git/index.lock": [],
    "ed a.py <<'EOF'\n1d\nw\nEOF": [("ed", "a.py", None)],
    "python3 -c \"open('a.py', 'w').write('x')\"": [("script", "a.py", None)],
    "python - <<'EOF'\np = 'a.py'\nt = open(p).read()\nopen(p, 'w').write(t)\nEOF": [
        ("script", "a.py", None)
    ],
    "python - <<'EOF'\nfrom pathlib import Path\nPath('a.py').write_text('x')\nEOF": [
        ("script", "a.py", None)
    ],
    "python -c \"print(open('a.py').read())\"": [],
    "patch -p1 <<'EOF'\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\nEOF": [("patch", "a.py", None)],
    "git apply <<'EOF'\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\nEOF": [("patch", "a.py", None)],
    "apply_patch <<'EOF'\n*** Begin Patch\n*** Delete File: a.py\n*** End Patch\nEOF": [
        ("apply_patch", "a.py", None)
    ],
    "grep -rn 'sed -i s/a/b/ a.py' . | head": [],
    "for f in a b; do sed -i s/a/b/ $f; done": [],
}


@pytest.mark.parametrize("command", EDITS)
def test_files_that_a_command_changes(command: str) -> None:
    """The tool, the file, and its whole text where nothing in it is expanded; nothing where the name is not certain."""
    found = [change for program in programs(command) for change in shell_changes(program)]
    assert EDITS[command] == [(change.tool, change.path, change.after) for change in found]


def test_on_one_line() -> None:
    """Here-documents and redirections are gone, and a line's end is an operator."""
    command = "cat > a.py <<EOF\npytest\nEOF\npytest -k 'a b' 2>&1 | tail\n"
    assert "cat ; pytest -k 'a b' | tail" == on_one_line(programs(command))


def test_a_command_without_end_is_read_in_time_that_grows_with_its_length() -> None:
    """Many open brackets, quotes and here-documents are only long."""
    for piece in ("(", "$(", "<<A ", "'a' ", "\\", "cat <<EOF\n"):
        programs(piece * 2_000)
