// Which command lines run tests. Pure; the runners are those that the Python side knows (`runners.json` is written from its rules).
import runners from "./runners.json";

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
const WRAPPERS = new Set(["time", "sudo", "env", "npx", "bunx", "xvfb-run", "exec", "command", "nice", "stdbuf"]);
const TWO_WORD_WRAPPERS = new Set(
  ["uv run", "poetry run", "pipenv run", "hatch run", "rye run", "pdm run", "coverage run", "bundle exec"].concat(
    ["pnpm exec", "npm exec", "pnpm dlx", "yarn exec", "mise exec"],
  ),
);
const PYTHON_RUNNERS = new Set(["runtests.py", "test", "manage.py"]);
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
  const found = parts(commandLine.slice(0, MAX_COMMAND));
  let last: TestCommand | undefined;
  found.forEach((part, index) => {
    const runner = runnerOf(unwrapped(part.words));
    if (runner !== undefined) {
      last = { runner, exitCodeReliable: index === found.length - 1 && part.operator === "" };
    }
  });
  return last;
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
