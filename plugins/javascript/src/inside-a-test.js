// A test that starts a test runner itself: its runs are none of this project's, though they inherit its variables.

const SET_FOR_TESTS = ["PYTEST_CURRENT_TEST", "JEST_WORKER_ID", "VITEST_WORKER_ID", "MOCHA_WORKER_ID", "TEST_WORKER_INDEX", "NODE_TEST_CONTEXT"];

/** @param {Readonly<Record<string, string | undefined>>} environment */
export const insideATest = (environment) => SET_FOR_TESTS.some((name) => environment[name] !== undefined);
