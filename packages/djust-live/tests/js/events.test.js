import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { show } from "./dom.js";

show("");
const { binding, callOf, listen } = await import(
  "../../src/djust_live/static/djust/src/events.js"
);

let acts;
const open = (html) => {
  show(html);
  acts = [];
  for (const type of ["click", "submit", "focus"]) {
    listen(type, (element, _event, value) => acts.push([element.id, value]));
  }
};
const $ = (selector) => document.querySelector(selector);
const event = (type, more) =>
  new globalThis.window.Event(type, { bubbles: true, cancelable: true, ...more });

beforeEach(() => open('<div id="a" dj-click="outer"><b id="b" dj-click="inner"><i></i></b><u></u></div>'));

test("the nearest binding is meant", () => {
  $("i").click();
  $("u").click();
  assert.deepEqual(acts, [["b", "inner"], ["a", "outer"]]);
});

test("attributes are read when the event happens", () => {
  $("b").setAttribute("dj-click", "changed");
  $("i").click();
  $("b").removeAttribute("dj-click");
  $("i").click();
  assert.deepEqual(acts, [["b", "changed"], ["a", "outer"]]);
});

test("an event that does not bubble reaches its own element only", () => {
  open('<p id="p" dj-focus="p"><a id="a" dj-focus="a" href="#">x</a><a id="b" href="#">y</a></p>');
  $("#a").focus();
  $("#b").focus();
  assert.deepEqual(acts, [["a", "a"]]);
});

test("forms and links do not leave the page", () => {
  open('<form id="f" dj-submit="save"><button>x</button></form><a id="a" href="/x" dj-click="go">x</a>');
  const submit = event("submit");
  $("form").dispatchEvent(submit);
  const click = event("click");
  $("a").dispatchEvent(click);
  assert.ok(submit.defaultPrevented && click.defaultPrevented);
  assert.deepEqual(acts, [["f", "save"], ["a", "go"]]);
});

test("buttons that say what they do for their form do it", () => {
  open(`<form><input name="a" value="1"><button dj-click="none">x</button>
    <button type="button" dj-click="plain">x</button><button type="reset" dj-click="reset">x</button></form>`);
  $("input").value = "2";
  const said = [];
  $("form").addEventListener("submit", () => said.push("submit"));
  for (const button of document.querySelectorAll("button")) button.click();
  assert.deepEqual(acts.map(([, name]) => name), ["none", "plain", "reset"]);
  assert.deepEqual(said, []);
  assert.equal($("input").value, "1");
});

test("a question that is answered with no stops the event", () => {
  open('<b id="b" dj-click="go" dj-confirm="Sure?">x</b>');
  globalThis.confirm = (question) => question !== "Sure?";
  $("b").click();
  assert.deepEqual(acts, []);
});

test("a filter that nobody knows does not match", () => {
  open('<b dj-click.left="go">x</b>');
  assert.equal(binding($("b"), "dj-click", event("click")), undefined);
});

test("a call names what the author wrote and what the element has", () => {
  open('<b dj-target="cart" data-a-b="1" dj-value-c-d="2" dj-value-e="3" data-e="4">x</b>');
  const call = callOf($("b"), { type: "click", target: $("b") }, "go");
  assert.equal(call._name, "go");
  assert.equal(call._target, "cart");
  assert.deepEqual(call._params, { a_b: "1", c_d: "2", e: "3", _extra: ["a_b"] });
});
