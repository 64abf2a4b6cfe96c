import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import { show, until } from "./dom.js";

const SOURCE = new URL("../../src/djust_live/static/djust/src/", import.meta.url);

show("");
const { ask, load, need, scan, share, tell, use, whenLoaded } = await import(
  "../../src/djust_live/static/djust/src/extensions.js"
);

share({ _use: use, _held: () => "", _view: { _calls: [] } });

test("every extension is told, and asked until one says yes", () => {
  const told = [];
  use({ namespace: "a", afterPatch: () => told.push("a"), _before: () => true });
  use({ namespace: "b", afterPatch: () => told.push("b"), _before: () => told.push("asked") });
  tell((extension) => extension.afterPatch?.());
  assert.deepEqual(told, ["a", "b"]);
  assert.equal(ask((extension) => extension._before?.()), true);
  assert.deepEqual(told, ["a", "b"]);
});

test("a type of event is listened to once, whatever its filters and arguments", () => {
  show(
    '<p dj-click="a"></p><p dj-click="b(1)"></p><p dj-keydown.enter="c"></p><p dj-keydown.esc="d"></p>',
  );
  const types = [];
  scan(document.body, (type) => types.push(type));
  scan(document.body, (type) => types.push(type));
  assert.deepEqual(types, ["click", "keydown"]);
});

globalThis.djust = {};

test("what happens while a module loads waits, in order", async () => {
  const done = [];
  const loading = load("bus");
  whenLoaded(() => done.push(1));
  whenLoaded(() => done.push(2));
  assert.deepEqual(done, []);
  await loading;
  await until(() => done.length === 2);
  whenLoaded(() => done.push(3));
  assert.deepEqual(done, [1, 2, 3]);
});

test("a module is loaded once", () => {
  assert.equal(load("bus"), load("bus"));
  need("+state");
});

test("a module that could not be fetched is fetched again with the next use", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "djust-client-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
    mock.timers.reset();
  });
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  for (const name of ["extensions.js", "log.js"]) copyFileSync(new URL(name, SOURCE), join(folder, name));
  const client = await import(pathToFileURL(join(folder, "extensions.js")));
  const loaded = () => new Promise((resolve) => client.whenLoaded(() => resolve()));
  mock.timers.enable({ apis: ["setTimeout"] });
  await assert.rejects(client.load("late"));
  await loaded();
  mkdirSync(join(folder, "lazy"));
  writeFileSync(join(folder, "lazy", "late.js"), "export default () => (globalThis.lateIsHere = true);");
  // It is left alone for a moment.
  await loaded();
  await assert.rejects(client.load("late"));
  mock.timers.tick(1000);
  await loaded();
  assert.equal(globalThis.lateIsHere, true);
  assert.equal(client.load("late"), client.load("late"));
});

test("a module that cannot be loaded stops nothing", async () => {
  const done = [];
  await assert.rejects(load("nothing"));
  whenLoaded(() => done.push(1));
  await until(() => done.length === 1);
});
