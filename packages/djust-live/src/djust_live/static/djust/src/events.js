/** From a DOM event to a call of a handler: one listener a type on the document, attributes read when it happens. */

/** @import {Call, Parameters} from "./types.js" */
import { ask, tell } from "./extensions.js";

/**
 * The value of the attribute that binds this event, filters such as `.enter` considered.
 *
 * @param {Element} element
 * @param {string} attribute
 * @param {Event} event
 * @returns {string | undefined}
 */
export const binding = (element, attribute, event) => {
  for (const { name, value } of element.attributes) {
    const [base, ...filters] = name.split(".");
    if (base === attribute && (!filters[0] || ask((extension) => extension._passes?.(filters, event)))) {
      return value;
    }
  }
  return undefined;
};

/**
 * The call that an element makes because of an event.
 *
 * @param {Element} element
 * @param {any} event
 * @param {string} value Of the attribute that binds the event.
 * @returns {Call}
 */
export const callOf = (element, event, value) => {
  /** What the element says by itself. @type {Parameters} */
  const own = {};
  /** @type {Parameters} */
  const written = {};
  for (const { name, value } of element.attributes) {
    const [, kind, rest] = /^(data|dj-value)-(.+)/.exec(name) ?? [];
    if (kind) (kind === "data" ? own : written)[rest.replaceAll("-", "_")] = value;
  }
  const call = {
    _element: element,
    _type: event.type,
    _name: value,
    /** What the author of the page wrote. */
    _params: written,
    _target: element.closest("[dj-target]")?.getAttribute("dj-target"),
    _held: new Map(),
  };
  tell((extension) => extension._complete?.(call, event, own));
  const extra = Object.keys(own).filter((name) => !(name in call._params));
  call._params = { ...own, ...call._params, ...(extra[0] && { _extra: extra }) };
  return call;
};

/**
 * Listen for one type of event anywhere in the page.
 *
 * @param {string} type
 * @param {(element: Element, event: Event, value: string) => void} act
 */
export const listen = (type, act) => {
  // These do not bubble, but they can be captured.
  const isAlone = /^(focus|blur|mouse(enter|leave)|scroll)$/.test(type);
  document.addEventListener(
    type,
    (/** @type {any} */ event) => {
      let element = event.target;
      for (; element?.getAttribute; element = isAlone ? null : element.parentElement) {
        const value = binding(element, `dj-${type}`, event);
        if (!value) continue;
        // A link that the visitor wants in a new tab stays a link.
        if (event.ctrlKey || event.metaKey) if (element.href) return;
        // Buttons that say that they submit or reset do so as well: both words end alike, and no other type does.
        if (type === "submit" || (type === "click" && element.matches("a,button:not([type$=t])"))) {
          event.preventDefault();
        }
        const question = element.getAttribute("dj-confirm");
        if (question === null || confirm(question)) act(element, event, value);
        return;
      }
    },
    isAlone,
  );
};
