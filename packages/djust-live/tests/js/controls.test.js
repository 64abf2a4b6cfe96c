import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

show("");
const { Root } = await import("../../src/djust_live/static/djust/src/ops.js");
const { answered, held, hold, rendered } = await import(
  "../../src/djust_live/static/djust/src/controls.js"
);

/** Numbers: 0 body, 1 the control. */
const open = (html) => {
  show(`<body>${html}</body>`);
  return [document.body.firstElementChild, new Root(document.body)];
};

test("the server's value reaches a control that nobody touched", () => {
  const [input, root] = open('<input value="a">');
  root.apply([[2, 1, "value", "b"]]);
  assert.equal(input.value, "b");
});

test("what the visitor typed stays", () => {
  const [input, root] = open('<input value="a">');
  input.value = "typed";
  root.apply([[2, 1, "value", "b"]]);
  assert.equal(input.value, "typed");
  assert.equal(input.getAttribute("value"), "b");
});

test("what the server has answered gives way to what the server says", () => {
  const [input, root] = open('<input value="a">');
  input.value = "typed";
  answered.set(input, "typed");
  root.apply([[2, 1, "value", "TYPED"]]);
  assert.equal(input.value, "TYPED");
});

test("typing that is newer than the answer stays", () => {
  const [input, root] = open('<input value="">');
  input.value = "ab";
  answered.set(input, "a");
  root.apply([[2, 1, "value", "A"]]);
  assert.equal(input.value, "ab");
});

test("a value that the browser made up does not count as typed", () => {
  const [input, root] = open('<input type="color">');
  assert.equal(input.value, "#000000");
  root.apply([[2, 1, "value", "#ffffff"]]);
  assert.equal(input.value, "#ffffff");
});

test("a textarea follows its text until somebody types", () => {
  const [area, root] = open("<textarea>a</textarea>");
  root.apply([[11, 1, "b"]]);
  assert.equal(area.value, "b");
  area.value = "typed";
  root.apply([[11, 1, "c"]]);
  assert.equal(area.value, "typed");
});

test("a box follows the server until somebody clicks", () => {
  const [box, root] = open('<input type="checkbox">');
  root.apply([[2, 1, "checked", ""]]);
  assert.equal(box.checked, true);
  root.apply([[3, 1, "checked"]]);
  assert.equal(box.checked, false);
  box.checked = true;
  root.apply([[2, 1, "class", "x"]]);
  assert.equal(box.checked, true);
});

test("one radio button that was chosen protects its group", () => {
  const [, root] = open(
    '<input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2"><input type="radio" name="r" value="3">',
  );
  const [one, two, three] = document.querySelectorAll("input");
  two.checked = true;
  root.apply([[3, 1, "checked"], [2, 3, "checked", ""]]);
  assert.deepEqual([one.checked, two.checked, three.checked], [false, true, false]);
});

test("a select follows the server until somebody chooses", () => {
  const [select, root] = open(
    '<select><option value="1">1</option><option value="2">2</option><option value="3">3</option></select>',
  );
  root.apply([[2, 4, "selected", ""]]);
  assert.equal(select.value, "2");
  select.value = "3";
  root.apply([[2, 2, "selected", ""], [3, 4, "selected"]]);
  assert.equal(select.value, "3");
});

test("options that come and go leave the choice alone", () => {
  const [select, root] = open(
    '<select><option value="1">1</option><option value="2">2</option></select>',
  );
  select.value = "2";
  root.apply([[4, 2, '<option value="0" selected>0</option>'], [6, 2]]);
  assert.equal(select.value, "2");
});

test("what a control would hold untouched", () => {
  const shows = (html) => rendered(open(html)[0]);
  assert.equal(shows('<input value="x">'), "x");
  assert.equal(shows('<input type="file">'), "");
  assert.equal(shows('<input type="checkbox" checked>'), true);
  assert.equal(shows("<textarea>t</textarea>"), "t");
  assert.deepEqual(
    shows("<select><option disabled>a</option><option>b</option></select>").map((o) => o.text),
    ["b"],
  );
  assert.deepEqual(shows("<select multiple><option>a</option></select>"), []);
});

test("caret and selection survive a new value", () => {
  const [input] = open('<input value="abc">');
  input.focus();
  input.setSelectionRange(1, 2);
  hold(input, "abcd");
  assert.deepEqual([input.selectionStart, input.selectionEnd], [1, 2]);
  assert.equal(held(input), "abcd");
});
