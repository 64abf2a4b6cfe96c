import assert from "node:assert/strict";
import { test } from "node:test";
import { show, until } from "./dom.js";

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

test("a module that cannot be loaded stops nothing", async () => {
  const done = [];
  await assert.rejects(load("nothing"));
  whenLoaded(() => done.push(1));
  await until(() => done.length === 1);
});
