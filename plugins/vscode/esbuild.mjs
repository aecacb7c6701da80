// Bundles the extension into one file; with --tests, each test into one of its own, for `node --test`.
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");
const outdir = tests ? "out/test" : "dist";
rmSync(outdir, { recursive: true, force: true });

await build({
  entryPoints: tests
    ? readdirSync("test")
        .filter((name) => /\.test\.ts$|^drive\.ts$/.test(name))
        .map((name) => `test/${name}`)
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
