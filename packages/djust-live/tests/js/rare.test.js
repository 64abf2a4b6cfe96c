import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { show } from "./dom.js";

show("<body></body>");
let reloads = 0;
globalThis.location = { reload: () => reloads++ };
const { default: prepare } = await import("../../src/djust_live/static/djust/src/lazy/rare.js");

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  sessionStorage.clear();
  document.body.className = "";
  reloads = 0;
});

/** Tell a page to load again, as one that was or was not attached. */
const order = (isReady) => {
  const _view = { _isReady: isReady, _answered: 0, _revision: 0, _connect() {} };
  return prepare({ _load() {}, _tell() {}, _view })(["reload", "DJL307"]);
};

test("a page that never was live is loaded again once", async () => {
  await order(false);
  assert.equal(reloads, 1);
  await order(false);
  assert.ok(document.body.classList.contains("dj-error"));
  mock.timers.tick(60_000);
  assert.equal(reloads, 1);
});

test("a page that was live does not stay, but is not loaded over and over", async () => {
  await order(true);
  mock.timers.tick(4000);
  await order(true);
  assert.equal(reloads, 1);
  assert.ok(document.body.classList.contains("dj-error"));
  mock.timers.tick(5999);
  assert.equal(reloads, 1);
  mock.timers.tick(1);
  assert.equal(reloads, 2);
});
