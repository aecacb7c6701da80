// A failure as Jest, Vitest and their like print it: the port of `fixloop_schemas/failures/jest.py`, which has the rules and their reasons.
import { rules } from "./rules.js";
import { sorted, strip, words } from "./texts.js";

/**
 * What a failure says, before it is digested.
 * @typedef {object} Failure
 * @property {string | undefined} errorType
 * @property {string | undefined} message
 * @property {string | undefined} frame
 * @property {boolean} complete
 */

/** @type {Failure} */
export const UNKNOWN = { errorType: undefined, message: undefined, frame: undefined, complete: false };

const { failures } = rules;
/** @typedef {keyof typeof failures.patterns} Name */
/** @type {Map<Name, RegExp>} */
const compiled = new Map();

/** A run in which nothing fails does not wait for them. @param {Name} name */
function pattern(name) {
  const known = compiled.get(name) ?? new RegExp(failures.patterns[name], "u");
  compiled.set(name, known);
  return known;
}

/** The first match of a pattern that has to begin where the text does. @param {Name} name  @param {string} text */
const match = (name, text) => {
  const found = pattern(name).exec(text);
  return found?.index === 0 ? found : null;
};

/** The failure in a block of a report, or in one failure message. @param {string} printed  @returns {Failure} */
export function extract(printed) {
  const lines = plain(printed).split("\n");
  const begins = lines.findIndex((line) => strip(line) && !match("heading", line));
  const parts = begins < 0 ? [] : lines.slice(begins);
  for (const line of parts) {
    const parsed = match("parsed", strip(line));
    if (parsed) return { errorType: parsed[1], message: blankless(parsed[2]), frame: undefined, complete: true };
  }
  const { said, causes, places } = read(parts);
  const [errorType, told] = kind(said);
  const bare = told.length < 2 && told[0] !== undefined && match("matcher", told[0]) !== null;
  return {
    errorType,
    message: blankless(firstLines([...essential(told), ...causes])),
    frame: nearest(places),
    complete: !bare,
  };
}

/** Without colours and links, with one kind of line end, and not endless. @param {string} text */
function plain(text) {
  let whole = text;
  if (whole.length > failures.maxRead) {
    const signs = Array.from(whole);
    const half = failures.maxRead / 2;
    if (signs.length > failures.maxRead) whole = `${signs.slice(0, half).join("")}\n${signs.slice(-half).join("")}`;
  }
  return whole.replace(new RegExp(failures.patterns.colours, "gu"), "").replaceAll("\r\n", "\n");
}

/** @param {string | undefined} text */
const blankless = (text) => strip(text ?? "") || undefined;

/** What is said, the cause's first line, and the places from the nearest on. @param {string[]} lines */
function read(lines) {
  /** @type {string[]} */
  const said = [];
  /** @type {string[]} */
  let causes = [];
  /** @type {[path: string, name: string][]} */
  const places = [];
  let openCause = false;
  for (const line of lines) {
    const found = place(line);
    const cause = found ? null : match("cause", line);
    if (found) {
      if (causes.length === 0 && !openCause) places.push(found);
    } else if (cause) {
      const told = cause[1] ?? "";
      openCause = !told;
      if (causes.length === 0 && told && !told.startsWith(failures.repeated)) causes = [`<- ${told}`];
    } else if (openCause && strip(line) && causes.length === 0) {
      causes = [`<- ${strip(line)}`];
    } else if (places.length === 0 && causes.length === 0 && !openCause && !match("code", line)) {
      said.push(strip(line));
    }
  }
  return { said, causes, places };
}

/** File and function of a line of the stack. @param {string} line  @returns {[string, string] | undefined} */
function place(line) {
  const arrow = match("arrow", line);
  if (arrow) {
    const whole = arrow[1] ?? "";
    const blank = whole.lastIndexOf(" ");
    return [whole.slice(blank + 1), whole.slice(0, Math.max(blank, 0))];
  }
  const stacked = match("at", line);
  return stacked ? [stacked[2] ?? "", stacked[1] ?? ""] : undefined;
}

/** The error's type, and what was said without it. @param {string[]} said  @returns {[string, string[]]} */
function kind(said) {
  const first = (said[0] ?? "").replace(pattern("prefix"), "");
  const rest = said.slice(1);
  if (match("matcher", first)) return ["AssertionError", [first, ...rest]];
  const typed = match("type", first);
  if (typed) return [typed[1] ?? "", [typed[2] ?? "", ...rest]];
  return ["Error", [first, ...rest]];
}

/** The lines without advice, and of a difference what differs. @param {string[]} said */
function essential(said) {
  const lines = said.filter((line) => strip(line) && !failures.advice.some((advice) => line.startsWith(advice)));
  const changed = lines.filter((line) => match("changed", line) && !match("titles", line));
  const begins = lines.findIndex((line) => match("titles", line) || match("changes", line));
  if (changed.length === 0 || begins < 0) return lines;
  const normal = changed.slice(0, failures.maxLines).map((line) => words(line).join(" "));
  return [...lines.slice(0, begins), ...sorted(normal)];
}

/** @param {string[]} lines */
function firstLines(lines) {
  return lines.map(strip).filter(Boolean).slice(0, failures.maxLines).join("\n") || undefined;
}

/** The place nearest to the failure that belongs to the project. @param {[string, string][]} places */
function nearest(places) {
  const own = places.find(([path]) => !isForeign(path) && path !== "<anonymous>" && path !== "native");
  if (!own) return undefined;
  const name = own[0].replaceAll("\\", "/").split("/").pop() ?? "";
  const called = own[1].replace(pattern("receiver"), "").replace(pattern("as"), "");
  return called && !called.startsWith("<") ? `${name}::${called}` : name;
}

/** Whether a file belongs to a library or the language, and not to the project. @param {string} path */
const isForeign = (path) => pattern("foreign").test(path.replaceAll("\\", "/"));
