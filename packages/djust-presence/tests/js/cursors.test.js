import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";

const { window } = new JSDOM(
  `<body class="dj-connected"><main dj-cursors><p>text</p><input></main><footer></footer>`,
  { pretendToBeVisual: true },
);
for (const name of ["document", "getComputedStyle", "Event"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
globalThis.CSSStyleSheet = class {
  replaceSync() {}
};
document.adoptedStyleSheets = [];
const main = document.querySelector("main");
const box = (left, top, width, height) => ({ left, top, width, height });
main.getBoundingClientRect = () => box(100, 50, 200, 100);
document.querySelector("input").getBoundingClientRect = () => box(150, 75, 100, 20);

const { default: start } = await import("../../src/djust_presence/static/djust/src/cursors.js");
const sent = [];
let extension;
start({
  use: (given) => (extension = given),
  send: (...message) => sent.push(message),
});

const until = async (isTrue) => {
  for (let turn = 0; turn < 500 && !isTrue(); turn++) await new Promise((go) => setTimeout(go, 5));
  assert.ok(isTrue(), String(isTrue));
};
const point = (element, clientX, clientY) => {
  const event = new window.MouseEvent("pointermove", { bubbles: true, clientX, clientY });
  element.dispatchEvent(event);
};

test("moves are sent relative to the element, the last of many", async () => {
  for (let x = 100; x <= 200; x++) point(main.firstChild, x, 75);
  await until(() => sent.length);
  assert.deepEqual(sent, [["cursors:move", [0.5, 0.25, [], false]]]);
});

test("typing is told with the control that is typed into", async () => {
  sent.length = 0;
  const input = document.querySelector("input");
  input.focus();
  input.dispatchEvent(new window.Event("input", { bubbles: true }));
  await until(() => sent.length);
  assert.deepEqual(sent[0], ["cursors:move", [0.5, 0.25, [[0.25, 0.25, 0.5, 0.2]], true]]);
});

test("a pointer that leaves is told", () => {
  sent.length = 0;
  point(document.querySelector("footer"), 0, 0);
  assert.deepEqual(sent, [["cursors:leave", null]]);
});

test("the others are drawn with their names as text", () => {
  extension.onMessage("cursors", { ada: [0.5, 0.25, "<b>Ada</b>", [[0, 0, 0.5, 0.1]], true] });
  const cursor = document.querySelector("main dj-cursor");
  assert.equal(cursor.textContent, "<b>Ada</b>");
  assert.deepEqual([cursor.style.left, cursor.style.top], ["50%", "25%"]);
  assert.ok(cursor.classList.contains("dj-typing"));
  assert.equal(document.querySelector("dj-selection").style.width, "50%");
  extension.onMessage("cursors", { ada: [0.1, 0.1, "Ada", [], false] });
  assert.equal(document.querySelectorAll("dj-cursor").length, 1);
  assert.equal(document.querySelector("dj-cursor").textContent, "Ada");
  assert.equal(document.querySelector("dj-selection"), null);
});

test("they are drawn again when the page lost them, and go away when their owners do", () => {
  document.querySelector("dj-cursor-layer").remove();
  extension.afterPatch();
  assert.ok(document.querySelector("main dj-cursor"));
  extension.onMessage("cursors", { ada: null, nobody: null });
  assert.equal(document.querySelector("dj-cursor"), null);
});

test("a lost connection takes all of them away", () => {
  extension.onMessage("cursors", { ada: [0, 0, "Ada", [], false], bob: [0, 0, "Bob", [], false] });
  extension.onConnection(false);
  assert.equal(document.querySelector("dj-cursor"), null);
});
