// A failure's masked identity: the port of `fixloop_schemas/signature.py`, which has the rules and their reasons.
import { rules } from "./rules.js";
import { encodable, first, sorted } from "./texts.js";

/**
 * @typedef {import("./digests.js").Digester} Digester
 * @typedef {import("./failures.js").Failure} Failure
 */
/** @typedef {{digest?: string, version: number, complete: boolean, error_type?: string, frame?: string, masked_message?: string}} Signature */

const { masking } = rules;
const CHOSEN = new RegExp(masking.chosen, "u");

/** @type {{pattern: RegExp, replacement: string}[] | undefined} */
let compiled;

/** A run in which nothing fails does not wait for them. */
function patterns() {
  compiled ??= masking.rules.map(([pattern, replacement]) => ({
    pattern: new RegExp(/** @type {string} */ (pattern), "gu"),
    replacement: /** @type {string} */ (replacement),
  }));
  return compiled;
}

/** The message without what varies between two runs of the same bug. @param {string} message */
export function mask(message) {
  let masked = first(message, masking.maxRead);
  for (const { pattern, replacement } of patterns()) {
    if (replacement === "PATH") masked = masked.replace(pattern, path);
    else if (replacement === "IN_ORDER") masked = masked.replace(pattern, inOrder);
    else masked = masked.replace(pattern, replacement);
  }
  return first(masked.replace(/^ +| +$/g, ""), masking.maxMasked).replace(/ +$/, "");
}

/**
 * The signature of one failure.
 * @param {Digester} digester
 * @param {Failure} failure
 * @param {boolean} [tellsTexts] whether the masked message may leave
 * @returns {Signature}
 */
export function signature(digester, { errorType, message, frame, complete }, tellsTexts = false) {
  const masked = message ? mask(message) : "";
  const type = errorType ? encodable(errorType) : "";
  return {
    ...(type || masked ? { digest: digester.text([type, masked, frame ?? ""].join("\0")) } : {}),
    version: masking.version,
    complete: complete && masked !== "",
    ...(type ? { error_type: first(type, rules.limits.name) } : {}),
    ...(frame ? { frame: digester.path(frame) } : {}),
    ...(masked && tellsTexts ? { masked_message: encodable(masked) } : {}),
  };
}

/** What stays of a path: the file's name, when somebody chose it. @param {string} found */
function path(found) {
  const name = CHOSEN.exec(found)?.[1];
  return name && !name.startsWith("tmp") ? `<path>/${name}` : "<path>";
}

/** The members within braces in one order, the blanks inside of the braces as they were. @param {string} whole  @param {string} within */
function inOrder(whole, within) {
  const inner = within.replace(/^ +| +$/g, "");
  if (!inner) return whole;
  const at = within.indexOf(inner);
  return `{${within.slice(0, at)}${sorted(inner.split(", ")).join(", ")}${within.slice(at + inner.length)}}`;
}
