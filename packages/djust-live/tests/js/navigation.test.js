import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeSocket, settle, show, sockets, until } from "./dom.js";

const page = (title, body, { session = "shop", head = "", token = title, attributes = "" } = {}) =>
  `<!doctype html><html lang="en"${attributes}><head><title>${title}</title>${head}
  <script type="module" src="c.js" data-djust="${token}" data-djust-url="/ws/djust/"
    ${session && `data-djust-session="${session}"`}></script></head><body>${body}</body></html>`;

globalThis.WebSocket = FakeSocket;
globalThis.CSSStyleSheet = class {
  replaceSync() {}
};
globalThis.CSS = { escape: (text) => text.replace(/[^\w-]/g, "\\$&") };
globalThis.scrollX = globalThis.scrollY = 0;
globalThis.requestAnimationFrame = setTimeout;
const scrolled = [];
globalThis.scrollTo = (...place) => scrolled.push(place);
const FIRST = page(
  "Shop",
  `<h1>Shop</h1><a id="to" href="/item/" dj-navigate>Item</a> <a id="more" href="?page=2" dj-patch>More</a>
  <button id="b" dj-click="go">Go</button>`,
);
const window = show(FIRST, "http://testserver/shop/");
globalThis.history = window.history;
globalThis.dispatchEvent = window.dispatchEvent.bind(window);
window.Element.prototype.scrollIntoView = function () {
  scrolled.push(this.id);
};
document.adoptedStyleSheets = [];

// What jsdom does not do: load a page.
const loads = [];
const real = window.location;
globalThis.location = {
  assign: (url) => loads.push(["assign", url]),
  replace: (url) => loads.push(["replace", url]),
  reload: () => loads.push(["reload"]),
};
for (const name of ["href", "hash", "origin", "pathname", "search"]) {
  Object.defineProperty(globalThis.location, name, { get: () => real[name] });
}

/** What the server has, by path. */
const server = {};
const fetched = [];
globalThis.fetch = async (url, { headers, signal }) => {
  fetched.push([url, headers["X-Djust-Visit"]]);
  const answer = server[new URL(url, real.href).pathname];
  await answer?.gate;
  signal?.throwIfAborted();
  if (!answer) throw new TypeError("Failed to fetch");
  const { html, status = 200, more = {}, final = url } = answer;
  return {
    ok: status < 300,
    url: final,
    headers: new Headers({ "Content-Type": "text/html; charset=utf-8", ...more }),
    text: async () => html,
  };
};

await import("../../src/djust_live/static/djust/src/djust.js");
await until(() => sockets.length === 1);
let [socket] = sockets;
socket.open();
await until(() => socket.frames.length);
socket.receive("ready", 0, 0, {});
await until(() => document.body.classList.contains("dj-connected"));
await until(() => document.querySelector(".dj-announcer"));

const joins = () => socket.frames.filter(([kind]) => kind === "join");
const errors = [];
document.addEventListener("djust:error", ({ detail }) => errors.push(detail.code));

/** Stand on the first page again, attached. */
async function home() {
  server["/shop/"] = { html: FIRST };
  socket.receive("push", 1, [], { url_next: ["/shop/", false, []] });
  await arrived("Shop");
}

/** Wait until a page is shown and attached. */
async function arrived(title, number = joins().length + 1) {
  await until(() => document.title === title && joins().length >= number);
  socket.receive("ready", 0, 0, {});
  await settle();
}

beforeEach(async () => {
  if (document.title !== "Shop") await home();
  dispatchEvent(new window.Event("pointerdown"));
  for (const list of [loads, fetched, scrolled, errors]) list.length = 0;
  for (const name in server) delete server[name];
});

test("a link shows its page and attaches it over the same socket", async () => {
  server["/item/"] = {
    html: page("Item", '<h1>Item</h1><form><input id="name" value="x"></form>', {
      head: '<meta name="theme-color" content="red">',
      attributes: ' dir="rtl"',
    }),
  };
  const seen = [];
  document.addEventListener("djust:navigate", ({ detail }) => seen.push(detail.url), { once: true });
  document.getElementById("to").click();
  await until(() => document.title === "Item");
  assert.deepEqual(socket.frames.slice(-2).map(([kind]) => kind), ["leave", "join"]);
  assert.equal(socket.frames.at(-1)[2], "Item");
  assert.equal(sockets.length, 1);
  assert.deepEqual(fetched, [["http://testserver/item/", "shop"]]);
  assert.equal(location.href, "http://testserver/item/");
  assert.deepEqual(seen, ["http://testserver/item/"]);
  assert.equal(document.querySelector("h1").textContent, "Item");
  assert.equal(document.querySelector("meta").content, "red");
  assert.equal(document.documentElement.dir, "rtl");
  assert.ok(document.body.classList.contains("dj-disconnected"));
  // The page that was left still talks.
  socket.receive("push", 1, [[1, 2, "old"]]);
  socket.receive("ready", 0, 0, {});
  assert.ok(document.body.classList.contains("dj-connected"));
  assert.equal(document.querySelector("h1").textContent, "Item");
  socket.receive("push", 1, [[1, 2, "new"]]);
  assert.equal(document.querySelector("h1").textContent, "new");
  await settle();
  assert.equal(document.querySelector(".dj-announcer").textContent.trim(), "Item");
  assert.deepEqual(scrolled, [[0, 0]]);
  assert.equal(document.activeElement, document.body);
});

test("back shows the page before, where it was, with the focus where it was", async () => {
  server["/item/"] = { html: page("Item", "<h1>Item</h1>") };
  server["/shop/"] = { html: FIRST };
  globalThis.scrollY = 70;
  document.getElementById("to").focus();
  document.getElementById("to").click();
  await arrived("Item");
  globalThis.scrollY = 0;
  history.back();
  await arrived("Shop");
  assert.deepEqual(scrolled.at(-1), [0, 70]);
  assert.equal(document.activeElement.id, "to");
  history.forward();
  await arrived("Item");
});

test("the title that the view says after all is announced too", async () => {
  server["/item/"] = { html: page("Item", "") };
  document.getElementById("to").click();
  await until(() => document.title === "Item");
  await settle();
  socket.receive("ready", 0, 0, { title: "Item (3)" });
  await settle();
  assert.equal(document.querySelector(".dj-announcer").textContent.trim(), "Item (3)");
  socket.receive("push", 1, [], { title: "Item (4)" });
  await settle();
  assert.equal(document.querySelector(".dj-announcer").textContent.trim(), "Item (3)");
});

test("an address that leads on by now is shown as the one it led to", async () => {
  server["/item/"] = { html: page("Item", "") };
  document.getElementById("to").click();
  await arrived("Item");
  server["/shop/"] = { html: page("Basket", ""), final: "http://testserver/basket/" };
  history.back();
  await arrived("Basket");
  assert.equal(location.pathname, "/basket/");
  server["/item/"] = { html: page("Item", "") };
  history.forward();
  await arrived("Item");
  assert.equal(location.pathname, "/item/");
});

test("who comes back inside of a page finds the place once the page is as it was", async () => {
  globalThis.scrollY = 70;
  document.getElementById("more").click();
  await until(() => socket.frames.at(-1)[3] === "dj-patch");
  socket.receive("reply", socket.frames.at(-1)[1], 0, [], {});
  globalThis.scrollY = 0;
  const calls = socket.frames.length;
  history.back();
  await until(() => socket.frames.length > calls);
  await settle();
  assert.deepEqual(scrolled, []);
  socket.receive("reply", socket.frames.at(-1)[1], 0, [], {});
  assert.deepEqual(scrolled, [[0, 70]]);
});

test("a hash may be encoded, of a patch and of the server", async () => {
  document.querySelector("h1").id = "über uns";
  const link = document.getElementById("more");
  link.href = "?page=3#%C3%BCber%20uns";
  link.click();
  await until(() => socket.frames.at(-1)[4].uri === "/shop/?page=3");
  socket.receive("reply", socket.frames.at(-1)[1], 0, [], {});
  assert.deepEqual(scrolled, ["über uns"]);
  socket.receive("push", 1, [], { url: ["/shop/#b", false] });
  await settle();
  assert.deepEqual(scrolled, ["über uns", "b"]);
  socket.receive("push", 2, [], { url: ["/shop/", false] });
  document.querySelector("h1").removeAttribute("id");
  await settle();
  await home();
});

test("a hash leads to its element", async () => {
  server["/item/"] = { html: page("Item", '<h1>Item</h1><p id="end">end</p>') };
  document.getElementById("to").href = "/item/#end";
  document.getElementById("to").click();
  await arrived("Item");
  assert.equal(location.hash, "#end");
  assert.deepEqual(scrolled, ["end"]);
  assert.equal(document.activeElement.id, "end");
  assert.equal(document.activeElement.hasAttribute("tabindex"), false);
});

test("the server's own word is followed, with its messages", async () => {
  server["/item/"] = { html: page("Item", "<div dj-flash></div>") };
  socket.receive("push", 1, [], { url_next: ["/item/?a=1", true, [["info", "saved"]]] });
  const entries = history.length;
  await arrived("Item");
  await until(() => document.querySelector("[dj-flash] .dj-flash-info"));
  assert.equal(document.querySelector(".dj-flash").textContent, "saved");
  assert.equal(location.search, "?a=1");
  assert.equal(history.length, entries);
});

for (const [what, answer] of [
  ["another live session", { html: page("Item", "", { session: "office" }) }],
  ["no live page", { html: "<title>Item</title><p>plain</p>" }],
  ["another style sheet", { html: page("Item", "", { head: '<link rel="stylesheet" href="/b.css">' }) }],
  ["a script of its own", { html: page("Item", '<script src="/chart.js"></script>') }],
  ["an error page", { html: "", status: 500 }],
  ["a refusal", { html: "", status: 409 }],
  ["a file", { html: "", more: { "Content-Type": "text/csv" } }],
]) {
  test(`${what} is a page load that keeps the messages`, async () => {
    sessionStorage.clear();
    server["/item/"] = answer;
    socket.receive("push", 1, [], { url_next: ["/item/", false, [["info", "saved"]]] });
    await until(() => loads.length);
    assert.deepEqual(loads, [["assign", "http://testserver/item/"]]);
    assert.deepEqual(JSON.parse(sessionStorage.getItem("djust-flash"))[1], [["info", "saved"]]);
    assert.equal(document.title, "Shop");
    await home();
  });
}

test("a redirect out of the live session is loaded where it leads", async () => {
  server["/item/"] = { html: "", status: 409, more: { "X-Djust-Location": "/login/" } };
  document.getElementById("to").click();
  await until(() => loads.length);
  assert.deepEqual(loads, [["assign", "/login/"]]);
});

test("without a network the browser itself shows what is wrong", async () => {
  document.getElementById("to").click();
  await until(() => loads.length);
  assert.deepEqual(loads, [["assign", "http://testserver/item/"]]);
});

test("the last of several clicks counts", async () => {
  let open;
  server["/item/"] = { html: page("Item", ""), gate: new Promise((resolve) => (open = resolve)) };
  server["/other/"] = { html: page("Other", "") };
  const link = document.getElementById("to");
  link.click();
  await until(() => fetched.length === 1);
  link.href = "/other/";
  link.click();
  await arrived("Other");
  open();
  await settle();
  assert.equal(document.title, "Other");
  assert.deepEqual(loads, []);
});

test("what was typed and not saved is asked about", async () => {
  const asked = [];
  globalThis.confirm = (text) => asked.push(text) && false;
  addEventListener("beforeunload", (event) => event.preventDefault(), { once: true });
  document.getElementById("to").click();
  await settle();
  globalThis.confirm = () => true;
  assert.deepEqual(asked, ["Leave without saving?"]);
  assert.deepEqual(fetched, []);
});

test("a page is fetched ahead, once", async () => {
  server["/item/"] = { html: page("Item", "") };
  const link = document.getElementById("to");
  link.setAttribute("dj-prefetch", "");
  link.dispatchEvent(new window.Event("mouseover", { bubbles: true }));
  link.dispatchEvent(new window.Event("mouseover", { bubbles: true }));
  await until(() => fetched.length);
  link.click();
  await arrived("Item");
  assert.equal(fetched.length, 1);
});

test("a page that was fetched ahead is of use for its places, until something happens", async () => {
  server["/item/"] = { html: page("Item", '<p id="end">end</p>') };
  const link = document.getElementById("to");
  link.href = "/item/#end";
  link.setAttribute("dj-prefetch", "");
  link.dispatchEvent(new window.Event("mouseover", { bubbles: true }));
  await until(() => fetched.length);
  link.click();
  await arrived("Item");
  assert.equal(fetched.length, 1);
  assert.deepEqual(scrolled, ["end"]);
  await home();
  fetched.length = 0;
  server["/item/"] = { html: page("Item", "old") };
  const again = document.getElementById("to");
  again.setAttribute("dj-prefetch", "");
  again.dispatchEvent(new window.Event("mouseover", { bubbles: true }));
  await until(() => fetched.length);
  document.getElementById("b").click();
  server["/item/"] = { html: page("Item", "new") };
  again.click();
  await arrived("Item");
  assert.equal(document.body.textContent, "new");
});

test("a connection that is lost on the way attaches the page that is shown", async () => {
  server["/item/"] = { html: page("Item", "<h1>Item</h1>") };
  socket.lose();
  document.getElementById("to").click();
  await until(() => document.title === "Item");
  await until(() => sockets.length === 2);
  sockets[1].open();
  await until(() => sockets[1].frames.length);
  assert.equal(sockets[1].frames[0][2], "Item");
  sockets[1].receive("ready", 0, 0, {});
  // The other tests go on with the first one.
  Object.assign(socket, { readyState: 1 });
  socket.onmessage = sockets[1].onmessage;
  sockets[1].send = (text) => socket.send(text);
});

test("pages that send the visitor on and on are not followed for ever", async () => {
  for (let hop = 0; hop < 10; hop++) {
    const name = `P${hop}`;
    server[`/${name}/`] = { html: page(name, "") };
    socket.receive("push", 1, [], { url_next: [`/${name}/`, false, []] });
    await arrived(name);
  }
  assert.deepEqual(errors, []);
  server["/P10/"] = { html: page("P10", "") };
  socket.receive("push", 1, [], { url_next: ["/P10/", false, []] });
  await settle();
  assert.deepEqual(errors, ["DJL311"]);
  assert.equal(document.title, "P9");
});

test("a server that may start afresh is told with the join where the page is by now", async () => {
  const attach = async () => {
    const count = sockets.length;
    sockets.at(-1).lose();
    await until(() => sockets.length > count);
    socket = sockets.at(-1);
    socket.open();
    await until(() => socket.frames.length);
    return socket.frames[0];
  };
  assert.equal((await attach()).length, 7);
  socket.receive("ready", 0, 0, {});
  socket.receive("push", 1, [], { url: ["/shop/?q=tea#here", false] });
  await until(() => location.search === "?q=tea");
  assert.equal((await attach())[7], "/shop/?q=tea");
  socket.receive("ready", 1, 0, {});
});

test("an order to leave may take the place of the page in the history", async () => {
  socket.receive("push", 1, [], { url_leave: ["/away/", "", true] });
  await until(() => loads.length);
  assert.deepEqual(loads, [["replace", "/away/"]]);
});

test("an order to leave sets its cookie, and loops end too", async () => {
  for (let hop = 0; hop < 11; hop++) {
    socket.receive("push", 1, [], { url_leave: ["/away/", "messages=no; Path=/"] });
  }
  await until(() => errors.length);
  assert.equal(loads.length, 10);
  assert.equal(document.cookie, "messages=no");
});
