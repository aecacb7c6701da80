// What a file is for, from its path alone. The patterns are those of `fixloop_schemas/path_role.py` (`roles.json` is written from them).
import { posix } from "node:path";
import roles from "./roles.json";

const LONGEST = 4_096;
const { patterns } = roles;
const at = {
  outside: whole(`^(?:${patterns.outside})`),
  scratch: whole(`^(?:${patterns.scratch})$`),
  copy: whole(`^(?:${patterns.copy})$`),
  prose: whole(patterns.prose),
  dataFolder: whole(patterns.data_folder),
  mainFolder: whole(patterns.main_folder),
  testFolder: whole(patterns.test_folder),
  specFolder: whole(patterns.spec_folder),
  testName: whole(patterns.test_name),
  testClass: whole(patterns.test_class),
  config: whole(patterns.config),
  docsFolder: whole(patterns.docs_folder),
  docsName: whole(patterns.docs_name),
  source: whole(patterns.source),
  templateText: whole(patterns.template_text),
};

export type PathRole = "product" | "config" | "test" | "docs" | "scratch" | "unknown";

/** The role of the file at a path relative to its repository (either slash). */
export function pathRole(path: string): PathRole {
  const cased = posix.normalize(path.replaceAll("\\", "/"));
  const lower = cased.toLowerCase();
  if (lower.length > LONGEST) return "unknown";
  if (at.outside.test(lower) || at.scratch.test(lower) || at.copy.test(lower)) return "scratch";
  if (at.prose.test(lower) && !at.dataFolder.test(lower)) return "docs";
  if (isTest(cased, lower)) return "test";
  if (at.config.test(lower)) return "config";
  const source = at.source.test(lower) || at.templateText.test(lower);
  if (at.docsFolder.test(lower) || (at.docsName.test(lower) && !source)) return "docs";
  return source ? "product" : "unknown";
}

function isTest(cased: string, lower: string): boolean {
  if (at.dataFolder.test(lower)) return true;
  if (at.mainFolder.test(lower)) return false;
  if (at.testName.test(lower) || at.testClass.test(cased)) return true;
  if (isShippedHelper(lower)) return false;
  return at.testFolder.test(lower) || at.specFolder.test(lower);
}

function isShippedHelper(lower: string): boolean {
  const folders = lower.replace(/^src\//, "").replace(/^lib\//, "").split("/").slice(0, -1);
  const helpers = roles.helper_folders;
  return (
    /\.pyi?$/.test(lower) &&
    !folders.some((folder) => roles.workspaces.includes(folder)) &&
    folders.slice(1).some((folder) => helpers.includes(folder)) &&
    !helpers.includes(folders[0] ?? "")
  );
}

function whole(pattern: string): RegExp {
  return new RegExp(pattern, "u");
}
