// Reads golden cases and says what is different here: `node test/compare.js VECTORS [DOCS]`, on standard output.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Digester, bounded } from "../src/digests.js";
import { folderName } from "../src/drop-box.js";
import { extract } from "../src/failures.js";
import { sessionId } from "../src/session.js";
import { mask, signature } from "../src/signatures.js";
import { repositoryName } from "../src/working-copy.js";

const [folder = "", docs] = process.argv.slice(2);
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

/** @param {string} name  @param {string} [where] */
const cases = (name, where = folder) => JSON.parse(readFileSync(join(where, `${name}.json`), "utf8"));

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
if (docs !== undefined) {
  for (const [session, name] of cases("spool/folders", docs)) judge("folders", session, name, folderName(session));
  for (const [url, name] of cases("repositories", docs)) judge("repositories", url, name, repositoryName(url));
  for (const { name, key, root, environment, told, linked, marked, session, around } of cases("sessions", docs)) {
    const found = sessionId(environment, new Digester(Buffer.from(key)), root, { told, linked, marked: () => marked, around: () => around });
    judge("sessions", name, session, found);
  }
}
process.stdout.write(`${count} cases, ${different} different\n`);
process.exitCode = different > 0 ? 1 : 0;
