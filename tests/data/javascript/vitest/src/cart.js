export const add = (one, other) => one + other;
export const refuse = () => {
  throw new RangeError("amount must not be negative", { cause: new TypeError("swordfish") });
};
