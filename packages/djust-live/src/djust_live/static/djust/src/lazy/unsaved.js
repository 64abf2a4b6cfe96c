/** Ask before the page is left while a form with `dj-unsaved-guard` holds what is not saved. */

/** @import {Core} from "../types.js" */

/** @param {Core} core */
export default ({ _held, _rendered, _same }) => {
  /** @param {Element} guarded */
  const isUnsaved = (guarded) =>
    guarded.getAttribute("dj-unsaved-guard") === "True" ||
    [...guarded.querySelectorAll("input:not([type=hidden]),select,textarea")].some((one) => {
      const control = /** @type {import("../types.js").Control} */ (one);
      return !_same(_held(control), _rendered(control));
    });

  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("[dj-unsaved-guard]")].some(isUnsaved)) event.preventDefault();
  });
};
