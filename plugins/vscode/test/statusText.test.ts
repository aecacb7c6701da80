import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionStatus, Status } from "../src/status.ts";
import { type Facts, statusItem } from "../src/statusText.ts";

const RUN = { session_id: "s1", at: null, framework: "pytest", status: "failure", finished: true };

function standing(...sessions: Partial<SessionStatus>[]): Status {
  const whole = { session_id: "s1", repository: "ada/shop", agent: null, last_event_at: null, bugs_open: 0, laps: 0, alerts: 0, last_run: RUN };
  return { version: 1, store: { sessions_open: sessions.length, sessions: sessions.map((one) => ({ ...whole, ...one })) } };
}

function item(facts: Partial<Facts>) {
  return statusItem({ why: "recording", status: standing({}), sessions: ["s1"], when: "quiet", ...facts });
}

test("green, red, and going round", () => {
  assert.equal(item({})?.text, "$(check) green");
  assert.equal(item({ status: standing({ bugs_open: 2 }) })?.text, "$(circle-slash) 2 red");
  const round = item({ status: standing({ bugs_open: 1, laps: 3, alerts: 1 }) });
  assert.deepEqual([round?.text, round?.warning], ["$(sync) 3 laps, 1 red", true]);
});

test("it is quiet when there is nothing to say", () => {
  assert.equal(item({ status: undefined }), undefined);
  assert.equal(item({ status: standing({ session_id: "another window's" }) }), undefined);
  assert.equal(item({ status: { version: 1, store: null } }), undefined);
  assert.equal(item({ why: "telemetry" }), undefined);
  assert.match(item({ status: undefined, when: "always" })?.tooltip ?? "", /does not run/);
});

test("a pause is always seen, unless nothing is to be seen", () => {
  assert.match(item({ why: "paused" })?.tooltip ?? "", /paused/);
  assert.equal(item({ why: "paused", when: "never" }), undefined);
});

test("no green before the first run", () => {
  assert.equal(item({ status: standing({ last_run: null }) })?.text, "$(circle-outline) fixloop");
});
