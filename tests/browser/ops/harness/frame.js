/** A document to load pages into. Its realm, and so the client's module, outlives document.open(). */

import { home, parse, setAttribute } from "/src/html.js";
import morph from "/src/lazy/morph.js";
import { move, OPAQUE, Root } from "/src/ops.js";
import { CASES, run } from "./state.js";

const DOCUMENT = /^(?:\s|<!--[\s\S]*?-->)*<(?:!doctype|html|head|body)(?=[\s/>]|$)/i;

/** Load a page as the browser does: a document is read by the parser, a fragment becomes the body's inside. */
globalThis.load = (html) => {
  document.open();
  if (DOCUMENT.test(html)) document.write(html);
  else document.write("<!doctype html><title></title><body></body>");
  document.close();
  if (!DOCUMENT.test(html)) document.body.innerHTML = html;
};

globalThis.root = () => new Root(document.documentElement);

/** Put the whole root in the place of what a root shows, as the client does when the server sends it. */
globalThis.replaceRoot = morph({
  _OPAQUE: OPAQUE,
  _home: home,
  _move: move,
  _parse: parse,
  _setAttribute: setAttribute,
});

globalThis.cases = () => Object.entries(CASES).map(([name, { a, b }]) => [name, a, b]);
globalThis.runCase = (name, ops) => {
  load(CASES[name].a);
  return run(name, ops, root());
};
