import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

show('<body><p dj-hook="Ear"></p></body>');
const heard = [];
globalThis.djustHooks = {
  Ear: Object.fromEntries(
    ["mounted", "disconnected", "reconnected"].map((moment) => [moment, () => heard.push(moment)]),
  ),
};
const { default: prepare } = await import("../../src/djust_live/static/djust/src/lazy/hooks.js");
let extension;
prepare({
  _use: (made) => (extension = made),
  _view: { _root: { _guard: { _touch() {} } } },
});

test("only who was lost comes back", () => {
  extension._connection(true);
  assert.deepEqual(heard, ["mounted"]);
  for (const isReady of [false, false, true, true]) extension._connection(isReady);
  assert.deepEqual(heard, ["mounted", "disconnected", "reconnected"]);
});
