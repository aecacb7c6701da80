const { expect, test } = require("@playwright/test");
const { add, refuse } = require("../src/cart");

test.describe("cart", () => {
  test("adds", () => expect(add(1, 1)).toBe(2));
  test("is wrong", () => expect(add(1, 1)).toBe(3));
  test("throws", () => refuse());
  test.skip("is skipped", () => {});
  test("fails as expected", () => {
    test.fail();
    expect(add(1, 1)).toBe(3);
  });
  test("passes and should not", () => {
    test.fail();
  });
  test("is slow", async () => {
    test.setTimeout(30);
    await new Promise(() => {});
  });
});
test.describe("retried", () => {
  test.describe.configure({ mode: "serial", retries: 1 });
  test("comes first", () => {});
  test("is flaky", ({}, { retry }) => expect(retry).toBe(1));
  test("comes last", () => {});
});
test.describe("before all", () => {
  test.beforeAll(() => Promise.reject(new Error("no database")));
  test("needs it", () => {});
  test("does not run", () => {});
});
