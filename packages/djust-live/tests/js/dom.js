/** A page to test in: jsdom's window, its names made global as in a browser. */

import { JSDOM } from "jsdom";

const NAMES = [
  "document",
  "location",
  "sessionStorage",
  "MutationObserver",
  "CustomEvent",
  "Event",
  "KeyboardEvent",
  "MouseEvent",
  "FormData",
  "Node",
  "getComputedStyle",
];

/**
 * Show another page.
 *
 * @param {string} html
 * @param {string} [url]
 */
export function show(html, url = "http://testserver/page/") {
  const { window } = new JSDOM(html, { url, pretendToBeVisual: true });
  for (const name of NAMES) {
    Object.defineProperty(globalThis, name, {
      value: window[name],
      configurable: true,
      writable: true,
    });
  }
  globalThis.window = window;
  // jsdom insists on the arguments that have defaults.
  const { evaluate } = window.document;
  window.document.evaluate = (expression, node) =>
    evaluate.call(window.document, expression, node, null, 4, null);
  globalThis.addEventListener = window.addEventListener.bind(window);
  globalThis.removeEventListener = window.removeEventListener.bind(window);
  globalThis.confirm = () => true;
  return window;
}

/** Let promises and mutation observers run. */
export const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Wait until something is true. */
export async function until(isTrue) {
  for (let turn = 0; turn < 1000 && !isTrue(); turn++) await settle();
  if (!isTrue()) throw new Error(`never true: ${isTrue}`);
}

/** The sockets that the client has opened, the latest last. */
export const sockets = [];

/** A WebSocket whose server is the test. */
export class FakeSocket {
  constructor(url) {
    this.url = String(url);
    this.readyState = 0;
    this.frames = [];
    sockets.push(this);
  }

  send(text) {
    this.frames.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  receive(...frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The connection is lost. */
  lose() {
    this.readyState = 3;
    this.onclose?.();
  }
}

/** Where the client's modules are. */
export const SOURCE = "../../src/djust_live/static/djust/src/";
