import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { show } from "./dom.js";

show("");
const { default: prepare } = await import(
  "../../src/djust_live/static/djust/src/lazy/optimistic.js"
);

let extension;
let reported;
const view = { _calls: [], _root: { _quietly: (change) => change() } };
globalThis.reportError = (error) => reported.push(error);

beforeEach(() => {
  reported = [];
  prepare({ _use: (made) => (extension = made), _view: view });
});

/** Click a button with these rules; return the button and another element, `#n`. */
const click = (rules) => {
  show(`<body><button dj-optimistic="${rules}">1</button><b id="n" class="x">5</b></body>`);
  const button = document.querySelector("button");
  extension._start({ _element: button, _name: "go" });
  return [button, document.getElementById("n")];
};

test("the last on begins the selector", () => {
  const [, other] = click("toggle class on on #n; set text on and on on #n");
  assert.equal(other.className, "x on");
  assert.equal(other.textContent, "on and on");
  const [button] = click("add class on; increment");
  assert.equal(button.className, "on");
  assert.equal(button.textContent, "2");
});

test("what is no selector changes nothing and is reported", () => {
  const [button, other] = click("increment on #5; increment on #n; add class a");
  assert.equal(other.textContent, "6");
  assert.equal(button.className, "a");
  assert.equal(reported.length, 1);
});
