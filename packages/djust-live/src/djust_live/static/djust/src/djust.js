/** The client's entry: it attaches the page to its live view, if the page has one. */

import { held, hold, rendered, same } from "./controls.js";
import { binding, callOf } from "./events.js";
import { load, seen, share, tell, use } from "./extensions.js";
import { home, parse, setAttribute } from "./html.js";
import { move, OPAQUE } from "./ops.js";
import { View } from "./view.js";

const script = /** @type {HTMLElement | null} */ (document.querySelector("script[data-djust]"));
if (script) {
  const { djust, djustUrl } = script.dataset;
  const view = new View(
    document.documentElement,
    /** @type {string} */ (djust),
    /** @type {string} */ (djustUrl),
  );
  share({
    _view: view,
    _use: use,
    _tell: tell,
    _load: load,
    _OPAQUE: OPAQUE,
    _seen: seen,
    _home: home,
    _move: move,
    _parse: parse,
    _setAttribute: setAttribute,
    _held: held,
    _hold: hold,
    _rendered: rendered,
    _same: same,
    _binding: binding,
    _callOf: callOf,
  });
  globalThis.djust = {
    use,
    /** @param {Record<string, object>} hooks */
    registerHooks(hooks) {
      Object.assign((globalThis.djustHooks ??= {}), hooks);
      view._patched();
    },
    pushEvent: (...call) => load("hooks").then((hooks) => hooks._pushEvent(...call)),
    /**
     * @param {string} kind
     * @param {unknown} data
     */
    send: (kind, data) => view._socket._send([kind, data]),
  };
}
