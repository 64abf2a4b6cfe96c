import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

const module = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
const first = module("export default (djust) => djust.use('first')");
const broken = module("throw Error()");
const second = module("export default async (djust) => djust.use('second')");

show(
  `<body class="dj-connected"><script data-djust="t" data-djust-modules="${first} ${broken} ${second}"></script>`,
);
Object.assign(globalThis, {
  CSSStyleSheet: class {
    replaceSync() {}
  },
});
document.adoptedStyleSheets = [];
const { default: start } = await import("../../src/djust_live/static/djust/src/lazy/status.js");

const used = [];
const hooks = [];
const told = [];
const loaded = [];
globalThis.djust = { use: (extension) => used.push(extension) };
globalThis.history = { state: { djPage: "0.5" } };
const view = { _isReady: false, _root: { element: document.body } };
const done = start({
  _load: (name) => loaded.push(name),
  _parse: (parent, html) => {
    const holder = document.createElement(parent.localName);
    holder.innerHTML = html;
    return holder;
  },
  _use: (extension) => hooks.push(extension),
  _tell: (hook) => hook({ onConnection: (isReady) => told.push(isReady) }),
  _view: view,
});

test("the modules of extensions are imported before the page joins; a broken one stops nothing", async () => {
  await done;
  assert.deepEqual(used.sort(), ["first", "second"]);
});

test("a page that was reached without a load can be left by the browser's buttons", () => {
  assert.deepEqual(loaded, ["navigation"]);
});

test("extensions hear of the connection", () => {
  view._isReady = true;
  hooks[0]._connection(true);
  hooks[0]._connection(false);
  assert.deepEqual(told, [true, false]);
});

test("bytes can be sent", () => {
  view._socket = { _socket: { sent: [], bufferedAmount: 7, send: (data) => view._socket._socket.sent.push(data) } };
  assert.equal(globalThis.djust.sendBinary("ab", new Uint8Array([9])), 7);
  assert.deepEqual([...view._socket._socket.sent[0]], [2, 97, 98, 9]);
});

test("HTML of the server is put in, bound, and told of", () => {
  const scanned = [];
  let patched = 0;
  view._root._quietly = (change) => change();
  view._scan = (node) => scanned.push(node);
  view._patched = () => patched++;
  const list = document.createElement("ul");
  list.innerHTML = "<li>3</li>";
  const nodes = globalThis.djust.insert(list, list.firstChild, "<li>1</li><li>2</li>");
  assert.equal(list.innerHTML, "<li>1</li><li>2</li><li>3</li>");
  assert.deepEqual(scanned, nodes);
  assert.equal(patched, 1);
});
