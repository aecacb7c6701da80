import pytest

from fixloop_schemas.commands import Called, called
from fixloop_schemas.vocabulary import Scope

ALL, SELECTION, UNKNOWN = Scope.ALL, Scope.SELECTION, Scope.UNKNOWN


@pytest.mark.parametrize(
    ("command", "runner", "selectors", "scope"),
    [
        ("pytest", "pytest", (), ALL),
        ("docker exec -it -e A=1 web pytest -q", "pytest", (), ALL),
        ("docker compose -f x.yml run --rm web python -m pytest tests", "pytest", ("tests",), SELECTION),
        ("docker-compose exec -T web pytest", "pytest", (), ALL),
        ("podman run --rm -v .:/w -w /w image cargo test", "cargo", (), ALL),
        ("kubectl exec -it pod -c app -- go test ./...", "go", (), ALL),
        ("nix develop .#x --command pytest", "pytest", (), ALL),
        ("conda run -n env pytest", "pytest", (), ALL),
        ("conda run --no-capture-output -n env pytest -x", "pytest", (), SELECTION),
        ("kubectl -n shop exec deploy/web -- pytest", "pytest", (), ALL),
        ("docker --context far exec web pytest a", "pytest", ("a",), SELECTION),
        ("ssh host pytest -q", "pytest", (), ALL),
        ("ssh -p 22 -o A=b me@host 'pytest -q tests'", "pytest", ("tests",), SELECTION),
        ("docker exec web sh -c 'cd app && go test ./...'", "go", (), UNKNOWN),
        ("bash -lc 'pytest -q a'", "pytest", ("a",), SELECTION),
        ("nix-shell --pure --run 'pytest a'", "pytest", ("a",), SELECTION),
        ("fixloop run --report junit:out.xml -- pytest a", "pytest", ("a",), SELECTION),
        ("pytest -q -n 2 --tb=short", "pytest", (), ALL),
        ("pytest tests/test_cart.py::test_add", "pytest", ("tests/test_cart.py::test_add",), SELECTION),
        ("python3 -m pytest -k 'add or remove'", "pytest", ("add or remove",), SELECTION),
        ("uv run pytest --lf", "pytest", (), SELECTION),
        ("timeout 60 pytest -k add", "pytest", ("add",), SELECTION),
        ("timeout -k 5 60 echo", None, (), UNKNOWN),
        ("go test ./...", "go", (), ALL),
        ("go test", "go", (), UNKNOWN),
        ("go test -count=1 -run TestAdd ./cart", "go", ("TestAdd", "./cart"), SELECTION),
        ("python -m unittest", "unittest", (), ALL),
        ("python -m unittest tests.test_cart", "unittest", ("tests.test_cart",), SELECTION),
        ("./tests/runtests.py --parallel 1 forms", "django", ("forms",), SELECTION),
        ("python tests/runtests.py", "django", (), ALL),
        ("bin/test sympy/core", "sympy", ("sympy/core",), SELECTION),
        ("bun test", "bun", (), ALL),
        ("npx vitest run src/cart.test.ts", "vitest", ("src/cart.test.ts",), SELECTION),
        ('npx jest --testPathPattern="cart" --no-coverage', "jest", ("cart",), SELECTION),
        ("cargo test --features fast", "cargo", (), ALL),
        ("cargo test add_works", "cargo", ("add_works",), SELECTION),
        ("mvn -q test", "maven", (), ALL),
        ("mvn test -Dtest=CartTest", "maven", ("CartTest",), SELECTION),
        ("pnpm --filter api test", "pnpm", ("api", "test"), SELECTION),
        ("make test", "make", ("test",), UNKNOWN),
        ("cd web && npx jest", "jest", (), UNKNOWN),
        ("PYTHONPATH=. python reproduce.py", "python", ("reproduce.py",), SELECTION),
        ("cat <<...", None, (), UNKNOWN),
        ("", None, (), UNKNOWN),
        (None, None, (), UNKNOWN),
    ],
)
def test_a_command_says_what_it_was_asked_to_run(
    command: str | None, runner: str | None, selectors: tuple[str, ...], scope: Scope
) -> None:
    """Runner, selectors and scope are all that is kept of a command's text."""
    found = called(command)
    assert (runner, selectors, scope) == (found.runner, found.selectors, found.scope)


@pytest.mark.parametrize(
    ("command", "reliable"),
    [
        ("pytest", True),
        ("pytest 2>&1", True),
        ("pytest > out.txt", True),
        ("cd src && pytest", True),
        ("git stash; pytest", True),
        ("make lint && pytest", True),
        ("pytest -k 'a|b;c'", True),
        ("pytest | tail -5", False),
        ("pytest; true", False),
        ("pytest || true", False),
        ("pytest && echo done", False),
        ("pytest &", False),
        ("echo no test", False),
    ],
)
def test_an_exit_code_speaks_for_the_last_program(command: str, reliable: bool) -> None:
    """Behind a pipe or another command it may be somebody else's."""
    assert reliable == called(command).exit_code_reliable


def test_of_a_cut_command_the_exit_code_says_nothing() -> None:
    """What was cut may be a pipe."""
    assert not called("pytest -k add", cut=True).exit_code_reliable


def test_several_runs_in_one_command_are_asked_for_together() -> None:
    """A chain of runners is one run; its scope is known only where they agree."""
    assert Called("go", ("./a", "./b"), SELECTION, exit_code_reliable=True) == called(
        "go test ./a && go test ./b"
    )


def test_an_open_quote_does_not_end_the_reading() -> None:
    """A recording may cut a command inside of a quote."""
    assert ("add or",) == called("pytest -k 'add or").selectors


@pytest.mark.parametrize(
    ("command", "doubtful"),
    [
        ("npm test -- --token swordfish", {"swordfish"}),
        ("npm test -- tests/cart.test.js", set()),
        ("go test -run TestCart ./... -args -token swordfish", {"swordfish"}),
        ("./gradlew test --key swordfish", {"swordfish"}),
        ("npx jest --runInBand cart", set()),
        ("npx jest --env=node -t adds cart", set()),
        ("npx jest --globals swordfish cart", {"swordfish"}),
        ("pytest --lf tests/test_cart.py", set()),
        ("pytest -x --token swordfish tests", {"swordfish"}),
        ("cargo test adds -- --nocapture totals", set()),
        ("cd a && TOKEN=x npm test -- swordfish", {"swordfish"}),
    ],
)
def test_what_may_be_an_option_s_value_is_doubtful(command: str, doubtful: set[str]) -> None:
    """It counts as a selector, and is not to be told in plain; files of tests are none."""
    found = called(command)
    assert doubtful == found.doubtful
    assert doubtful <= set(found.selectors)


def test_the_exit_code_of_a_script_in_a_shell() -> None:
    """It is the tests' own where they are the last of the script, and the shell is the last of the line."""
    assert called("ssh host 'cd app && pytest'").exit_code_reliable
    assert not called("docker exec web sh -c 'pytest; true'").exit_code_reliable
    assert not called("docker exec web sh -c 'pytest' | tail").exit_code_reliable


def test_what_is_no_script_of_a_shell_stays_as_it_is() -> None:
    """A shell's own file, a session without a command, and scripts within scripts without end."""
    assert ("bash", ("run_tests.sh",)) == (
        called("bash run_tests.sh").runner,
        called("bash run_tests.sh").selectors,
    )
    assert called("ssh host").runner is None
    assert called("sh -c").runner is None
    assert called("ssh a " * 50 + "pytest").runner is None
