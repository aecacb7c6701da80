// An error as its runner would print it, so that its signature is the one that the printed text has.

const CODE = /^(\s*\w*Error) \[\w+\]:/gm;
const MOST_CAUSES = 4;

/**
 * An error's stack, with what it says in front and its cause behind.
 * @param {unknown} error an error, what a worker sent of one, or whatever else was thrown
 * @param {number} [deep]
 * @returns {string}
 */
export function errorText(error, deep = 0) {
  if (typeof error !== "object" || error === null) return String(error);
  const { name, message, stack, cause } = /** @type {{name?: unknown, message?: unknown, stack?: unknown, cause?: unknown}} */ (error);
  const said = typeof message === "string" ? message : "";
  const places = typeof stack === "string" ? stack : "";
  // A stack begins with the name and the message, unless one of them was changed after the error was made.
  const whole = places.includes(said) && places ? places : `${typeof name === "string" && name ? `${name}: ` : ""}${said}\n${stackAlone(places)}`;
  const under = cause !== undefined && cause !== null && deep < MOST_CAUSES ? `\n[cause]: ${errorText(cause, deep + 1)}` : "";
  return withoutCodes(whole) + under;
}

/** The lines without what Node puts behind an error's type: `AssertionError [ERR_ASSERTION]: ...`. @param {string} text */
const withoutCodes = (text) => text.replace(CODE, "$1:");

/** @param {string} stack */
const stackAlone = (stack) => stack.split("\n").filter((line) => /^\s*at /.test(line)).join("\n");
