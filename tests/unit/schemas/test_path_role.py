"""The role of a file, on paths as they are in real repositories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import PathRole

CASES = {
    PathRole.PRODUCT: """
        src/django/test/client.py src/_pytest/fixtures.py src/_pytest/terminal.py django/db/models/expressions.py
        django/test/client.py django/test/testcases.py
        django/test/utils.py django/contrib/auth/testing.py django/core/management/commands/test.py
        numpy/testing/_private/utils.py
        sympy/testing/runtests.py lib/matplotlib/testing/compare.py pandas/_testing/asserters.py sklearn/utils/_testing.py
        sklearn/utils/estimator_checks.py requests/models.py app/contest.py app/latest.py src/changes/diff.py src/license_check.py
        app/readme_writer.py app/templates/mail.txt notebooks/model.ipynb money.py app.py core/check_permissions.py
        src/fix_imports.py
        lib/debug_toolbar/panels.py setuptools/dist.py src/tmp/files.py services/sandbox/runner.py apps/playground/src/main.ts
        cmd/entire/main.go internal/latest/version.go pkg/testify.go cmd/root.go src/contestant.ts src/components/Latest.tsx
        src/index.ts src/commands/test.ts lib/parser.mjs packages/core/src/spec.ts app/views/users/show.html.erb
        lib/tasks/import.rake
        src/main/java/com/example/Latest.java src/main/java/org/springframework/test/web/MockMvc.java
        src/main/java/com/example/Contest.java
        src/main/kotlin/Attest.kt src/lib.rs src/attest.rs crates/core/src/parser.rs build.rs app/models/user.rb lib/rspec/core.rb
        api/spec/types.go Sources/App/Login.swift src/App/Latest.cs schema.sql api/users.proto index.html web/site.css
    """,
    PathRole.TEST: """
        sympy/testing/tests/diagnose.py tests/testing/clock.py src/test/python/x.py tests/test_money.py
        tests/fixtures/x.py tests/helpers.py test/test_all.py testing/test_mark.py testing/conftest.py
        testing/example_scripts/marks.py sympy/core/tests/test_expr.py django/contrib/gis/tests/geometry.py app/tests.py
        conftest.py
        src/pkg/conftest.py money_test.py test_scratch.py tests/sessions_tests/models.py lib/matplotlib/tests/test_axes.py
        lib/test/test_os.py django/test/test_client.py packages/api/test/helper.py tests/data/input.txt tests/data/input.json
        cmd/entire/cli/settings_test.go internal/testutil/repo.go testdata/golden.json pkg/parse/testdata/in.go e2e/login.go
        cmd/entire/cli/integration_test/setup.go cmd/cli/e2e_test/hooks.go test/main.go
        src/app.test.ts src/app.spec.tsx src/__tests__/app.js src/__mocks__/fs.js src/__snapshots__/app.js.snap test/index.js
        packages/core/test/evaluation/loader.ts cypress/e2e/login.cy.ts src/button-test.js test-utils/render.tsx
        src/test-utils.tsx
        src/setupTests.ts vitest.setup.ts src/shares/shares.controller.spec.ts e2e/pay.spec.ts tests/fixtures/page.md
        test.sh test.js
        src/test/java/com/example/Money.java src/test/resources/data.xml app/LoginTest.java app/LoginTests.kt app/LoginIT.java
        app/TestLogin.java App.Tests/Login.cs tests/Unit/LoginTest.php Tests/AppTests/Login.swift app/MoneySpec.scala
        tests/cli.rs src/parser/tests.rs src/parser_test.rs crates/core/tests/common/mod.rs
        spec/models/user_spec.rb spec/rails_helper.rb spec/support/login.rb test/models/user_test.rb features/login.feature
        features/step_definitions/login.rb spec/app.js src/fixtures/users.json
    """,
    PathRole.CONFIG: """
        requirements/dev.txt pyproject.toml setup.py setup.cfg tox.ini pytest.ini requirements.txt dev-requirements.txt
        requirements/base.in poetry.lock
        .gitignore         .github/workflows/ci.yml Makefile Dockerfile docker-compose.yml package.json tsconfig.json
        jest.config.js vite.config.mts
        .eslintrc.js go.mod go.sum Cargo.toml Cargo.lock pom.xml build.gradle build.gradle.kts gradle.properties Gemfile Gemfile.lock
        Rakefile CMakeLists.txt .env app/config/settings.yaml App.csproj
    """,
    PathRole.DOCS: """
        README.md docs/index.rst docs/conf.py doc/api/next.rst CHANGELOG CHANGES.rst LICENSE LICENSE-MIT AUTHORS
        notes.txt tests/README.md
        changelog/9999.bugfix.rst newsfragments/12.bugfix changes/12.feature apps/web/src/content/docs/targets.mdx CLAUDE.md
        docs/requirements/e2e-tests/review-02.md specs/001/spec.md src/prompts/system.md NEWS CONTRIBUTING.adoc
    """,
    PathRole.SCRATCH: """
        /tmp/x.py ~/notes.py ../other/app.py a/../../b.py C:\\Users\\ada\\x.py tmp/out.py scratch/try.py sandbox/a.js
        .scratch/a.py
        reproduce.py reproduce_issue.py repro.py repro-123.js run_reproduction_file.py reproduce_issue/models.py repro_app/apps.py
        reproduction/conf.py debug_sparse.py check_patch.py fix_latex.py verify_sql.py update_printer_v2.py
        test_repro.py test_issue_42.py
        tmp_out.txt demo_cycle.py poc.py django/db/models/expressions.py.new sympy/printing/latex.py_patch_final
        src/core.py.orig src/core.py~         sphinx/directives/code.py.bak sklearn/utils/output.py_new
    """,
    PathRole.UNKNOWN: """
        data/prices.csv logo.png bin/tool fixloop model.pkl . assets/font.woff2 locale/da/django.po
    """,
}

PATHS = [(path, role) for role, paths in CASES.items() for path in paths.split()]


@pytest.mark.parametrize(("path", "role"), PATHS, ids=[path for path, _ in PATHS])
def test_roles_of_real_paths(path: str, role: PathRole) -> None:
    """A path has the role that somebody who knows the ecosystem gives it."""
    assert role == path_role(path)


@pytest.mark.parametrize(("path", "role"), PATHS, ids=[path for path, _ in PATHS])
def test_the_way_a_path_is_written_does_not_matter(path: str, role: PathRole) -> None:
    """Back slashes, a leading `./`, doubled slashes and detours inside the repository change nothing."""
    assert role == path_role(path.replace("/", "\\"))
    if not path.startswith(("/", "~", "C:")):
        assert role == path_role(f"./{path}")
        assert role == path_role(f"src//../{path}")


def test_no_path_is_two_cases() -> None:
    """The table above contradicts itself nowhere."""
    assert len(PATHS) == len({path for path, _ in PATHS})


@given(st.text())
def test_any_text_has_a_role(path: str) -> None:
    """Whatever an agent calls a file, the emitter goes on."""
    assert path_role(path) in PathRole


@pytest.mark.parametrize(
    "path",
    [
        "a" * 50_000,
        "a/" * 25_000,
        "test_" * 10_000,
        "_" * 50_000,
        "." * 50_000,
        "a.b_" * 12_000,
        "testing/" * 6_000 + "x",
    ],
    ids=lambda path: path[:8],
)
def test_hostile_paths_are_answered(path: str) -> None:
    """No rule runs away: what is longer than a file system allows is not looked at, and what is as long is answered."""
    assert PathRole.UNKNOWN == path_role(path)
    for _ in range(100):
        assert path_role(path[:4_000]) in PathRole
