import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { show } from "../../../djust-live/tests/js/dom.js";
import start from "../../src/djust_uploads/static/djust/src/uploads.js";

let extension;
let sent;
let pieces;
let room;
let revoked;
const find = (selector) => document.querySelector(selector);
const tell = (verb, data) => extension.onMessage(verb, data);
/** Let promises that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const textFile = (name, text, type = "text/plain") => new File([text], name, { type, lastModified: 7 });

/** Let an input hold files, as jsdom cannot. */
const hold = (files, input = find("input")) =>
  Object.defineProperty(input, "files", { value: files, configurable: true, writable: true });
const names = () => find("input").files.map(({ name }) => name);
const choose = (...files) => {
  const input = find("input");
  hold(files);
  input.dispatchEvent(new Event("change", { bubbles: true }));
};
const accept = (ref, channel, offset = 0, options = {}) =>
  tell("accept", [ref, channel, offset, options.chunk ?? 4, options.window ?? 8, options.auto ?? true, options.meta ?? null]);

beforeEach(() => {
  show(`<form><input type="file" dj-upload="photos"><button name="b">Save</button></form><div dj-drop="photos"><i></i></div>`);
  hold([]);
  sent = [];
  pieces = [];
  room = true;
  revoked = [];
  URL.createObjectURL = (file) => `blob:${file.name}`;
  URL.revokeObjectURL = (url) => url && revoked.push(url);
  globalThis.DataTransfer = class {
    files = [];
    items = { add: (file) => this.files.push(file) };
  };
  begin();
});

const begin = () => {
  start({
    use: (used) => (extension = used),
    send: (...message) => sent.push(message),
    sendBinary(namespace, frame) {
      if (!room) return -1;
      const view = new DataView(frame.buffer);
      assert.equal(namespace, "uploads");
      assert.equal(view.getUint8(0), 1);
      pieces.push([view.getUint32(1), Number(view.getBigUint64(5)), new TextDecoder().decode(frame.subarray(13))]);
      return 0;
    },
  });
  extension.onConnection(true);
};

test("files that are chosen are announced, images with a preview", () => {
  choose(textFile("a.txt", "abc"), textFile("b.png", "x", "image/png"), textFile("c.svg", "x", "image/svg+xml"));
  assert.deepEqual(sent, [
    [
      "uploads:add",
      [
        "photos",
        [
          [1, "a.txt", 3, "text/plain", 7, ""],
          [2, "b.png", 1, "image/png", 7, "blob:b.png"],
          [3, "c.svg", 1, "image/svg+xml", 7, ""],
        ],
      ],
    ],
  ]);
});

test("pieces go in order, as far as the window lets them", async () => {
  choose(textFile("a.txt", "abcdefghij"));
  accept(1, 5);
  await settled();
  assert.deepEqual(pieces, [[5, 0, "abcd"], [5, 4, "efgh"]]);
  tell("ack", [1, 4]);
  await settled();
  assert.deepEqual(pieces.at(-1), [5, 8, "ij"]);
});

test("the next file goes while the first waits for its acknowledgement", async () => {
  choose(textFile("a.txt", "abcd"), textFile("b.txt", "efgh"), textFile("c.txt", "ijkl"));
  accept(1, 5);
  accept(2, 6);
  accept(3, 7);
  await settled();
  assert.deepEqual(pieces, [[5, 0, "abcd"], [6, 0, "efgh"]]);
  tell("done", 1);
  await settled();
  assert.deepEqual(pieces.at(-1), [7, 0, "ijkl"]);
});

test("after a drop it goes on where the server says", async () => {
  choose(textFile("a.txt", "abcdefghij"));
  accept(1, 5);
  await settled();
  extension.onConnection(false);
  tell("ack", [1, 8]);
  await settled();
  assert.equal(pieces.length, 2);
  sent = [];
  extension.onConnection(true);
  assert.equal(sent[0][1][1][0][1], "a.txt");
  accept(1, 6, 4);
  await settled();
  assert.deepEqual(pieces.slice(2), [[6, 4, "efgh"], [6, 8, "ij"]]);
});

test("the files of a page that another one took the place of are forgotten", () => {
  choose(textFile("b.png", "x", "image/png"));
  sent = [];
  const script = document.createElement("script");
  script.dataset.djust = "another";
  script.type = "module";
  document.head.append(script);
  extension.onConnection(false);
  extension.onConnection(true);
  assert.deepEqual(sent, []);
  assert.deepEqual(revoked, ["blob:b.png"]);
  choose(textFile("c.txt", "x"));
  assert.equal(sent.length, 1);
});

test("without a connection nothing is said, and all of it later", () => {
  extension.onConnection(false);
  choose(textFile("a.txt", "abc"));
  assert.deepEqual(sent, []);
  extension.onConnection(true);
  assert.equal(sent.length, 1);
});

test("a socket that closes in between loses no piece", async () => {
  choose(textFile("a.txt", "abcdef"));
  room = false;
  accept(1, 5);
  await settled();
  room = true;
  extension.onConnection(true);
  accept(1, 6, 0);
  await settled();
  assert.deepEqual(pieces, [[6, 0, "abcd"], [6, 4, "ef"]]);
});

test("a refused file is forgotten, and the page is told", async () => {
  const heard = [];
  document.addEventListener("djust:upload-error", ({ detail }) => heard.push(detail));
  choose(textFile("b.png", "x", "image/png"));
  tell("gone", [1, "DJU104", "No."]);
  assert.deepEqual(heard, [{ upload: "photos", name: "b.png", code: "DJU104", text: "No." }]);
  assert.deepEqual(revoked, ["blob:b.png"]);
  accept(1, 5);
  await settled();
  assert.deepEqual(pieces, []);
});

test("an input holds the files that are here, as long as they are", () => {
  choose(textFile("a.txt", "abc"));
  assert.deepEqual(names(), ["a.txt"]);
  choose(textFile("b.txt", "abc"));
  assert.deepEqual(names(), ["b.txt"]);
  find("input").multiple = true;
  choose(textFile("c.txt", "abc"));
  assert.deepEqual(names(), ["a.txt", "b.txt", "c.txt"]);
  tell("gone", [2, "", ""]);
  assert.deepEqual(names(), ["a.txt", "c.txt"]);
  const anew = find("input").cloneNode();
  find("input").replaceWith(anew);
  hold([]);
  extension.afterPatch(document.body);
  assert.deepEqual(names(), ["a.txt", "c.txt"]);
});

test("what an input holds already is no new file", () => {
  const file = textFile("a.txt", "abc");
  choose(file);
  choose(file);
  assert.equal(sent.length, 1);
});

test("a file that was chosen before scripts were here is announced", () => {
  sent = [];
  hold([textFile("early.txt", "abc")]);
  begin();
  assert.equal(sent.length, 1);
  assert.equal(sent[0][1][1][0][1], "early.txt");
});

test("what was chosen one after the other without a connection is announced so", () => {
  extension.onConnection(false);
  choose(textFile("a.txt", "abc"));
  choose(textFile("b.txt", "abc"), textFile("c.txt", "abc"));
  extension.onConnection(true);
  assert.deepEqual(
    sent.map(([, [, files]]) => files.map(([, name]) => name)),
    [["a.txt"], ["b.txt", "c.txt"]],
  );
});

test("a file that cannot be read is dropped", async () => {
  const file = textFile("a", "x");
  file.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("A folder.")) });
  choose(file);
  accept(1, 5);
  await settled();
  assert.deepEqual(sent.at(-1), ["uploads:drop", 1]);
});

test("files are dropped into a zone, which is marked meanwhile", () => {
  const drag = (type, extra = {}) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, extra);
    find("i").dispatchEvent(event);
    return event;
  };
  let reached = 0;
  document.addEventListener("drop", () => reached++);
  assert.equal(drag("dragover").defaultPrevented, true);
  assert.equal(find("div").hasAttribute("dj-over"), true);
  drag("dragleave", { relatedTarget: find("i") });
  assert.equal(find("div").hasAttribute("dj-over"), true);
  drag("dragleave", { relatedTarget: null });
  assert.equal(find("div").hasAttribute("dj-over"), false);
  drag("drop", { dataTransfer: { files: [textFile("a.txt", "abc")] } });
  assert.equal(sent.at(-1)[1][1][0][1], "a.txt");
  assert.equal(reached, 0);
});

test("a form waits for its files, and is submitted once", async () => {
  const submitted = [];
  const form = find("form");
  form.requestSubmit = (button) => submitted.push(button?.name);
  const submit = () => {
    const event = new Event("submit", { bubbles: true, cancelable: true });
    Object.assign(event, { submitter: find("button") });
    form.dispatchEvent(event);
    return event.defaultPrevented;
  };
  choose(textFile("a.txt", "abcd"));
  accept(1, 5, 0, { auto: false });
  await settled();
  assert.deepEqual(pieces, []);
  assert.equal(submit(), true);
  await settled();
  assert.deepEqual(pieces, [[5, 0, "abcd"]]);
  assert.equal(form.getAttribute("aria-busy"), "true");
  tell("done", 1);
  assert.deepEqual(submitted, ["b"]);
  assert.equal(form.hasAttribute("aria-busy"), false);
  assert.equal(submit(), false);
});

test("after a drop a form waits until the server says once more that it has the file", () => {
  choose(textFile("a.txt", ""));
  accept(1, 1);
  tell("done", 1);
  extension.onConnection(false);
  const form = find("form");
  let submitted = 0;
  form.requestSubmit = () => submitted++;
  const event = new Event("submit", { bubbles: true, cancelable: true });
  form.dispatchEvent(event);
  assert.ok(event.defaultPrevented);
  extension.onConnection(true);
  assert.equal(submitted, 0);
  tell("done", 1);
  assert.equal(submitted, 1);
});

test("a form whose file was refused is not submitted", () => {
  const form = find("form");
  form.requestSubmit = () => assert.fail();
  choose(textFile("a.txt", "abcd"));
  form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  tell("gone", [1, "DJU104", "No."]);
});

const reset = (form = find("form")) => form.reset();

test("a form that is reset holds no files any more, and does not wait for them", async () => {
  show(`<form id="one"><input type="file" dj-upload="photos"><div dj-drop="scans"></div></form>
    <input type="file" dj-upload="far" form="one"><form id="two"><input type="file" dj-upload="papers"></form>`);
  begin();
  const inputs = [...document.querySelectorAll("input")];
  for (const input of inputs) {
    hold([textFile(`${input.getAttribute("dj-upload")}.txt`, "abcd")], input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const drop = new Event("drop", { bubbles: true, cancelable: true });
  find("[dj-drop]").dispatchEvent(Object.assign(drop, { dataTransfer: { files: [textFile("scan.txt", "ab")] } }));
  const form = find("#one");
  form.requestSubmit = () => assert.fail();
  form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  assert.equal(form.getAttribute("aria-busy"), "true");
  sent = [];
  reset(form);
  assert.deepEqual(sent, [["uploads:drop", 1], ["uploads:drop", 2], ["uploads:drop", 4]]);
  assert.equal(form.hasAttribute("aria-busy"), false);
  assert.deepEqual(inputs.map(({ files }) => files.length), [0, 0, 1]);
  // What the server said before it heard of it is about nothing.
  accept(1, 5);
  tell("done", 2);
  await settled();
  assert.deepEqual(pieces, []);
  for (const ref of [1, 2, 4]) tell("gone", [ref, "", ""]);
  extension.onConnection(true);
  assert.deepEqual(sent.slice(3).map(([verb, data]) => [verb, data[1]?.[0][0]]), [["uploads:add", 3]]);
});

test("a reset without a connection reaches the server with it", () => {
  choose(textFile("a.txt", "abcd"));
  extension.onConnection(false);
  sent = [];
  reset();
  choose(textFile("b.txt", "abcd"));
  extension.onConnection(true);
  assert.deepEqual(sent.map(([verb, data]) => [verb, data[1]?.[0][0] ?? data]), [["uploads:drop", 1], ["uploads:add", 2]]);
  tell("gone", [1, "", ""]);
  sent = [];
  extension.onConnection(true);
  assert.equal(sent.length, 1);
});

test("a reset that something forbids leaves the files", () => {
  choose(textFile("a.txt", "abcd"));
  find("form").addEventListener("reset", (event) => event.preventDefault());
  reset();
  assert.deepEqual(names(), ["a.txt"]);
});

const storage = () => {
  const requests = [];
  globalThis.XMLHttpRequest = class {
    upload = {};
    headers = {};
    constructor() {
      requests.push(this);
    }
    open(...where) {
      this.where = where;
    }
    setRequestHeader(name, value) {
      this.headers[name] = value;
    }
    send(body) {
      this.body = body;
    }
    abort() {
      this.isAborted = true;
    }
  };
  return requests;
};

test("files go to other storage, and what came of it is said again after a drop", () => {
  const requests = storage();
  const file = textFile("a.txt", "abcd");
  choose(file);
  const meta = { url: "https://storage.example/a", headers: { "X-Key": "k" } };
  accept(1, 0, 0, { meta });
  const [request] = requests;
  assert.deepEqual([request.where, request.headers, request.body], [["PUT", meta.url], meta.headers, file]);
  request.upload.onprogress({ loaded: 2 });
  assert.deepEqual(sent.at(-1), ["uploads:sent", [1, 2, ""]]);
  extension.onConnection(false);
  request.status = 204;
  request.onload();
  extension.onConnection(true);
  accept(1, 0, 0, { meta });
  assert.deepEqual(sent.at(-1), ["uploads:sent", [1, 4, "done"]]);
  assert.equal(requests.length, 1);
});

test("a file whose place is another one after a crash is sent there", () => {
  const requests = storage();
  choose(textFile("a.txt", "abcd"));
  accept(1, 0, 0, { meta: { url: "https://storage.example/a" } });
  requests[0].status = 204;
  requests[0].onload();
  extension.onConnection(false);
  extension.onConnection(true);
  accept(1, 0, 0, { meta: { url: "https://storage.example/b" } });
  assert.deepEqual([requests[0].isAborted, requests[1].where], [true, ["PUT", "https://storage.example/b"]]);
  assert.equal(sent.at(-1)[0], "uploads:add");
});
