// Saves, and files that are made, renamed and deleted, as events. No VS Code in here.
import { readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { changeData } from "./changes.ts";
import type { Emitter } from "./emitting.ts";
import { wasToldByAnAgent } from "./recently.ts";
import { textOf } from "./texts.ts";

export const SOURCE = "/editor/vscode";
export const EDIT_APPLIED = "dev.fixloop.edit.applied.v1";

type Change = "created" | "modified" | "deleted";
export type EmitterOf = (path: string) => Emitter | undefined;

/** Of files whose save never comes. */
const MAX_REMEMBERED = 100;
/** Of a folder that is renamed or deleted at once. */
const MAX_FILES = 500;

interface Seen {
  readonly text: string | undefined;
  readonly there: boolean;
}

/** Turns what an editor says of files into events. Reads the disk, and not the editor's buffers: that is what tests run against. */
export class Edits {
  readonly #emitterOf: EmitterOf;
  readonly #before = new Map<string, Seen>();
  #count = 0;

  constructor(emitterOf: EmitterOf) {
    this.#emitterOf = emitterOf;
  }

  /** How many events were written; a test run compares. */
  get count(): number {
    return this.#count;
  }

  /** The file is about to be saved, and the disk still has the text before. */
  willSave(path: string): void {
    if (this.#emitterOf(path)) this.#remember(path, seen(path));
  }

  /** The file was saved. A save that changed nothing is no edit. */
  didSave(path: string): void {
    const before = this.#take(path);
    const emitter = this.#emitterOf(path);
    if (!emitter) return;
    const after = textOf(path);
    if (before?.there === false) this.#tell(emitter, path, "created", undefined, after);
    else if (before?.text === undefined || before.text !== after) this.#tell(emitter, path, "modified", before?.text, after);
  }

  /** A file or folder was made in the editor. */
  didCreate(path: string): void {
    for (const file of filesOf(path)) {
      const emitter = this.#emitterOf(file);
      if (emitter) this.#tell(emitter, file, "created", undefined, textOf(file));
    }
  }

  /** A file or folder is about to go, and is still there. */
  willDelete(path: string): void {
    for (const file of filesOf(path)) if (this.#emitterOf(file)) this.#remember(file, seen(file), MAX_FILES);
  }

  /** A file or folder is gone. */
  didDelete(path: string): void {
    const within = path + sep;
    for (const file of [...this.#before.keys()]) {
      if (file !== path && !file.startsWith(within)) continue;
      const before = this.#take(file);
      const emitter = this.#emitterOf(file);
      if (emitter && before?.there) this.#tell(emitter, file, "deleted", before.text, undefined);
    }
  }

  /** A file or folder has another name: its text is gone from one path and new at the other. */
  didRename(from: string, to: string): void {
    for (const file of filesOf(to)) {
      const was = join(from, relative(to, file));
      const text = textOf(file);
      const [left, entered] = [this.#emitterOf(was), this.#emitterOf(file)];
      if (left) this.#tell(left, was, "deleted", text, undefined);
      if (entered) this.#tell(entered, file, "created", undefined, text);
    }
  }

  #tell(emitter: Emitter, path: string, change: Change, before: string | undefined, after: string | undefined): void {
    const name = emitter.relative(path);
    const digest = emitter.digests.path(name);
    const lines = change === "created" ? changeData(emitter.digests, "", after) : changeData(emitter.digests, before, change === "deleted" ? "" : after);
    if (change === "created") delete lines["file_digest_before"];
    if (change === "deleted") delete lines["file_digest_after"];
    const after_ = lines["file_digest_after"];
    if (typeof after_ === "string" && wasToldByAnAgent(emitter, digest, after_)) return;
    const data = { path: digest, path_role: emitter.role(name), ...emitter.plain(name), change, origin: "person", ...lines };
    if (!emitter.emit(EDIT_APPLIED, SOURCE, data)) return;
    this.#count += 1;
    emitter.name(digest, name);
  }

  #remember(path: string, what: Seen, most = MAX_REMEMBERED): void {
    this.#before.delete(path);
    this.#before.set(path, what);
    if (this.#before.size > most) this.#before.delete(this.#before.keys().next().value!);
  }

  #take(path: string): Seen | undefined {
    const what = this.#before.get(path);
    this.#before.delete(path);
    return what;
  }
}

function seen(path: string): Seen {
  return { text: textOf(path), there: statSync(path, { throwIfNoEntry: false }) !== undefined };
}

/** The file, or the files below the folder; without what nobody edits, and bounded. */
function filesOf(path: string): string[] {
  const found: string[] = [];
  const look = (place: string): void => {
    const status = statSync(place, { throwIfNoEntry: false });
    if (status?.isFile()) found.push(place);
    if (!status?.isDirectory()) return;
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      if (found.length >= MAX_FILES) return;
      if (entry.isSymbolicLink() || entry.name === ".git" || entry.name === "node_modules") continue;
      look(join(place, entry.name));
    }
  };
  try {
    look(path);
  } catch {
    // a folder that cannot be read, or goes away meanwhile: what was found is told
  }
  return found;
}
