/** The client bus: values that views publish for everything on the page to read and to react to. */

/** @import {Core} from "../types.js" */

/** @param {Core} core */
export default ({ _use }) => {
  const values = (/** @type {any} */ (globalThis.djust).state ??= {});
  _use({
    _extra({ state }) {
      for (const [key, value] of Object.entries(state ?? {})) {
        values[key] = value;
        document.dispatchEvent(new CustomEvent("djust:state", { detail: { key, value } }));
      }
    },
  });
};
