/** Events that happen elsewhere: `dj-click-away`, `dj-window-*`, `dj-document-*`. */

/** @import {Core} from "../types.js" */

/** @param {Core} core */
export default ({ _binding, _callOf, _seen, _use, _view }) => {
  /** Elements by the start of the attribute's name, until the page changes. @type {Map<string, Element[]>} */
  const found = new Map();

  /** @param {string} prefix @returns {Element[]} */
  const elements = (prefix) => {
    let list = found.get(prefix);
    if (!list) {
      list = [];
      const result = document.evaluate(`//*[@*[starts-with(name(),'${prefix}')]]`, document);
      for (let node; (node = result.iterateNext()); ) list.push(/** @type {Element} */ (node));
      found.set(prefix, list);
    }
    return list;
  };

  /**
   * @param {string} attribute
   * @param {Event} event
   * @param {(element: Element) => boolean} [isMeant]
   */
  const fire = (attribute, event, isMeant = () => true) => {
    for (const element of elements(attribute)) {
      const value = isMeant(element) && _binding(element, attribute, event);
      if (value) _view._fire(_callOf(element, event, value));
    }
  };

  const listening = new Set();
  const look = () => {
    found.clear();
    for (const type in _seen) {
      const [, where, name] = /^(window|document)-(.*\w)$/.exec(type) ?? [];
      if (!name || listening.has(type)) continue;
      listening.add(type);
      (where === "window" ? window : document).addEventListener(name, (event) =>
        fire(`dj-${type}`, event),
      );
    }
  };

  /** What could be seen before anybody has answered the click. @type {Element[]} */
  let shown = [];
  document.addEventListener(
    "click",
    () => {
      shown = elements("dj-click-away").filter((element) => element.getClientRects()[0]);
    },
    true,
  );
  // What is hidden is not left, and what this very click has opened is not closed by it.
  document.addEventListener("click", (event) =>
    fire(
      "dj-click-away",
      event,
      (element) => shown.includes(element) && !event.composedPath().includes(element),
    ),
  );
  _use({ afterPatch: look });
  look();
};
