// Bundles the extension into one file; with --tests, each test into one of its own, for `node --test`.
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");
const outdir = tests ? "out" : "dist";
rmSync(outdir, { recursive: true, force: true });
const named = readdirSync("test").filter((name) => name.endsWith(".test.ts"));

await build({
  entryPoints: tests
    ? [...named.map((name) => ({ in: `test/${name}`, out: `test/${name.slice(0, -3)}` })), { in: "test/drive.ts", out: "drive" }]
    : ["src/extension.ts"],
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  legalComments: "none",
  logLevel: "warning",
  minify: !tests,
});
