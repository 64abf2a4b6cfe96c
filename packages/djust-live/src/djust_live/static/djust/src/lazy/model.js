/** `dj-model`: what a control holds becomes an attribute of the view. */

/** @import {Core} from "../types.js" */

/** Sent as the name of the event; no handler can be called so. */
const EVENT = "dj-model";

/**
 * What is checked of the boxes that bind the same attribute, which may hold a list.
 *
 * @param {Element} box
 * @param {string} field
 */
const chosen = (box, field) =>
  [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[type=checkbox]:checked"))]
    .filter(
      (one) =>
        one.closest("[data-djust-view]") === box.closest("[data-djust-view]") &&
        [...one.attributes].some(({ name, value }) => name.split(".")[0] === EVENT && value === field),
    )
    .map(({ value }) => value);

/** @param {Core} core */
export default ({ _callOf, _view }) => {
  /** @param {any} event */
  const listen = (event) => {
    const element = /** @type {HTMLInputElement} */ (event.target);
    for (const { name, value } of element.attributes ?? []) {
      const [base, ...filters] = name.split(".");
      if (base !== EVENT) continue;
      const isText = element.type !== "checkbox" && element.type !== "radio" && !("options" in element);
      const type = isText && !filters.includes("lazy") ? "input" : "change";
      if (event.type !== type) return;
      const call = _callOf(element, event, EVENT);
      const [, wait_ms] = /debounce-(\d+)/.exec(name) ?? [];
      call._params = { field: value, value: call._params.value };
      if (element.type === "checkbox") call._params.chosen = chosen(element, value);
      if (wait_ms) call._debounce_ms = +wait_ms;
      _view._fire(call);
    }
  };
  document.addEventListener("input", listen);
  document.addEventListener("change", listen);
};
