// Reads the golden vectors and says what is different here: `node test/compare.js FOLDER`, on standard output, a line each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Digester, bounded } from "../src/digests.js";
import { extract } from "../src/failures.js";
import { mask, signature } from "../src/signatures.js";

const folder = process.argv[2] ?? "";
const digester = new Digester(Buffer.from("key"));

/** @type {Record<string, (given: string) => unknown[]>} */
const ports = {
  masks: (text) => [mask(text)],
  names: (text) => [bounded(text)],
  failures(text) {
    const failure = extract(text);
    const { digest, version, complete, error_type, frame } = signature(digester, failure);
    return [
      [failure.errorType, failure.message, failure.frame, failure.complete],
      [digest, version, complete, error_type, frame],
    ];
  },
};

/** @param {string} name */
const cases = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));

let [count, different] = [0, 0];
/** @param {string} where  @param {unknown} given  @param {unknown} expected  @param {unknown} found */
function judge(where, given, expected, found) {
  count += 1;
  // What is not known is absent here, and null there.
  const said = JSON.stringify(found, (_, value) => value ?? null);
  if (said === JSON.stringify(expected)) return;
  different += 1;
  process.stdout.write(`${where}: ${JSON.stringify(given).slice(0, 300)}\n  ${JSON.stringify(expected)}\n  ${said}\n`);
}

for (const [name, port] of Object.entries(ports)) for (const [given, ...expected] of cases(name)) judge(name, given, expected, port(given));
for (const one of cases("digests")) {
  const { in: given, ...expected } = one;
  const lines = digester.lines(given.split("\n"));
  judge("digests", given, expected, { text: digester.text(given), path: digester.path(given), person: digester.person(given), lines });
}
process.stdout.write(`${count} cases, ${different} different\n`);
process.exitCode = different > 0 ? 1 : 0;
