import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { show } from "../../../djust-live/tests/js/dom.js";
import start from "../../src/djust_streaming/static/djust/src/streaming.js";

let extension;
let sent;
const find = (selector) => document.querySelector(selector);
const html = () => find("ul").innerHTML;
const said = () => sent.at(-1)[1];
const text = (...data) => extension.onMessage("text", data);
const rows = (...data) => extension.onMessage("rows", [9, ...data]);

beforeEach(() => {
  show(`<ul dj-stream="list"><li>1</li> <li>2</li></ul><p dj-stream="story"></p>`);
  sent = [];
  start({
    use: (used) => (extension = used),
    send: (...message) => sent.push(message),
    guard: (_, change) => change(),
    insert(parent, before, markup) {
      const holder = document.createElement(parent.localName);
      holder.innerHTML = markup;
      const nodes = [...holder.childNodes];
      for (const node of nodes) parent.insertBefore(node, before);
      return nodes;
    },
  });
});

test("pieces are joined, and it says what it has", () => {
  text("story", 5, 0, "one <b>", "streaming", "");
  text("story", 5, 7, " two", "streaming", "");
  assert.equal(find("p").textContent, "one <b> two");
  assert.equal(find("p").getAttribute("aria-busy"), "true");
  assert.deepEqual(said().texts, { story: [5, 11] });
});

test("another text takes the place of the first", () => {
  text("story", 5, 0, "old", "streaming", "");
  text("story", 6, 0, "new", "done", "");
  assert.equal(find("p").textContent, "new");
  assert.equal(find("p").getAttribute("dj-stream-state"), "done");
});

test("what the server does not know of is taken back", () => {
  text("story", 5, 0, "abcdef", "streaming", "");
  text("story", 5, 3, "X", "streaming", "");
  assert.equal(find("p").textContent, "abcX");
});

test("an error has a message, and the page is told", () => {
  const heard = [];
  document.addEventListener("djust:stream", ({ detail }) => heard.push(detail));
  text("story", 5, 0, "", "error", "No tokens");
  assert.equal(find("p").getAttribute("dj-stream-error"), "No tokens");
  assert.deepEqual(heard, [{ name: "story", state: "error", message: "No tokens" }]);
  text("story", 5, 0, "more", "streaming", "");
  assert.equal(find("p").hasAttribute("dj-stream-error"), false);
});

test("text waits for its element, and moves into one that is made anew", () => {
  text("later", 1, 0, "early", "streaming", "");
  document.body.insertAdjacentHTML("beforeend", `<div><i dj-stream="later"></i></div>`);
  extension.afterPatch(document.body);
  assert.equal(find("i").textContent, "early");
  find("div").innerHTML = `<b dj-stream="later"></b>`;
  extension.afterPatch(document.body);
  text("later", 1, 5, "!", "done", "");
  assert.equal(find("b").outerHTML, `<b dj-stream="later" dj-stream-state="done" aria-busy="false">early!</b>`);
});

test("rows are added, replaced and taken away by their places", () => {
  rows(1, "list", "<li>3</li>\n<li>0</li>\n", [[0, 2], [0, 0]]);
  assert.equal(html(), "<li>0</li><li>1</li> <li>2</li><li>3</li>");
  rows(2, "list", "<li>two</li>", [[1, 2], [2, 0]]);
  assert.equal(html(), "<li>1</li> <li>two</li><li>3</li>");
  rows(3, "list", "<li>9</li>", [[3, 0], [0, 0]]);
  assert.equal(html(), "<li>9</li>");
  assert.deepEqual(said().log, [9, 3]);
});

test("an entry that is there already is passed over", () => {
  rows(1, "list", "<li>3</li>", [[0, 2]]);
  rows(1, "list", "<li>3</li>", [[0, 2]]);
  assert.equal(find("ul").children.length, 3);
});

test("HTML takes the place of what was there", () => {
  rows(1, "list", "<li>all</li>", null);
  assert.equal(html(), "<li>all</li>");
  rows(2, "list", "", null);
  assert.equal(html(), "");
});

test("a text that has ended is not open", () => {
  text("story", 5, 0, "abc", "done", "");
  extension.onConnection(true);
  assert.deepEqual(sent.at(-1)[1].open, []);
});

test("with every connection it says what it has", () => {
  text("story", 5, 0, "abc", "streaming", "");
  extension.onConnection(false);
  extension.onConnection(true);
  assert.deepEqual(sent.at(-1), [
    "streaming:have",
    { texts: { story: [5, 3] }, log: null, counts: { list: 2, story: 0 }, open: ["story"] },
  ]);
});

test("a row that is replaced becomes the new one, part by part", () => {
  rows(1, "list", `<li class="a"><b id="x">x</b><input name="q"><i>old</i><template>1</template></li>`, [[1, 0]]);
  const [row] = find("ul").children;
  const [bold, input] = row.children;
  input.value = "typed";
  const next = `<li title="t"><input name="q" class="wide"><b id="y">y</b><b id="x">z</b>text<template>2</template></li>`;
  rows(2, "list", next, [[1, 0]]);
  assert.equal(find("ul").children[0], row);
  assert.equal(row.outerHTML, next);
  assert.deepEqual([row.children[0], row.children[2]], [input, bold]);
  assert.equal(input.value, "typed");
  rows(3, "list", `<p>other</p>`, [[1, 0]]);
  assert.equal(html(), "<p>other</p> <li>2</li>");
});

test("a stream inside of a row outlives the row's replacement", () => {
  rows(1, "list", `<li><i dj-stream="inner"></i></li>`, [[1, 0]]);
  text("inner", 5, 0, "told", "done", "");
  rows(2, "list", `<li><i dj-stream="inner" class="b"></i></li>`, [[1, 0]]);
  assert.equal(find("i").textContent, "told");
  assert.equal(find("i").getAttribute("dj-stream-state"), "done");
  assert.equal(find("i").className, "b");
});

test("HTML ends the text in its element", () => {
  text("story", 5, 0, "*a*", "done", "");
  rows(1, "story", "<b>a</b>", null);
  extension.afterPatch(document.body);
  assert.equal(find("p").innerHTML, "<b>a</b>");
  assert.deepEqual(said().texts, {});
  text("story", 6, 0, "b", "done", "");
  assert.equal(find("p").innerHTML, "b");
});

test("a text that was begun after HTML stays when that comes late", () => {
  text("story", 5, 0, "b", "done", "", [9, 1]);
  rows(1, "story", "<b>a</b>", null);
  assert.equal(find("p").innerHTML, "b");
  assert.deepEqual(said().log, [9, 1]);
  rows(2, "story", "<b>c</b>", null);
  assert.equal(find("p").innerHTML, "<b>c</b>");
});
