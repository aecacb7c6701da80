const assert = require("node:assert");
const { after, before, describe, it, test } = require("node:test");
const { add, refuse } = require("../src/cart");

describe("cart", () => {
  it("adds", () => assert.equal(add(1, 1), 2));
  it("is wrong", () => assert.strictEqual(add(1, 1), 3));
  it("throws", () => refuse());
  it("throws a text", () => {
    throw "swordfish";
  });
  it.skip("is skipped", () => {});
  it.todo("is to come");
  it("is to be mended", { todo: true }, () => refuse());
  for (const name of ["a b", "a > b", "ü/%s"]) it(`takes ${name}`, () => assert.notEqual(name, "a > b"));
  it("is slow", { timeout: 20 }, () => new Promise((resolve) => setTimeout(resolve, 500)));
});
test("has parts", async (t) => {
  await t.test("passes", () => {});
  await t.test("fails", () => refuse());
});
describe("before all", () => {
  before(() => Promise.reject(new Error("no database")));
  it("needs it", () => {});
});
describe("after all", () => {
  after(() => Promise.reject(new Error("not closed")));
  it("passes", () => {});
});
test("is twice", () => {});
test("is twice", () => refuse());
