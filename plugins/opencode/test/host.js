/**
 * OpenCode for a test: loads plugins as OpenCode does, and calls their hooks as a script says.
 *
 * The standard input's first line is a JSON object: `plugins`, `directory`, `report`. Each line after it is a list of steps, of which one
 * may write files (`null`: removes) and call a hook. What came of all lines so far stands in the file `report`. At the input's end the
 * plugins are disposed of.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/** @type {string[]} */
const problems = [];
process.on("unhandledRejection", (reason) => problems.push(`unhandled: ${reason}`));
process.on("uncaughtException", (error) => problems.push(`uncaught: ${error}`));

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { plugins, directory, report } = JSON.parse((await lines.next()).value);

/** @type {any[]} */
const loaded = [];
for (const file of plugins) {
  const module = await import(pathToFileURL(file).href);
  for (const plugin of Object.values(module)) loaded.push(await plugin({ directory, worktree: directory }));
}
const hooks = loaded.map((one) => Object.keys(one));

let lists = 0;
for await (const line of { [Symbol.asyncIterator]: () => lines }) {
  /** @type {unknown[]} */
  const outputs = [];
  for (const step of JSON.parse(line)) {
    for (const [path, content] of Object.entries(step.files ?? {})) {
      mkdirSync(dirname(path), { recursive: true });
      if (content === null) rmSync(path);
      else writeFileSync(path, content);
    }
    for (const one of step.hook ? loaded : []) await one[step.hook]?.(step.input, step.output);
    outputs.push(step.output ?? null);
  }
  await new Promise((resolved) => setImmediate(resolved));
  lists += 1;
  writeFileSync(`${report}.new`, JSON.stringify({ lists, problems, hooks, outputs }));
  renameSync(`${report}.new`, report);
}
for (const one of loaded) await one.dispose?.();
if (problems.length > 0) throw new Error(problems.join("\n"));
process.exit();
