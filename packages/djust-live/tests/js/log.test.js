import assert from "node:assert/strict";
import { test } from "node:test";
import { log } from "../../src/djust_live/static/djust/src/log.js";

test("nothing is said unless somebody asks", (context) => {
  const debug = context.mock.method(console, "debug", () => undefined);
  log("quiet");
  assert.equal(debug.mock.callCount(), 0);
  globalThis.djustDebug = true;
  log("loud", 1);
  assert.deepEqual(debug.mock.calls[0].arguments, ["djust:", "loud", 1]);
});
