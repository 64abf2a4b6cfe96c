import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

show("");
const { home, parse, setAttribute } = await import(
  "../../src/djust_live/static/djust/src/html.js"
);
const { move, OPAQUE, Root } = await import("../../src/djust_live/static/djust/src/ops.js");
const { default: prepare } = await import(
  "../../src/djust_live/static/djust/src/lazy/morph.js"
);
const morph = prepare({
  _OPAQUE: OPAQUE,
  _home: home,
  _move: move,
  _parse: parse,
  _setAttribute: setAttribute,
});

/** Morph a page into another; return the root, with what was asked about before. */
const change = (before, after, look = () => undefined) => {
  show(`<body>${before}</body>`);
  const root = new Root(document.documentElement);
  const kept = look();
  morph(root, after);
  return [root, kept];
};
const all = (selector) => [...document.querySelectorAll(selector)];

test("the body takes its attributes and its children", () => {
  change("<p>1</p>", '<body class="x"><p>2</p>tail</body>');
  assert.equal(document.body.outerHTML, '<body class="x"><p>2</p>tail</body>');
});

test("the inside of a body comes without its tag", () => {
  change("<p>1</p>", " <p>2</p><!--c-->");
  assert.equal(document.body.innerHTML, " <p>2</p><!--c-->");
});

test("keyed elements stay who they are, wherever they go", () => {
  const [, kept] = change(
    '<ul><li id="a">a</li><li dj-key="b">b</li><li id="c">c</li></ul>',
    '<ul><li id="c">c</li><li dj-key="b">B</li><li id="n">n</li><li id="a">a</li></ul>',
    () => all("li"),
  );
  const [c, b, , a] = all("li");
  assert.deepEqual([a, b, c], kept);
  assert.equal(document.body.textContent, "cBna");
});

test("what is not there any more goes", () => {
  change("<p>1</p>text<b>2</b><!--c-->", "<b>2</b>");
  assert.equal(document.body.innerHTML, "<b>2</b>");
});

test("the numbers are those of a fresh page", () => {
  const html = "<ul><li>1</li></ul><template><i>t</i></template><p>x</p>";
  const [root] = change("<p>a</p><p>b</p>", html);
  const fresh = (() => {
    show(`<body>${html}</body>`);
    return new Root(document.documentElement);
  })();
  assert.deepEqual([root.count, root.hash], [fresh.count, fresh.hash]);
});

test("elements of other scripts stay, their text does not", () => {
  show("<body><p>1</p></body>");
  const root = new Root(document.documentElement);
  document.body.append(document.createElement("hr"), "theirs");
  morph(root, "<p>2</p>");
  assert.equal(document.body.innerHTML, "<p>2</p><hr>");
  assert.equal(root.count, 3);
});

test("a copy that replaced an element of ours takes its part", () => {
  show('<body><ul class="l"><li>1</li></ul></body>');
  const root = new Root(document.documentElement);
  const list = document.querySelector("ul");
  list.replaceWith(list.cloneNode(true));
  morph(root, '<ul class="l"><li>1</li><li>2</li></ul>');
  assert.equal(document.body.innerHTML, '<ul class="l"><li>1</li><li>2</li></ul>');
});

test("what was typed and what is ignored stays", () => {
  show('<body><input value="a"><div dj-ignore>x</div><p dj-ignore-attrs="class">1</p></body>');
  const root = new Root(document.documentElement);
  document.querySelector("input").value = "typed";
  document.querySelector("div").textContent = "theirs";
  document.querySelector("p").className = "theirs";
  morph(root, '<input value="b"><div dj-ignore>y</div><p dj-ignore-attrs="class" class="z">2</p>');
  assert.equal(document.querySelector("input").value, "typed");
  assert.equal(document.querySelector("input").getAttribute("value"), "b");
  assert.equal(document.querySelector("div").textContent, "theirs");
  assert.equal(document.querySelector("p").outerHTML, '<p dj-ignore-attrs="class" class="theirs">2</p>');
});

test("a root inside the page is changed where it is", () => {
  change("<h1>h</h1><main dj-root><p>1</p></main>", '<main dj-root class="x"><p>2</p></main>');
  assert.equal(
    document.body.innerHTML,
    '<h1>h</h1><main dj-root="" class="x"><p>2</p></main>',
  );
});
