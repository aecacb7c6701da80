it("stands alone", () => {});
