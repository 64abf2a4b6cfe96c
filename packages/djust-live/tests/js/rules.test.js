import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { show } from "./dom.js";

show("");
const { ruleOf } = await import("../../src/djust_live/static/djust/src/rules.js");

const OF_VIEW = { search: "the view's" };
const rule = (_target, _name = "search", id = undefined) =>
  ruleOf({ _name, _target, _element: id && document.getElementById(id) }, "dj-rules", OF_VIEW);

beforeEach(() => {
  show(`<body>
    <section dj-target="a" dj-rules='{"search":"a&apos;s"}'><input id="inside"></section>
    <section dj-target="plain"></section>
    <section dj-target="&quot;]"  dj-rules='{"search":"odd"}'></section>
    <div dj-target=""><section dj-target="a" dj-rules='{"search":"nested"}'><input id="nested"></section></div>
    <button id="outside" dj-target="a"></button>
    <div data-djust-view="t" dj-target="" dj-rules='{"search":"inner"}'><input id="inner">
      <section dj-target="b"><input id="part"></section></div>
    <div data-djust-view="t" dj-target=""><input id="bare"></div>
  </body>`);
});

test("a call of the view follows the view's rules", () => {
  assert.equal(rule(undefined), "the view's");
  assert.equal(rule(null), "the view's");
  assert.equal(rule("", "search", "inside"), "the view's");
});

test("a call of a component follows the component's rules, wherever it comes from", () => {
  assert.equal(rule("a", "search", "inside"), "a's");
  assert.equal(rule("a", "search", "outside"), "a's");
  assert.equal(rule("a"), "a's");
  assert.equal(rule('"]'), "odd");
});

test("the component around the element is meant before another of its name", () => {
  assert.equal(rule("a", "search", "nested"), "nested");
});

test("a call in a nested view follows the rules of that view", () => {
  assert.equal(rule("", "search", "inner"), "inner");
  assert.ok(!rule("", "other", "inner"));
  assert.ok(!rule("", "search", "bare"));
  assert.ok(!rule("b", "search", "part"));
});

test("a component without rules does not borrow any", () => {
  assert.ok(!rule("plain"));
  assert.ok(!rule("gone"));
  assert.ok(!rule("a", "other"));
});
