/** `dj-optimistic` and `@optimistic`: show at once what the server will most likely say, and take it back when it says otherwise. */

/** @import {Call, Core} from "../types.js" */
import { ruleOf } from "../rules.js";

/** @typedef {(element: HTMLElement, rest: string) => () => void} Rule Changes the element; returns how to undo it. */

/** @param {HTMLElement} element @param {string} text */
const setText = (element, text) => {
  const nodes = [...element.childNodes];
  element.replaceChildren(text);
  return () => element.replaceChildren(...nodes);
};

/** @param {HTMLElement} element @param {string} names @param {boolean} [force] */
const setClasses = (element, names, force) => {
  const before = element.getAttribute("class");
  for (const name of names.split(/\s+/)) element.classList.toggle(name, force);
  return () => {
    if (before === null) element.removeAttribute("class");
    else element.setAttribute("class", before);
  };
};

/** @param {HTMLElement} element @param {number} step */
const count = (element, step) => {
  const text = element.textContent ?? "";
  return setText(
    element,
    text.replace(/-?\d+/, (number) => String(Number(number) + step)),
  );
};

/** @param {HTMLElement} element @param {boolean} isHidden */
const setHidden = (element, isHidden) => {
  const before = element.hidden;
  element.hidden = isHidden;
  return () => {
    element.hidden = before;
  };
};

/** @type {[RegExp, Rule][]} */
const RULES = [
  [/^toggle class /, (element, names) => setClasses(element, names)],
  [/^add class /, (element, names) => setClasses(element, names, true)],
  [/^remove class /, (element, names) => setClasses(element, names, false)],
  [/^set text ?/, setText],
  [/^increment$/, (element) => count(element, 1)],
  [/^decrement$/, (element) => count(element, -1)],
  [/^hide$/, (element) => setHidden(element, true)],
  [/^show$/, (element) => setHidden(element, false)],
];

/**
 * @param {HTMLElement} element
 * @param {string} [selector] None: the element itself.
 * @returns {Iterable<HTMLElement>}
 */
const targetsOf = (element, selector) => {
  const [, around] = /^closest\s+(.+)/s.exec(selector ?? "") ?? [];
  try {
    /** @type {any[]} */
    const found = around
      ? [element.closest(around)]
      : selector
        ? [...document.querySelectorAll(selector)]
        : [element];
    return found.filter(Boolean);
  } catch (error) {
    // What is no selector changes nothing; the handler is called all the same.
    reportError(error);
    return [];
  }
};

/** @param {Core} core */
export default ({ _use, _view }) => {
  /** Unanswered calls with rules, in order. @type {Set<Call>} */
  const open = new Set();
  /** @param {Call} call */
  const ownerOf = (call) => call._owner ?? _view;
  /** @type {(() => void)[]} */
  let undo = [];
  /** Rules of handlers, by name. @type {Record<string, string>} */
  let rules = {};

  /** @param {Call} call @returns {string | undefined} */
  const rulesOf = (call) =>
    call._element &&
    (call._element.getAttribute("dj-optimistic") ?? ruleOf(call, "dj-optimistic-rules", rules));

  /** @param {Call} call */
  const apply = (call) => {
    const element = /** @type {HTMLElement} */ (call._element);
    for (const text of (rulesOf(call) ?? "").split(";")) {
      // The last "on" begins the selector: a class and a text may say "on" too.
      const [, rule, selector] = /^(.*\S)\s+on\s+(.+)$/s.exec(text.trim()) ?? ["", text.trim()];
      const [pattern, change] = RULES.find(([one]) => one.test(rule)) ?? [];
      if (!pattern || !change) continue;
      for (const target of targetsOf(element, selector)) {
        undo.push(change(target, rule.replace(pattern, "")));
      }
    }
  };

  // The latest change is taken back first.
  const clear = () =>
    _view._root._quietly(() => {
      for (const back of undo.reverse()) back();
      undo = [];
    });
  const show = () => _view._root._quietly(() => open.forEach(apply));

  _use({
    _start(call) {
      if (!rulesOf(call)) return;
      open.add(call);
      _view._root._quietly(() => apply(call));
    },
    /** The answered calls are no longer in the queue when their ops arrive. */
    _beforePatch() {
      clear();
      for (const call of open) if (!ownerOf(call)._calls.includes(call)) open.delete(call);
    },
    afterPatch: show,
    _extra(extra) {
      if (extra.optimistic) rules = extra.optimistic;
    },
    _end(call) {
      if (!open.delete(call)) return;
      clear();
      show();
    },
  });
};
