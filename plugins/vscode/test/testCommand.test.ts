import assert from "node:assert/strict";
import { test } from "node:test";
import { testCommand } from "../src/testCommand.ts";

const runs = (line: string): string | undefined => testCommand(line)?.runner;

test("runners are found behind what only prepares them", () => {
  assert.equal(runs("FOO=1 timeout 60 uv run python -m pytest -q tests"), "pytest");
  assert.equal(runs("cd web && npx vitest run"), "vitest");
  assert.equal(runs("C:\\venv\\Scripts\\pytest.exe -q"), undefined); // a backslash outside of quotes is the shell's
  assert.equal(runs("'C:\\venv\\Scripts\\pytest.exe' -q"), "pytest");
});

test("what is no test run is none", () => {
  for (const line of ["", "ls tests", "git commit -m 'pytest'", "go build ./...", "mvn compile", "./gradlew clean", "npm install", "test -f x"]) {
    assert.equal(runs(line), undefined, line);
  }
});

test("asking a runner for words runs nothing", () => {
  for (const line of ["pytest --version", "pytest --collect-only", "jest --listTests", "npx playwright test --list"]) {
    assert.equal(runs(line), undefined, line);
  }
});

test("an exit code speaks for the tests only where nothing stands behind them", () => {
  assert.equal(testCommand("cd a && pytest")?.exitCodeReliable, true);
  assert.equal(testCommand("pytest 2>&1")?.exitCodeReliable, true);
  for (const line of ["pytest | tail", "pytest; echo done", "pytest || true", "pytest &"]) {
    assert.equal(testCommand(line)?.exitCodeReliable, false, line);
  }
});

test("a very long line takes no time", () => {
  assert.equal(runs(`pytest ${"'".repeat(200_001)}`), "pytest");
  assert.equal(runs(`${"a=b ".repeat(100_000)}pytest`), undefined);
});
