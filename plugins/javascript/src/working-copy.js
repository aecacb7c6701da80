// What git knows of a folder, read from its files; the port of `fixloop/emit/git/working_copy.py`.
import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { home } from "./settings.js";

/** @typedef {import("./settings.js").Environment} Environment */
/**
 * A checkout.
 * @typedef {object} WorkingCopy
 * @property {string} root
 * @property {string} git the git directory; of a linked worktree its own, not the one that it shares
 * @property {boolean} linked it is a linked worktree of another working copy
 * @property {string | undefined} name
 * @property {string | undefined} branch
 * @property {string | undefined} revision
 * @property {string | undefined} email `user.email` of this repository's own configuration
 */

/** Of a URL, or of the form `host:path`, with all that may stand before the host. */
const HOST = /^[A-Za-z][\w+.-]*:\/{2,}[^/]*|^[^/]*:/;
const ON_DISK = /^(?:[/.~]|[A-Za-z]:\/|file:)/i;
const MAX_BYTES = 4 * 1024 * 1024;

/** The checkout that a folder lies in; undefined outside of any. @param {string} folder  @returns {WorkingCopy | undefined} */
export function workingCopy(folder) {
  for (let root = realpath(folder); ; root = dirname(root)) {
    const git = gitDirectory(root);
    if (git !== undefined) return described(root, git);
    if (dirname(root) === root) return undefined;
  }
}

/** The address that git would put on a commit here. @param {Environment} environment  @param {WorkingCopy | undefined} copy */
export function gitEmail(environment, copy) {
  const named = environment["GIT_AUTHOR_EMAIL"] || copy?.email;
  if (named) return named;
  const at = home(environment);
  for (const path of [join(at, ".gitconfig"), join(environment["XDG_CONFIG_HOME"] || join(at, ".config"), "git/config")]) {
    const found = settings(path).find(({ section, key }) => section === "user" && key === "email");
    if (found) return found.value;
  }
  return undefined;
}

/** The real path, or the path where there is none. @param {string} path */
export function realpath(path) {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** @param {string} root */
function gitDirectory(root) {
  const git = join(root, ".git");
  const status = statSync(git, { throwIfNoEntry: false });
  if (status?.isDirectory()) return git;
  const pointer = status?.isFile() ? content(git).trim() : "";
  return pointer.startsWith("gitdir:") ? realpath(resolve(root, pointer.slice("gitdir:".length).trim())) : undefined;
}

/** @param {string} root  @param {string} git  @returns {WorkingCopy} */
function described(root, git) {
  const common = content(join(git, "commondir")).trim();
  const shared = common ? realpath(resolve(git, common)) : git;
  const head = content(join(git, "HEAD")).trim();
  const reference = head.startsWith("ref: ") ? head.slice("ref: ".length) : undefined;
  const revision = reference === undefined ? head : revisionOf(git, shared, reference);
  const known = settings(join(shared, "config"));
  const remotes = new Map(known.filter(({ section, key }) => section === "remote" && key === "url").map((one) => [one.subsection, one.value]));
  const url = remotes.get("origin") || [...remotes.values()][0];
  const emails = known.filter(({ section, key }) => section === "user" && key === "email");
  return {
    root,
    git,
    linked: common !== "",
    name: url ? repositoryName(url) : basename(shared) === ".git" ? basename(dirname(shared)) : basename(root),
    branch: reference?.replace(/^refs\/heads\//, ""),
    revision: /^[0-9a-f]{40,64}$/.test(revision) ? revision : undefined,
    email: emails[emails.length - 1]?.value,
  };
}

/** @param {string} git  @param {string} shared  @param {string} reference */
function revisionOf(git, shared, reference) {
  for (const directory of [git, shared]) {
    const loose = content(join(directory, reference)).trim();
    if (loose) return loose;
  }
  const packed = content(join(shared, "packed-refs")).split("\n");
  const line = packed.find((one) => one.slice(one.indexOf(" ") + 1) === reference) ?? "";
  return line.slice(0, Math.max(0, line.indexOf(" ")));
}

/** `owner/name` of a remote: no host, and neither credentials nor a query, which a URL may hold; of a path, its last part alone. @param {string} url */
export function repositoryName(url) {
  const place = (url.trim().split(/[?#]/, 1)[0] ?? "").replaceAll("\\", "/");
  const path = place.replace(HOST, "").replace(/\/+$/, "").replace(/\.git$/, "");
  const parts = path.split("/").map((part) => part.slice(part.lastIndexOf("@") + 1)).filter(Boolean);
  return parts.slice(ON_DISK.test(place) ? -1 : -2).join("/") || undefined;
}

/** The settings of a git configuration; includes are not followed. @param {string} path */
function settings(path) {
  let [section, subsection] = ["", ""];
  /** @type {{section: string, subsection: string, key: string, value: string}[]} */
  const found = [];
  for (const line of content(path).split(/\r?\n/)) {
    const bare = line.trim();
    const head = /^\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(bare);
    const equals = bare.indexOf("=");
    if (head) [section, subsection] = [(head[1] ?? "").toLowerCase(), head[2] ?? ""];
    else if (equals >= 0 && !/^[#;]/.test(bare)) {
      const value = bare.slice(equals + 1).trim().replace(/^"+|"+$/g, "");
      found.push({ section, subsection, key: bare.slice(0, equals).trim().toLowerCase(), value });
    }
  }
  return found;
}

/** What stands in a file, as far as that is read; nothing where there is none. @param {string} path */
function content(path) {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(Math.min(MAX_BYTES, statSync(path).size));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)).toString("utf8");
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}
