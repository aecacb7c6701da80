// What git knows of a folder, read from its files; the twin of `fixloop/emit/git/working_copy.py`.
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

export interface WorkingCopy {
  readonly root: string;
  /** Of this working copy alone: a worktree has its own. */
  readonly gitDirectory: string;
  readonly name: string | undefined;
  readonly branch: string | undefined;
  readonly revision: string | undefined;
  /** `user.email` of this repository's own configuration. */
  readonly email: string | undefined;
}

interface Setting {
  readonly section: string;
  readonly subsection: string;
  readonly key: string;
  readonly value: string;
}

/** Of a URL, or of the form `host:path`, with all that may stand before the host. */
const HOST = /^[A-Za-z][\w+.-]*:\/{2,}[^/]*|^[^/]*:/;
const ON_DISK = /^(?:[/.~]|[A-Za-z]:\/|file:)/i;
const MAX_BYTES = 4 * 1024 * 1024;

/** The checkout that a folder lies in; undefined outside of any. */
export function workingCopy(folder: string): WorkingCopy | undefined {
  let root = realpath(folder);
  for (;;) {
    const git = gitDirectory(root);
    if (git !== undefined) return described(root, git);
    if (dirname(root) === root) return undefined;
    root = dirname(root);
  }
}

/** The settings of a git configuration; includes are not followed. */
export function gitSettings(path: string): Setting[] {
  let [section, subsection] = ["", ""];
  const found: Setting[] = [];
  for (const line of content(path).split(/\r?\n/)) {
    const bare = line.trim();
    const head = /^\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(bare);
    if (head) [section, subsection] = [head[1]!.toLowerCase(), head[2] ?? ""];
    else if (bare.includes("=") && !/^[#;]/.test(bare)) {
      const equals = bare.indexOf("=");
      const value = bare.slice(equals + 1).trim().replace(/^"+|"+$/g, "");
      found.push({ section, subsection, key: bare.slice(0, equals).trim().toLowerCase(), value });
    }
  }
  return found;
}

/** The real path, or the path where there is none. */
export function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function gitDirectory(root: string): string | undefined {
  const git = join(root, ".git");
  const status = statSync(git, { throwIfNoEntry: false });
  if (status?.isDirectory()) return git;
  const pointer = status?.isFile() ? content(git).trim() : "";
  return pointer.startsWith("gitdir:") ? resolve(root, pointer.slice("gitdir:".length).trim()) : undefined;
}

function described(root: string, git: string): WorkingCopy {
  const common = content(join(git, "commondir")).trim();
  const shared = common ? resolve(git, common) : git;
  const head = content(join(git, "HEAD")).trim();
  const reference = head.startsWith("ref: ") ? head.slice("ref: ".length) : undefined;
  const revision = reference === undefined ? head : revisionOf(git, shared, reference);
  const settings = gitSettings(join(shared, "config"));
  const remotes = new Map(
    settings.filter(({ section, key }) => section === "remote" && key === "url").map(({ subsection, value }) => [subsection, value]),
  );
  const url = remotes.get("origin") ?? [...remotes.values()][0];
  return {
    root,
    gitDirectory: git,
    name: url === undefined ? (basename(shared) === ".git" ? basename(dirname(shared)) : basename(root)) : repositoryName(url),
    branch: reference?.replace(/^refs\/heads\//, ""),
    revision: /^[0-9a-f]{40,64}$/.test(revision) ? revision : undefined,
    email: settings.findLast(({ section, key }) => section === "user" && key === "email")?.value,
  };
}

function revisionOf(git: string, shared: string, reference: string): string {
  for (const directory of [git, shared]) {
    const loose = content(join(directory, reference)).trim();
    if (loose) return loose;
  }
  for (const line of content(join(shared, "packed-refs")).split("\n")) {
    const [revision = "", name] = line.split(" ", 2);
    if (name === reference) return revision;
  }
  return "";
}

/** `owner/name` of a remote: no host, and neither credentials nor a query, which a URL may hold; of a path, its last part alone. */
export function repositoryName(url: string): string | undefined {
  const place = (url.trim().split(/[?#]/, 1)[0] ?? "").replaceAll("\\", "/");
  const path = place.replace(HOST, "").replace(/\/+$/, "").replace(/\.git$/, "");
  const parts = path
    .split("/")
    .map((part) => part.slice(part.lastIndexOf("@") + 1))
    .filter((part) => part !== "");
  return parts.slice(ON_DISK.test(place) ? -1 : -2).join("/") || undefined;
}

function content(path: string): string {
  try {
    return readFileSync(path).subarray(0, MAX_BYTES).toString("utf8");
  } catch {
    return "";
  }
}
