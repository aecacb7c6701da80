// What an edit changed, as digests: the file, its lines, and never a text. Pure; the twin of `fixloop/emit/changes.py`.

/** Makes keyed digests; see `docs/spool.md`. */
export interface Digests {
  path(path: string): string;
  text(text: string): string;
  lines(lines: readonly string[]): string[];
}

export interface Stretch {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const MAX_HUNKS = 200;
const MAX_LINES_OF_A_HUNK = 2_000;
const MAX_LINES = 8_000;
/** Lines on both sides that are compared one by one: about ten milliseconds at the worst, in a process that an editor waits for. */
const MAX_COMPARED = 2_000;
/** Where Python's `splitlines` cuts: line hashes have to be those that other emitters make. */
const LINE_END = /\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;

/** The lines of a text without their ends. */
export function linesOf(text: string): string[] {
  const lines = text.split(LINE_END);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The changed stretches between two texts. */
export function stretchesBetween(before: string, after: string): Stretch[] {
  let old = linesOf(before);
  let now = linesOf(after);
  const start = common(old, now);
  const end = common(old.slice(start).reverse(), now.slice(start).reverse());
  old = old.slice(start, old.length - end);
  now = now.slice(start, now.length - end);
  if (old.length === 0 && now.length === 0) return [];
  if (old.length === 0 || now.length === 0 || old.length + now.length > MAX_COMPARED) {
    return [{ removed: old, added: now }];
  }
  return compared(old, now);
}

/** The fields of an edit that say what it changed; what is not known is absent. */
export function changeData(digests: Digests, before: string | undefined, after: string | undefined): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  if (before !== undefined) data["file_digest_before"] = digests.text(before);
  if (after !== undefined) data["file_digest_after"] = digests.text(after);
  if (before === undefined || after === undefined) return data;
  const stretches = stretchesBetween(before, after);
  if (stretches.length === 0) return data;
  const hunks = stretches.map((stretch) => ({
    added: digests.lines(stretch.added),
    removed: digests.lines(stretch.removed),
  }));
  data["change_digest"] = digests.text(
    hunks.map((hunk) => `-${hunk.removed.join(",")}+${hunk.added.join(",")}`).join("\n"),
  );
  data["lines_added"] = sum(stretches.map((stretch) => stretch.added.length));
  data["lines_removed"] = sum(stretches.map((stretch) => stretch.removed.length));
  const sides = hunks.flatMap((hunk) => [hunk.added.length, hunk.removed.length]);
  if (hunks.length <= MAX_HUNKS && sum(sides) <= MAX_LINES && Math.max(...sides) <= MAX_LINES_OF_A_HUNK) {
    data["hunks"] = hunks;
  }
  return data;
}

/** By the longest common subsequence of lines. */
function compared(old: readonly string[], now: readonly string[]): Stretch[] {
  const width = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        old[i] === now[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const found: Stretch[] = [];
  let [i, j, fromI, fromJ] = [0, 0, 0, 0];
  const cut = (): void => {
    if (i > fromI || j > fromJ) found.push({ removed: old.slice(fromI, i), added: now.slice(fromJ, j) });
  };
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      cut();
      [fromI, fromJ] = [++i, ++j];
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++;
    else j++;
  }
  [i, j] = [old.length, now.length];
  cut();
  return found;
}

function common(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count++;
  return count;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
