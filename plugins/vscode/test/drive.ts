// Acts out a session in the editor for tests in another language: what to do comes as JSON on the standard input, what came of it goes out.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stretchesBetween } from "../src/changes.ts";
import { KeyedDigests } from "../src/digests.ts";
import { folderName } from "../src/dropBox.ts";
import { sessionId } from "../src/emitting.ts";
import { pathRole } from "../src/pathRole.ts";
import { start } from "../src/recording.ts";
import { socketPath } from "../src/status.ts";
import { testCommand } from "../src/testCommand.ts";
import { repositoryName, workingCopy } from "../src/workingCopy.ts";
import { save, terminal } from "./acting.ts";
import { StandIn, contextWith } from "./standIn.ts";

type Step = { save: string; text: string } | { terminal: string } | { status: true };
interface Ported {
  readonly key: string;
  readonly texts: readonly string[];
  readonly paths: readonly string[];
  readonly sessions: readonly string[];
  readonly commands: readonly string[];
  readonly folders: readonly string[];
  readonly remotes: readonly string[];
  readonly changes: readonly (readonly [string, string])[];
}

async function main(): Promise<void> {
  const given = JSON.parse(readFileSync(0, "utf8")) as { root: string; steps: Step[] } | Ported;
  process.stdout.write(JSON.stringify("steps" in given ? await acted(given.root, given.steps) : ported(given)));
}

async function acted(root: string, steps: readonly Step[]): Promise<unknown[]> {
  const host = new StandIn(root);
  const context = contextWith();
  const recording = start(host, context, process.env);
  const place = { root, write: (name: string, text: string) => (writeFileSync(join(root, name), text), join(root, name)) };
  const found: unknown[] = [];
  for (const step of steps) {
    if ("save" in step) found.push(save(host, place, step.save, step.text) ?? null);
    else if ("terminal" in step) found.push(terminal(host, root, step.terminal, process.env));
    else {
      await recording.statusBar.look();
      found.push(host.item.visible ? host.item.text : null);
    }
    await new Promise((later) => setTimeout(later, 100));
  }
  context.end();
  return found;
}

function ported(given: Ported): object {
  const digests = new KeyedDigests(Buffer.from(given.key));
  return {
    texts: given.texts.map((text) => [digests.text(text), digests.path(text), digests.person(text), digests.lines([text])]),
    roles: given.paths.map(pathRole),
    folders: given.sessions.map(folderName),
    sessions: given.sessions.map((session) => sessionId({ FIXLOOP_SESSION: session }, digests, "/")),
    derived: given.folders.map((folder) => sessionId({}, digests, folder)),
    sockets: given.folders.map(socketPath),
    runners: given.commands.map((command) => {
      const found = testCommand(command);
      return found ? [found.runner, found.exitCodeReliable] : null;
    }),
    copies: given.folders.map((folder) => {
      const copy = workingCopy(folder);
      return copy ? [copy.root, copy.name ?? null, copy.branch ?? null, copy.revision ?? null, copy.email ?? null] : null;
    }),
    repositories: given.remotes.map((url) => repositoryName(url) ?? null),
    changes: given.changes.map(([before, after]) => stretchesBetween(before, after).map(({ removed, added }) => [removed, added])),
  };
}

void main();
