// Says what is known of folders: `node test/places.js FOLDER...`, a list in JSON on standard output.
import { Emitter } from "../src/emitter.js";
import { workingCopy } from "../src/working-copy.js";

const told = process.argv.slice(2).map((folder) => {
  const copy = workingCopy(folder);
  const emitter = Emitter.here(process.env, folder);
  const known = copy && [copy.root, copy.name, copy.branch, copy.revision, copy.email, copy.git, copy.linked];
  return { copy: known ?? null, session: emitter?.session ?? null, attribution: emitter?.attribution ?? null };
});
process.stdout.write(JSON.stringify(told, (_, value) => value ?? null));
