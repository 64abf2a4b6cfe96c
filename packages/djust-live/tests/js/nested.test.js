import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, settle, show, sockets, until } from "./dom.js";

globalThis.WebSocket = FakeSocket;
show(
  `<html><head><script data-djust="outer"></script></head><body><p>1</p><button id="o" dj-click="go">x</button>
  <div data-djust-view="inner" dj-target="" dj-ignore><div><b>1</b><button id="i" dj-click="more">y</button></div></div>
  <div data-djust-view="" dj-ignore><div></div></div></body></html>`,
);
globalThis.CSSStyleSheet = class {
  replaceSync() {}
};
document.adoptedStyleSheets = [];
await import("../../src/djust_live/static/djust/src/djust.js");
await until(() => sockets.length === 2);
const [outer, inner] = sockets;
const element = document.querySelector("[data-djust-view]");
const events = ({ frames }) => frames.filter(([kind]) => kind === "event");
outer.open();
inner.open();
await until(() => inner.frames.length && outer.frames.length);

test("each attaches with its own token, one without a token not at all", () => {
  assert.equal(outer.frames[0][2], "outer");
  assert.equal(inner.frames[0][2], "inner");
  // The inside of the nested view is not among the page's own nodes.
  assert.equal(inner.frames[0][3], 5);
  outer.receive("ready", 0, 0, {});
  assert.ok(!element.classList.contains("dj-connected"));
  inner.receive("ready", 0, 0, {});
  assert.ok(element.classList.contains("dj-connected"));
});

test("an event goes to the view around its element", () => {
  document.getElementById("i").click();
  document.getElementById("o").click();
  assert.deepEqual(events(inner).map((frame) => frame[3]), ["more"]);
  assert.deepEqual(events(outer).map((frame) => frame[3]), ["go"]);
  inner.receive("reply", 1, 1, [[1, 2, "2"]]);
  assert.equal(element.querySelector("b").textContent, "2");
});

test("the whole root comes as what is inside", async () => {
  inner.receive("html", 2, '<b>3</b><button id="i" dj-click="more">y</button>', {});
  await until(() => element.querySelector("b").textContent === "3");
  inner.receive("push", 3, [[1, 2, "4"]]);
  await until(() => element.querySelector("b").textContent === "4");
  assert.equal(element.firstElementChild.localName, "div");
});

test("a mount that fails is tried again, and the page does not mind", async () => {
  inner.receive("reload", "DJL305");
  assert.ok(element.classList.contains("dj-error"));
  assert.ok(document.body.classList.contains("dj-connected"));
  await until(() => sockets.length === 3);
  sockets[2].open();
  await settle();
  sockets[2].receive("ready", 3, 1, {});
  assert.ok(!element.classList.contains("dj-error"));
});

test("a view whose element goes leaves", async () => {
  const number = sockets[2].frames.length;
  element.remove();
  outer.receive("push", 1, []);
  assert.deepEqual(sockets[2].frames.slice(number), [["leave"]]);
});
