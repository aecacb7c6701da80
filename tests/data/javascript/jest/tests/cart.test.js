const { add, refuse } = require("../src/cart");

describe("cart", () => {
  test("adds", () => expect(add(1, 1)).toBe(2));
  test("is wrong", () => expect({ sum: add(1, 1), tax: 0 }).toEqual({ sum: 3, tax: 0 }));
  test("throws", () => refuse());
  test("throws a text", () => {
    throw "swordfish";
  });
  test.skip("is skipped", () => {});
  test.todo("is to come");
  test.failing("fails as expected", () => expect(add(1, 1)).toBe(3));
  test.failing("passes and should not", () => expect(add(1, 1)).toBe(2));
  test.each([["a b"], ["a > b"], ["ü/%s"]])("takes %s", (name) => expect(name).not.toBe("a > b"));
  test("is slow", () => new Promise(() => {}), 30);
  test("matches its snapshot", () => expect(add(1, 1)).toMatchInlineSnapshot(`3`));
  test("is twice", () => {});
  test("is twice", () => refuse());
});
