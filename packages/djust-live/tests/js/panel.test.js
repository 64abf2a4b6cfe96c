import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

const window = show("<html><body><p>page</p></body></html>");
window.Element.prototype.scrollIntoView = () => {};
globalThis.CSSStyleSheet = class {
  replaceSync() {}
};
const { default: start } = await import("../../src/djust_live/static/djust/src/dev/panel.js");
const sent = [];
let extension;
start({ use: (one) => (extension = one), send: (kind, data) => sent.push([kind, data]) });
const root = document.querySelector("djust-panel").shadowRoot;
const turn = (number) => ({
  page: "p",
  view: "Counter",
  number,
  what: "more",
  params: "{'step': <2>}",
  ms: 1.5,
  queries: [["SELECT 1", 0.2]],
  state: { count: String(number) },
  frame: '["reply"]',
});

test("it is closed at first and stands outside of the page", () => {
  assert.equal(root.host.parentNode, document.documentElement);
  assert.ok(root.querySelector("section").hidden);
  root.querySelector("[aria-expanded]").click();
  assert.ok(!root.querySelector("section").hidden);
  assert.equal(root.querySelector("[aria-expanded]").getAttribute("aria-expanded"), "true");
});

test("the latest turn is shown with all it did, as text", () => {
  extension.onMessage("turn", turn(1));
  extension.onMessage("turn", turn(2));
  const text = root.querySelector("div").textContent;
  for (const part of ["{'step': <2>}", "count = 2", "Queries: 1", "0.2 ms  SELECT 1", 'Frame: 9 bytes', '["reply"]']) {
    assert.ok(text.includes(part), part);
  }
  assert.equal(root.querySelectorAll("li").length, 2);
  assert.ok(root.querySelector("[aria-current]").textContent.startsWith("2 Counter more 1.5 ms"));
});

test("an earlier turn can be looked at and gone back to", () => {
  root.querySelector("li button").click();
  assert.ok(root.querySelector("div").textContent.includes("count = 1"));
  root.querySelector("div button").click();
  assert.deepEqual(sent, [["debug:travel", { page: "p", number: 1 }]]);
});

test("the oldest turns leave", () => {
  for (let number = 3; number < 150; number++) extension.onMessage("turn", turn(number));
  assert.equal(root.querySelectorAll("li").length, 100);
});
