import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

const policies = [];
globalThis.trustedTypes = {
  createPolicy(name, { createHTML }) {
    policies.push(name);
    return { createHTML: (html) => createHTML(html) };
  },
};
show("");
const { build, home, parse, setAttribute } = await import(
  "../../src/djust_live/static/djust/src/html.js"
);

const element = (name) => document.createElement(name);

test("all markup goes through one policy", () => {
  parse(element("div"), "<p>x</p>");
  parse(element("tr"), "<td>x</td>");
  assert.deepEqual(policies, ["djust"]);
});

test("markup is parsed for its parent", () => {
  assert.equal(parse(element("div"), "<td>x</td>").firstChild.nodeType, 3);
  assert.equal(parse(element("tr"), "<td>x</td>").firstChild.localName, "td");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  assert.equal(parse(svg, "<path/>").firstChild.namespaceURI, svg.namespaceURI);
});

test("the contents of a template are what it parses", () => {
  assert.equal(parse(element("template"), "<td>x</td>").firstChild.localName, "td");
  assert.equal(home(element("p")).localName, "p");
});

test("no custom element is constructed to parse for it", () => {
  const holder = parse(element("my-element"), "<b>x</b>");
  assert.notEqual(holder.localName, "my-element");
  assert.equal(holder.firstChild.localName, "b");
});

test("names that only a parser accepts can be built and set", () => {
  const built = build(['a"b', [["@x", "1"]], ["t", [0, "c"]]]);
  assert.equal(built.localName, 'a"b');
  assert.equal(built.getAttribute("@x"), "1");
  assert.equal(built.childNodes[1].data, "c");
  setAttribute(built, "{y}", "2");
  assert.equal(built.getAttribute("{y}"), "2");
});

test("what is no name is refused", () => {
  assert.throws(() => build(["a><b", [], []]));
  assert.throws(() => setAttribute(element("p"), "a=b c", "1"));
});

test("namespaces of elements and attributes", () => {
  const link = build(["a", [["xlink:href", "#", 1]], [], 1]);
  assert.equal(link.namespaceURI, "http://www.w3.org/2000/svg");
  assert.equal(link.attributes[0].namespaceURI, "http://www.w3.org/1999/xlink");
});
