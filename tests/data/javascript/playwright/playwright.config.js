module.exports = {
  testDir: "tests",
  workers: 2,
  projects: [{ name: "desk" }, { name: "phone", testMatch: /alone/ }],
};
