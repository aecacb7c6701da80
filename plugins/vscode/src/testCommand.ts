// Which command lines run tests. Pure; the runners are those that the Python side knows (`runners.json` and `wrappers.json` are written from its rules).
import runners from "./runners.json";
import wrappers from "./wrappers.json";

export interface TestCommand {
  /** The program, such as `pytest`. */
  readonly runner: string;
  /** The command's exit code is the runner's: nothing stands behind it. */
  readonly exitCodeReliable: boolean;
}

interface Part {
  readonly words: readonly string[];
  readonly operator: string;
}

const TOKEN =
  /\s*(?:(?<redirect>&>>?|\d*(?:<<<|<<-?|>>|>\||[<>])(?<copy>&[\d-])?)|(?<operator>&&|\|\||\|&|[|;&])|(?<word>(?:'[^']*'?|"(?:\\.|[^"\\])*"?|\\.?|[^\s'"|;&<>\\])+))/gs;
const QUOTED = /'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.)/gs;
const WRAPPERS = new Set(wrappers.words);
const TWO_WORD_WRAPPERS = new Set(wrappers.two_words);
const BEHIND_A_SIGN: Readonly<Record<string, readonly string[]>> = wrappers.behind_a_sign;
const CONTAINERS = new Set(wrappers.containers);
const CONDA = new Set(wrappers.conda);
const PLACE_OPTIONS = new Set(wrappers.place_options);
const SHELLS = new Set(wrappers.shells);
const SHELL_SCRIPT = new RegExp(`^(?:${wrappers.shell_script})$`);
const SSH_OPTIONS = new Set(wrappers.ssh_options);
const PYTHON_RUNNERS = new Set(wrappers.python_runners);
const TASK_RUNNERS = new Set(["mise", "make", "just", "task", "npm", "pnpm", "yarn", "bun", "rake", "turbo", "nx"]);
/** Runners that do other things too: one of these words says that tests are among them. */
const GOALS: Readonly<Record<string, RegExp>> = {
  maven: /^((integration-)?test|verify|package|install|deploy|(surefire|failsafe):.*)$/,
  gradle: /(^|:)(\w*test|check|build)$/i,
};
/** Asked for nothing but words. */
const RUNS_NOTHING = new Set(["--version", "--help", "--collect-only", "--co", "--listTests", "--list-tests", "--list"]);
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const MAX_COMMAND = 64 * 1024;

/** What the command line runs, if that is tests; a script that is run by itself counts only where its project calls it a test. */
export function testCommand(commandLine: string): TestCommand | undefined {
  const found = programsOf(parts(commandLine.slice(0, MAX_COMMAND)));
  let last: TestCommand | undefined;
  found.forEach((part, index) => {
    const runner = runnerOf(unwrapped(part.words));
    if (runner !== undefined) {
      last = { runner, exitCodeReliable: index === found.length - 1 && part.operator === "" };
    }
  });
  return last;
}

/** The programs with those of a script that one of them hands to a shell in its place. */
function programsOf(found: readonly Part[], depth = 0): readonly Part[] {
  return found.flatMap((part) => {
    const script = depth < wrappers.max_depth ? scriptForAShell(unwrapped(part.words)) : "";
    const inner = script ? programsOf(parts(script), depth + 1) : [];
    const last = inner.at(-1);
    return last ? [...inner.slice(0, -1), { words: last.words, operator: part.operator }] : [part];
  });
}

/** What a shell, here or on another machine, is asked to run as one text; empty where none is. */
function scriptForAShell(words: readonly string[]): string {
  const head = baseName(words[0] ?? "");
  if (head === "ssh") return words.slice(behindOptions(words, 1, SSH_OPTIONS) + 1).join(" ");
  const at = SHELLS.has(head) ? words.slice(0, -1).findIndex((word) => SHELL_SCRIPT.test(word)) : -1;
  return at > 0 ? (words[at + 1] ?? "") : "";
}

function runnerOf(words: readonly string[]): string | undefined {
  if (words[0] === undefined) return undefined;
  const program = baseName(words[0]);
  if (words.some((word) => RUNS_NOTHING.has(word))) return undefined;
  // `test` by itself is the shell's own; a project's is called by its path.
  if (words[0] === "test") return undefined;
  for (const rule of runners) {
    if (!rule.programs.includes(program)) continue;
    if (rule.subcommands.length > 0 && !rule.subcommands.includes(words[1] ?? "")) continue;
    const goals = GOALS[rule.name];
    return goals === undefined || words.slice(1).some((word) => goals.test(word)) ? rule.name : undefined;
  }
  const tests = words.slice(1).some((word) => /^(test|check|spec|t:)|:test/.test(word));
  return TASK_RUNNERS.has(program) && tests ? program : undefined;
}

/** The words without variables, timers and environment runners before the program; `python -m X` is X. */
function unwrapped(words: readonly string[]): readonly string[] {
  let rest = words;
  for (let before = wordsBefore(rest); before > 0 && rest.length > 0; before = wordsBefore(rest)) rest = rest.slice(before);
  return rest;
}

function wordsBefore(words: readonly string[]): number {
  const first = words[0];
  if (first === undefined) return 0;
  const head = baseName(first);
  const equals = first.indexOf("=");
  if (WRAPPERS.has(head) || (equals > 0 && IDENTIFIER.test(first.slice(0, equals)))) return 1;
  if (TWO_WORD_WRAPPERS.has(`${first} ${words[1] ?? ""}`)) return 2;
  const placed = wordsBeforeThePlacesProgram(words);
  if (placed > 0) return placed;
  if (head === "timeout") {
    const options = words.slice(1).findIndex((word) => !word.startsWith("-"));
    return (options < 0 ? words.length - 1 : options) + 2;
  }
  if (/^(python|pypy)/.test(head)) {
    if (words.slice(1, 4).includes("-m")) return words.indexOf("-m") + 1;
    if (words[1] !== undefined && PYTHON_RUNNERS.has(baseName(words[1]))) return 1;
  }
  return 0;
}

/** How many words only say where the program runs, as in `docker exec -it web pytest`; 0 when none do. */
function wordsBeforeThePlacesProgram(words: readonly string[]): number {
  const head = baseName(words[0] ?? "");
  const verb = behindOptions(words, 1);
  const said = words[verb] ?? "";
  const signs = BEHIND_A_SIGN[`${head} ${said}`];
  if (signs) return words.findIndex((word) => signs.includes(word)) + 1;
  if (CONTAINERS.has(head) && words[1] === "compose") {
    return words.length > 2 ? 1 + wordsBeforeThePlacesProgram(words.slice(1)) : 0;
  }
  if (CONDA.has(head) && said === "run") return behindOptions(words, verb + 1);
  return CONTAINERS.has(head) && (said === "exec" || said === "run") ? behindOptions(words, verb + 1) + 1 : 0;
}

/** Where the first word from `at` on is that is no option, nor an option's value. */
function behindOptions(words: readonly string[], at: number, valued: ReadonlySet<string> = PLACE_OPTIONS): number {
  let next = at;
  while (words[next]?.startsWith("-")) next += valued.has(words[next] ?? "") ? 2 : 1;
  return next;
}

function parts(command: string): Part[] {
  const found: Part[] = [];
  let words: string[] = [];
  let skipTarget = false;
  for (const { groups = {} } of command.matchAll(TOKEN)) {
    if (groups["redirect"]) skipTarget = groups["copy"] === undefined;
    else if (groups["operator"]) {
      found.push({ words, operator: groups["operator"] });
      words = [];
    } else if (skipTarget) skipTarget = false;
    else if (groups["word"]) words.push(...word(groups["word"]));
  }
  found.push({ words, operator: "" });
  return found.filter((part) => part.words.length > 0);
}

function word(raw: string): string[] {
  let bare = raw.replace(QUOTED, (_all, single?: string, double?: string, escaped?: string) => single || double || escaped || "");
  if (!/^['"]/.test(raw) && (bare.split("(").length !== bare.split(")").length || bare === "{" || bare === "}")) {
    bare = bare.replace(/^[(){}]+|[(){}]+$/g, "");
  }
  return bare ? [bare] : [];
}

/** The last part of a path, as Python's `PurePosixPath.name`; of a Windows path too, without `.exe` and `.cmd`. */
function baseName(path: string): string {
  const name = path.replace(/\\/g, "/").split("/").filter((part) => part !== "" && part !== ".").at(-1) ?? "";
  return name.replace(/\.(exe|cmd|bat)$/i, "");
}
