import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

const { default: prepare } = await import("../../src/djust_live/static/djust/src/lazy/unsaved.js");

/** Whether a visitor who leaves this page now is asked. */
function asks(html, act = () => {}) {
  const window = show(html);
  prepare({ _held: (one) => one.value, _rendered: (one) => one.defaultValue, _same: Object.is });
  act(document.querySelector("input"));
  const event = new window.Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

test("a form that nobody touched lets the visitor go", () => {
  assert.equal(asks('<form dj-unsaved-guard><input value="a"></form>'), false);
  assert.equal(asks('<form dj-unsaved-guard="False"><input value="a"></form>'), false);
});

test("the server may know of unsaved changes", () => {
  assert.equal(asks('<form dj-unsaved-guard="True"><input value="a"></form>'), true);
});

test("what was typed and not sent yet counts", () => {
  const type = (input) => (input.value = "b");
  assert.equal(asks('<form dj-unsaved-guard="False"><input value="a"></form>', type), true);
  assert.equal(asks('<form><input value="a"></form>', type), false);
});
