// For Mocha: `--require fixloop/mocha`, beside whatever reporter there is. Under `--watch` use `fixloop/mocha-reporter`.
import { files, watch } from "./mocha-runs.js";
import { begin, quietly } from "./recording.js";

let watched = false;

/**
 * Mocha calls this once before a run, with the runner as `this`; under `--watch`, with nothing.
 * @this {unknown}
 */
export function mochaGlobalSetup() {
  watched = true;
  quietly(() => {
    if (typeof this === "object" && this !== null && "on" in this) watch(/** @type {import("./mocha-runs.js").Runner} */ (this));
  });
}

// A file that cannot be loaded ends Mocha before there is a runner, and nobody is told why.
process.once("exit", (code) => {
  if (watched || code === 0 || process.env["MOCHA_WORKER_ID"] !== undefined) return;
  const recording = begin(() => ({ framework: "mocha", folder: process.cwd(), selectors: files() }));
  recording?.add({ file: undefined, titles: [], outcome: "error", level: "group" });
  recording?.end("failure");
});
