// Where VS Code begins: it hands its own module over, and what is to be done is done elsewhere.
import * as vscode from "vscode";
import { start } from "./recording.ts";

export function activate(context: vscode.ExtensionContext): void {
  start(vscode, context, process.env);
}
