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
  globalThis.addEventListener = window.addEventListener.bind(window);
  globalThis.removeEventListener = window.removeEventListener.bind(window);
  globalThis.confirm = () => true;
  return window;
}

/** Let promises and mutation observers run. */
export const settle = () => new Promise((resolve) => setTimeout(resolve));
