/** What decorators say about handlers: of the view with the answer to a join, of a component on its element. */

/** @import {Call} from "./types.js" */

/**
 * What a decorator says about the handler that a call is for.
 *
 * @param {Call} call
 * @param {string} attribute Where components have theirs, by the name of the handler.
 * @param {Record<string, any>} ofView Those of the view's own handlers.
 * @returns {any}
 */
export const ruleOf = ({ _element, _name, _target }, attribute, ofView) => {
  if (!_target) return ofView[_name];
  const selector = `[dj-target=${JSON.stringify(_target)}][${attribute}]`;
  // Around the element first: a nested view may have a component of the same id.
  const root = _element?.closest(selector) ?? document.querySelector(selector);
  return root && JSON.parse(root.getAttribute(attribute) ?? "{}")[_name];
};
