// Keyed digests as every emitter makes them; the twin of `fixloop_schemas/digest.py`.
import { createHmac } from "node:crypto";
import type { Digests } from "./changes.ts";

/** What Python's `str.strip` takes away, which is not what `trim` does. */
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const OUTSIDE = new RegExp(`^${BLANK}+|${BLANK}+$`, "g");

/** Digests under a key. */
export class KeyedDigests implements Digests {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A path in POSIX form, relative to the repository. */
  path(path: string): string {
    return this.#digest("path", path, 32);
  }

  /** A whole text: a file, a fragment, a command. */
  text(text: string): string {
    return this.#digest("text", text, 32);
  }

  person(name: string): string {
    return this.#digest("person", name, 32);
  }

  /** Each line without its surrounding blanks; blank lines say nothing and are left out. */
  lines(lines: readonly string[]): string[] {
    return lines
      .map((line) => line.replace(OUTSIDE, ""))
      .filter((line) => line !== "")
      .map((line) => this.#digest("line", line, 16));
  }

  #digest(purpose: string, text: string, digits: number): string {
    return createHmac("sha256", this.#key).update(`${purpose}\0`).update(encoded(text)).digest("hex").slice(0, digits);
  }
}

/** UTF-8; a lone surrogate is three bytes, as in Python's `surrogatepass`. */
function encoded(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  return Buffer.concat(
    Array.from(text, (sign) => {
      const code = sign.codePointAt(0)!;
      const lone = code >= 0xd800 && code <= 0xdfff;
      return lone ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]) : Buffer.from(sign, "utf8");
    }),
  );
}
