// Texts as Python sees them: blanks, code points, and halves of pairs that stand alone; so that both sides cut and order alike.

const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const AROUND = new RegExp(`^${BLANK}+|${BLANK}+$`, "g");
const BLANKS = new RegExp(`${BLANK}+`);
/** Halves of pairs, those in pairs too: quick to rule out. */
const HALF = /[\ud800-\udfff]/;
const LONE = /\p{Surrogate}/u;

/** @param {string} text  @returns {string} without the blanks around it */
export const strip = (text) => text.replace(AROUND, "");

/** @param {string} text  @returns {string[]} the words between its blanks */
export const words = (text) => strip(text).split(BLANKS).filter(Boolean);

/**
 * The first characters of a text, where a character is a code point.
 * @param {string} text
 * @param {number} count
 */
export function first(text, count) {
  if (text.length <= count) return text;
  return Array.from(text.slice(0, 2 * count)).slice(0, count).join("");
}

/** @param {string} text  @returns {number} how many code points it has */
export const size = (text) => [...text].length;

/** In the order of code points. @param {string[]} texts */
export function sorted(texts) {
  return texts.map((text) => [...text]).sort(compare).map((signs) => signs.join(""));
}

/** @param {string[]} one  @param {string[]} other */
function compare(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const difference = code(one, at) - code(other, at);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** @param {string[]} signs  @param {number} at */
const code = (signs, at) => /** @type {string} */ (signs[at]).codePointAt(0) ?? 0;

/** With a question mark for each half of a pair that stands alone: JSON can write those, UTF-8 cannot. @param {string} text */
export const encodable = (text) => (HALF.test(text) ? text.replace(/\p{Surrogate}/gu, "?") : text);

/** UTF-8; half of a pair is three bytes, as in Python's `surrogatepass`. @param {string} text */
export function encoded(text) {
  if (!HALF.test(text) || !LONE.test(text)) return Buffer.from(text, "utf8");
  return Buffer.concat(
    Array.from(text, (sign) => {
      const point = sign.codePointAt(0) ?? 0;
      if (!LONE.test(sign)) return Buffer.from(sign, "utf8");
      return Buffer.from([0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)]);
    }),
  );
}
