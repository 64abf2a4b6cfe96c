import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { FakeSocket, show, sockets } from "./dom.js";

show("");
globalThis.WebSocket = FakeSocket;
const { Socket } = await import("../../src/djust_live/static/djust/src/socket.js");

let heard;
let socket;
const latest = () => sockets.at(-1);

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  show("");
  sockets.length = 0;
  heard = [];
  socket = new Socket("/ws/djust/", {
    _opened: () => heard.push("opened"),
    _closed: () => heard.push("closed"),
    _received: (frame) => heard.push(frame),
    _ping: () => ["ping", 7],
  });
});

test("the address is that of the page", () => {
  assert.equal(latest().url, "ws://testserver/ws/djust/");
});

test("frames go out while the connection is open, and come in", () => {
  assert.equal(socket._send(["x"]), false);
  latest().open();
  assert.equal(socket._send(["x"]), true);
  latest().receive("pong");
  assert.deepEqual(latest().frames, [["x"]]);
  assert.deepEqual(heard, ["opened", ["pong"]]);
});

test("pauses grow to a limit, with jitter, and a success starts again", () => {
  const pauses = [];
  for (let attempt = 0; attempt < 25; attempt++) {
    const before = sockets.length;
    latest().lose();
    let waited = 0;
    while (sockets.length === before) {
      mock.timers.tick(25);
      waited += 25;
    }
    pauses.push(waited);
  }
  assert.ok(pauses[0] >= 125 && pauses[0] <= 275, `${pauses[0]}`);
  assert.ok(Math.max(...pauses.slice(0, 20)) <= 1525, "a restart is noticed soon");
  assert.ok(pauses[24] >= 10_000 && pauses[24] <= 20_025, `${pauses[24]}`);
  assert.ok(new Set(pauses.slice(3, 20)).size > 3, "not all at the same time");
});

test("the server's own delay is kept, once", () => {
  latest().open();
  socket._delay_ms = 5000;
  latest().lose();
  mock.timers.tick(4999);
  assert.equal(sockets.length, 1);
  mock.timers.tick(1);
  assert.equal(sockets.length, 2);
});

test("a connection that answers nothing is given up", () => {
  latest().open();
  latest().receive("ready");
  mock.timers.tick(25_000);
  assert.deepEqual(latest().frames, [["ping", 7]]);
  mock.timers.tick(8000);
  assert.equal(heard.at(-1), "closed");
  assert.equal(sockets[0].readyState, 3);
});

test("an answer to the heartbeat keeps the connection", () => {
  latest().open();
  latest().receive("ready");
  for (let beat = 0; beat < 5; beat++) {
    mock.timers.tick(25_000);
    latest().receive("pong");
  }
  assert.equal(sockets.length, 1);
  assert.ok(!heard.includes("closed"));
});

test("a page that goes away says so after its last calls", () => {
  latest().open();
  // As what holds calls back does.
  addEventListener("pagehide", () => socket._send(["last"]), true);
  const event = new Event("pagehide");
  globalThis.window.dispatchEvent(Object.assign(event, { persisted: false }));
  assert.deepEqual(latest().frames, [["last"], ["leave"]]);
  assert.deepEqual(heard.slice(1), ["closed"]);
});

test("a page that may come back does not", () => {
  latest().open();
  globalThis.window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
  assert.deepEqual(latest().frames, []);
  globalThis.window.dispatchEvent(new Event("pageshow"));
  assert.equal(sockets.length, 2);
});
