// Keyed digests as every emitter makes them: the port of `fixloop_schemas/digest.py` and `names.py`.
import { createHash, createHmac } from "node:crypto";
import { rules } from "./rules.js";
import { encodable, encoded, first, size, strip } from "./texts.js";

/** HMAC-SHA-256 under one key, per purpose, so that a path's digest never equals a line's. */
export class Digester {
  #key;

  /** @param {Buffer} key */
  constructor(key) {
    this.#key = key;
  }

  /** A path in POSIX form, relative to the repository. @param {string} path */
  path(path) {
    return this.#digest("path", path, 32);
  }

  /** A whole text: a masked message, a command. @param {string} text */
  text(text) {
    return this.#digest("text", text, 32);
  }

  /** A person's name or address. @param {string} name */
  person(name) {
    return this.#digest("person", name, 32);
  }

  /** Each line without the blanks around it; blank lines say nothing and are left out. @param {readonly string[]} lines */
  lines(lines) {
    return lines.map(strip).filter(Boolean).map((line) => this.#digest("line", line, 16));
  }

  /** @param {string} purpose  @param {string} text  @param {number} digits */
  #digest(purpose, text, digits) {
    return createHmac("sha256", this.#key).update(`${purpose}\0`).update(encoded(text)).digest("hex").slice(0, digits);
  }
}

/** SHA-256, in hexadecimal digits. @param {string} text */
export const sha256 = (text) => createHash("sha256").update(encoded(text)).digest("hex");

/**
 * The text as the wire takes it, or its beginning with a digest of the whole as its tail.
 * @param {string} text
 * @param {number} [limit] in characters
 */
export function bounded(text, limit = rules.limits.name) {
  const whole = encodable(text);
  if (whole.length <= limit || size(whole) <= limit) return whole;
  const { tail } = rules.limits;
  return `${first(whole, limit - tail - 1)}~${sha256(whole).slice(0, tail)}`;
}
