require("./nowhere");
test("is not reached", () => {});
