import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { add, refuse } from "../src/cart.js";

describe("cart", () => {
  test("adds", () => expect(add(1, 1)).toBe(2));
  test("is wrong", () => expect({ sum: add(1, 1), tax: 0 }).toEqual({ sum: 3, tax: 0 }));
  test("throws", () => refuse());
  test("throws a text", () => {
    throw "swordfish";
  });
  test.skip("is skipped", () => {});
  test.todo("is to come");
  test.fails("fails as expected", () => expect(add(1, 1)).toBe(3));
  test.fails("passes and should not", () => expect(add(1, 1)).toBe(2));
  test.each([["a b"], ["a > b"], ["ü/%s"]])("takes %s", (name) => expect(name).not.toBe("a > b"));
  test("is slow", () => new Promise(() => {}), 30);
  test("matches its snapshot", () => expect(add(1, 1)).toMatchInlineSnapshot(`3`));
  test("is twice", () => {});
  test("is twice", () => refuse());
  let tries = 0;
  test("is flaky", { retry: 2 }, () => expect(++tries).toBe(2));
  test("never passes", { retry: 2 }, () => expect(1).toBe(2));
  test("is repeated", { repeats: 2 }, () => {});
});
describe("before all", () => {
  beforeAll(() => Promise.reject(new Error("no database")));
  test("needs it", () => {});
});
describe("after all", () => {
  afterAll(() => Promise.reject(new Error("not closed")));
  test("passes", () => {});
});
