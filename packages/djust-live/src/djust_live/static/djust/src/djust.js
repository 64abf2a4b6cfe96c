/** The client's entry: it attaches the page to its live view, if the page has one. */

import { held, rendered } from "./controls.js";
import { binding, callOf } from "./events.js";
import { share, tell, use } from "./extensions.js";
import { parse, setAttribute } from "./html.js";
import { Root } from "./ops.js";
import { View } from "./view.js";

/** @import {Parameters} from "./types.js" */

const script = /** @type {HTMLElement | null} */ (document.querySelector("script[data-djust]"));
if (script) {
  const { djust, djustUrl } = script.dataset;
  const view = new View(
    document.documentElement,
    /** @type {string} */ (djust),
    djustUrl ?? "/ws/djust/",
  );
  share({
    _view: view,
    _use: use,
    _tell: tell,
    _Root: Root,
    _parse: parse,
    _setAttribute: setAttribute,
    _held: held,
    _rendered: rendered,
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
    /**
     * @param {string} name
     * @param {Parameters} [payload]
     * @param {string} [target]
     * @returns {Promise<unknown>}
     */
    pushEvent: (name, payload = {}, target) =>
      new Promise((resolve, reject) =>
        view._fire({
          _name: name,
          _params: payload,
          _target: target,
          _done: ({ error, reply }) => (error ? reject(error) : resolve(reply)),
        }),
      ),
    /**
     * @param {string} kind
     * @param {unknown} data
     */
    send: (kind, data) => view._socket._send([kind, data]),
  };
}
