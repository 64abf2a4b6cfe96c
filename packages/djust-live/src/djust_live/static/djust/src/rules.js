/** What decorators say about handlers: of the page's view with the answer to a join, of what is inside on its element. */

/** @import {Call} from "./types.js" */

/**
 * What a decorator says about the handler that a call is for.
 *
 * @param {Call} call
 * @param {string} attribute Where components and nested views have theirs, by the name of the handler.
 * @param {Record<string, any>} ofView Those of the handlers of the page's own view.
 * @returns {any}
 */
export const ruleOf = ({ _element, _name, _target }, attribute, ofView) => {
  const view = _element?.closest("[data-djust-view]");
  if (!_target && !view) return ofView[_name];
  const selector = `[dj-target=${JSON.stringify(_target)}][${attribute}]`;
  // Around the element first: a nested view may have a component of the same id.
  const root = _target ? (_element?.closest(selector) ?? document.querySelector(selector)) : view;
  return root && JSON.parse(root.getAttribute(attribute) ?? "{}")[_name];
};
