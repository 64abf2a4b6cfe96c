import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./dom.js";

const window = show("<html><body><p>page</p></body></html>");
globalThis.CSSStyleSheet = class {
  replaceSync() {}
};
const { default: start } = await import("../../src/djust_live/static/djust/src/dev/overlay.js");
start({});

const hosts = () => document.querySelectorAll("djust-error");
const tell = (detail) => document.dispatchEvent(new CustomEvent("djust:error", { detail }));
const detail = {
  code: "DJL203",
  text: "all",
  message: "go raised <b>KeyError</b>",
  hint: "Do this.",
  where: [["views.py:3, go", "self.x[<1>]"]],
};

test("it shows what happened as text, outside of the page", () => {
  tell(detail);
  const [host] = hosts();
  assert.equal(host.parentNode, document.documentElement);
  const text = host.shadowRoot.textContent;
  for (const part of ["DJL203", "<b>KeyError</b>", "views.py:3, go", "self.x[<1>]", "Do this.", "errors.md#djl203"]) {
    assert.ok(text.includes(part), part);
  }
});

test("the next error takes the place of the last", () => {
  tell({ code: "DJL101", text: "short" });
  assert.equal(hosts().length, 1);
  assert.ok(hosts()[0].shadowRoot.textContent.includes("short"));
});

test("Escape and the button put it away", () => {
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  assert.equal(hosts().length, 0);
  tell(detail);
  hosts()[0].shadowRoot.querySelector("button").click();
  assert.equal(hosts().length, 0);
});
