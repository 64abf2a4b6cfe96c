import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, show, sockets, until } from "./dom.js";

globalThis.WebSocket = FakeSocket;
show(
  `<html><head><script data-djust="token" data-djust-url="/ws/live/"></script></head>
  <body><p>1</p><button dj-click="go">x</button></body></html>`,
);
globalThis.CSSStyleSheet = class {
  replaceSync() {}
};
document.adoptedStyleSheets = [];
await import("../../src/djust_live/static/djust/src/djust.js");
await until(() => sockets.length === 1);

const socket = () => sockets.at(-1);
const sent = (kind) => socket().frames.filter(([name]) => name === kind);
const text = () => document.querySelector("p").textContent;
const button = document.querySelector("button");
// The numbers of the page: 0 body, 1 p, 2 its text, …

test("the page joins at the address it was told, and is ready when the server says so", async () => {
  assert.equal(socket().url, "ws://testserver/ws/live/");
  button.click();
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket().open();
  await until(() => sent("join").length === 1);
  const [join] = sent("join");
  assert.deepEqual([join[1], join[2], join[5], join[6]], [1, "token", 0, 0]);
  assert.ok(!document.body.classList.contains("dj-connected"));
  socket().receive("ready", 0, 0, {});
  assert.equal(document.body.className, "dj-connected");
  assert.deepEqual(sent("event"), [["event", 1, 0, "go", {}]]);
});

test("a reply settles its call and changes the page", async () => {
  const reply = globalThis.djust.pushEvent("ask", { a: 1 });
  await until(() => sent("event").length === 2);
  assert.deepEqual(sent("event").at(-1), ["event", 2, 0, "ask", { a: 1 }]);
  socket().receive("reply", 1, 1, [[1, 2, "2"]]);
  socket().receive("reply", 2, 1, [], { reply: "answer" });
  assert.equal(await reply, "answer");
  assert.equal(text(), "2");
});

test("an answer that comes again is passed over", () => {
  socket().receive("reply", 2, 1, [[1, 2, "again"]]);
  assert.equal(text(), "2");
});

test("a gap asks for everything, and ops wait until it is there", async () => {
  socket().receive("push", 3, [[1, 2, "4"]]);
  assert.deepEqual(sent("resync"), [["resync", 1]]);
  socket().receive("push", 4, [[1, 2, "5"]]);
  assert.equal(text(), "2");
  socket().receive("html", 5, '<body><p>5</p><button dj-click="go">x</button></body>', {});
  socket().receive("push", 6, [[1, 2, "6"]]);
  await until(() => text() === "6");
  assert.equal(sent("resync").length, 1);
  assert.equal(document.querySelector("button"), button);
});

test("after a drop the page asks for what it missed and sends what is unanswered", async () => {
  button.click();
  socket().lose();
  assert.equal(document.body.className, "dj-disconnected");
  button.click();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await until(() => sockets.length === 2);
  socket().open();
  await until(() => sent("join").length === 1);
  assert.deepEqual(sent("join")[0].slice(5), [6, 2]);
  socket().receive("ready", 6, 3, {});
  assert.deepEqual(sent("event").map(([, ref]) => ref), [4]);
  socket().receive("reply", 3, 7, [[1, 2, "7"]]);
  socket().receive("reply", 4, 8, [[1, 2, "8"]]);
  assert.equal(text(), "8");
});

test("one reply settles everything before it", async () => {
  const replies = Promise.all([1, 2].map(() => globalThis.djust.pushEvent("ask")));
  await until(() => sent("event").length === 3);
  socket().receive("reply", 6, 8, []);
  await replies;
});

test("what is pushed reaches the document after the ops", () => {
  let seen;
  document.addEventListener("djust:news", ({ detail }) => {
    seen = [detail, text(), document.title];
  });
  socket().receive("push", 9, [[1, 2, "9"]], { events: [["news", { a: 1 }]], title: "T" });
  assert.deepEqual(seen, [{ a: 1 }, "9", "T"]);
});

test("a form is sent once while its answer is open, but again when it was changed", async () => {
  const form = '<form dj-submit="save"><input name="a" value="1"></form>';
  socket().receive("push", 10, [[5, 0, form]]);
  const submit = () =>
    document
      .querySelector("form")
      .dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  const count = sent("event").length;
  const saved = () => sent("event").slice(count).map(([, , , , { a }]) => a);
  submit();
  submit();
  await until(() => saved().length);
  document.querySelector("input").value = "2";
  submit();
  submit();
  await until(() => saved().length > 1);
  assert.deepEqual(saved(), ["1", "2"]);
  const [, ref] = sent("event").at(-1);
  socket().receive("reply", ref, 10, []);
  submit();
  await until(() => saved().length > 2);
  // Once answered, a form shows what the server rendered.
  assert.deepEqual(saved(), ["1", "2", "1"]);
});
