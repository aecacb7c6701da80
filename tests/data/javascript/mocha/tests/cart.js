const assert = require("node:assert");
const { add, refuse } = require("../src/cart");

describe("cart", () => {
  it("adds", () => assert.equal(add(1, 1), 2));
  it("is wrong", () => assert.strictEqual(add(1, 1), 3));
  it("throws", () => refuse());
  it("throws a text", () => {
    throw "swordfish";
  });
  it.skip("is skipped", () => {});
  it("is to come");
  it("skips itself", function () {
    this.skip();
  });
  for (const name of ["a b", "a > b", "ü/%s"]) it(`takes ${name}`, () => assert.notEqual(name, "a > b"));
  it("is slow", function (done) {
    this.timeout(20);
  });
  it("says twice that it is done", (done) => {
    done();
    done();
  });
  let tries = 0;
  it("is flaky", function () {
    this.retries(2);
    assert.equal(++tries, 2);
  });
  it("never passes", function () {
    this.retries(2);
    assert.fail("always");
  });
});
describe("before each", () => {
  beforeEach(() => Promise.reject(new Error("no database")));
  it("needs it", () => {});
  it("needs it too", () => {});
});
describe("after all", () => {
  after(() => Promise.reject(new Error("not closed")));
  it("passes", () => {});
});
