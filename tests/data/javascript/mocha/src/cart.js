exports.add = (one, other) => one + other;
exports.refuse = () => {
  throw new RangeError("amount must not be negative");
};
