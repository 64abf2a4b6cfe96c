import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

show("<body><b></b></body>");
const { default: prepare } = await import(
  "../../src/djust_live/static/djust/src/lazy/parameters.js"
);
let extension;
prepare({ _held() {}, _use: (made) => (extension = made) });

/** The arguments that an attribute passes. */
const passed = (binding) => {
  const call = { _element: document.querySelector("b"), _name: binding, _params: {}, _held: new Map() };
  extension._complete(call, {}, {});
  assert.equal(call._name, "go");
  return call._params._args;
};

for (const [written, meant] of [
  ["3, -1.5, 'x', \"y\"", [3, -1.5, "x", "y"]],
  ["None, True, false", [null, true, false]],
  ["'it\\'s', 'None', 'a, b)', ''", ["it's", "None", "a, b)", ""]],
  ["[1, 'a'], {'k': None}", [[1, "a"], { k: null }]],
  ["(1, (2, 'x)')), []", [[1, [2, "x)"]], []]],
  ["1, 'b',", [1, "b"]],
  ["[1, 2, ], {'k': (3,), } , ", [[1, 2], { k: [3] }]],
  ["one, two words", ["one", "two words"]],
]) {
  test(`go(${written})`, () => assert.deepEqual(passed(`go(${written})`), meant));
}

test("nothing is passed where nothing is written", () => {
  assert.equal(passed("go()"), undefined);
});
