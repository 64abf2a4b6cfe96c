import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { show } from "./dom.js";

show("");
const { default: prepare } = await import(
  "../../src/djust_live/static/djust/src/lazy/timing.js"
);

let extension;
let sent;

/** A call as the client makes it; it is sent when nobody holds it back. */
const fire = (name, value, more = {}) => {
  const call = { _name: name, _params: { value }, ...more };
  view._fire(call);
};
const view = {
  _fire(call) {
    if (!extension._before(call)) sent.push([call._name, call._params.value]);
  },
};
const element = (attributes) => {
  show(`<body><input ${attributes}></body>`);
  return { _element: document.querySelector("input"), _type: "input" };
};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  sent = [];
  prepare({ _use: (made) => (extension = made), _view: view });
});

test("a call without a policy goes at once", () => {
  fire("go", 1);
  assert.deepEqual(sent, [["go", 1]]);
});

test("debounce sends the last, after a pause", () => {
  const field = element('dj-debounce="300"');
  for (const value of [1, 2, 3]) {
    fire("search", value, field);
    mock.timers.tick(200);
  }
  assert.deepEqual(sent, []);
  mock.timers.tick(100);
  assert.deepEqual(sent, [["search", 3]]);
});

test("debounce has a longest wait", () => {
  extension._extra({ policies: { search: { debounce: [300, 500] } } });
  for (const value of [1, 2, 3]) {
    fire("search", value);
    mock.timers.tick(200);
  }
  assert.deepEqual(sent, [["search", 3]]);
});

test("an attribute counts more than the handler's policy", () => {
  extension._extra({ policies: { search: { debounce: [9000, null] } } });
  fire("search", 1, element('dj-debounce="10"'));
  mock.timers.tick(10);
  assert.deepEqual(sent, [["search", 1]]);
});

test("handlers of components follow their own policy, each for itself", () => {
  extension._extra({ policies: { search: { debounce: [9000, null] } } });
  const rules = `dj-policies='{"search":{"debounce":[100,null]}}'`;
  show(`<body><p dj-target="a" ${rules}></p><p dj-target="b" ${rules}></p></body>`);
  for (const _target of ["a", "b", "c"]) fire("search", _target, { _target });
  fire("search", "view");
  assert.deepEqual(sent, [["search", "c"]]);
  mock.timers.tick(100);
  assert.deepEqual(sent, [["search", "c"], ["search", "a"], ["search", "b"]]);
});

test("throttle sends the first at once and the last in the end", () => {
  const field = element('dj-throttle="100"');
  for (const value of [1, 2, 3]) fire("move", value, field);
  assert.deepEqual(sent, [["move", 1]]);
  mock.timers.tick(100);
  assert.deepEqual(sent, [["move", 1], ["move", 3]]);
  fire("move", 4, field);
  assert.equal(sent.length, 2);
  mock.timers.tick(100);
  assert.deepEqual(sent[2], ["move", 4]);
});

test("throttle can leave out either end", () => {
  extension._extra({ policies: { a: { throttle: [100, false, true] }, b: { throttle: [100, true, false] } } });
  for (const value of [1, 2]) {
    fire("a", value);
    fire("b", value);
  }
  mock.timers.tick(100);
  assert.deepEqual(sent, [["b", 1], ["a", 2]]);
});

test("a click sends what waits first", () => {
  fire("check", "typed", element('dj-debounce="9000"'));
  fire("save", "", { _type: "click" });
  assert.deepEqual(sent, [["check", "typed"], ["save", ""]]);
});

test("a poll does not", () => {
  fire("check", "typed", element('dj-debounce="9000"'));
  fire("refresh", "", { _type: "poll" });
  assert.deepEqual(sent, [["refresh", ""]]);
});

test("what waits is sent when the page goes away", () => {
  fire("check", "typed", element('dj-debounce="9000"'));
  extension._flush();
  assert.deepEqual(sent, [["check", "typed"]]);
});

test("another event of the element does not take the place of one that waits, and comes after it", () => {
  const field = element('dj-debounce="300"');
  fire("search", "tea", field);
  fire("pick", "Enter", { ...field, _type: "keydown" });
  mock.timers.tick(300);
  assert.deepEqual(sent, [["search", "tea"], ["pick", "Enter"]]);
  fire("search", "pot", field);
  mock.timers.tick(100);
  fire("pick", "Enter", { ...field, _type: "keydown" });
  fire("search", "pots", field);
  mock.timers.tick(400);
  assert.deepEqual(sent.slice(2), [["pick", "Enter"], ["search", "pots"]]);
});

test("an event of the element that need not wait lets go first what waits", () => {
  extension._extra({ policies: { search: { debounce: [300, null] } } });
  const field = element("");
  fire("search", "tea", field);
  fire("pick", "Enter", { ...field, _type: "keydown" });
  assert.deepEqual(sent, [["search", "tea"], ["pick", "Enter"]]);
});

/** A form whose controls may wait, and what happens to them. */
const form = (attributes, own) => {
  show(`<body><form ${attributes}><input ${own}><input></form></body>`);
  const [a, b] = document.querySelectorAll("input");
  const _element = document.querySelector("form");
  return [a, b, null].map((_control) => ({
    _element,
    ...(_control ? { _control, _type: "input" } : { _type: "submit" }),
  }));
};

test("a control of a form says when the form's event is sent", () => {
  const [slow, quick, submit] = form("", 'dj-debounce="300"');
  fire("check", 1, slow);
  mock.timers.tick(200);
  fire("check", 2, slow);
  assert.deepEqual(sent, []);
  // What is known of the form later is never overtaken by what was known before.
  fire("check", 3, quick);
  assert.deepEqual(sent, [["check", 2], ["check", 3]]);
  fire("check", 4, slow);
  fire("save", 5, submit);
  assert.deepEqual(sent.slice(2), [["check", 4], ["save", 5]]);
});

test("a form that waits is submitted at once", () => {
  const [field, , submit] = form('dj-debounce="300"', "");
  fire("check", 1, field);
  fire("save", 2, submit);
  assert.deepEqual(sent, [["check", 1], ["save", 2]]);
});

test("what waits until the visitor leaves is sent when the control or the form is left", () => {
  const [field] = form('dj-debounce="blur"', "");
  prepare({ _use: (made) => (extension = made), _view: view });
  const leave = (relatedTarget) => {
    const event = new window.FocusEvent("focusout", { bubbles: true, relatedTarget });
    document.querySelector("input").dispatchEvent(event);
  };
  fire("check", 1, field);
  leave(document.querySelectorAll("input")[1]);
  assert.deepEqual(sent, []);
  leave(null);
  assert.deepEqual(sent, [["check", 1]]);
});

test("who waits for a call that is replaced hears the answer to the one in its place", () => {
  extension._extra({
    policies: { find: { debounce: [300, null] }, move: { throttle: [300, true, false] } },
  });
  const heard = [];
  const last = { _done: ({ reply }) => heard.push(["third", reply]) };
  let released;
  view._fire = (call) => extension._before(call) || (released = call);
  fire("find", 1, { _done: ({ reply }) => heard.push(["first", reply]) });
  fire("find", 2);
  fire("find", 3, last);
  mock.timers.tick(300);
  released._done({ reply: 7 });
  assert.deepEqual(heard, [["first", 7], ["third", 7]]);
  fire("move", 1);
  fire("move", 2, { _done: (extra) => heard.push(extra) });
  assert.deepEqual(heard[2], {});
});
