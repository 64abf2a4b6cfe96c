/** Commands that the browser carries out by itself: `dj-click='[["show", {"to": "#menu"}]]'`. */

/** @import {Core} from "../types.js" */

/** @typedef {Record<string, any>} Options */

/** @param {string | undefined} names */
const list = (names) => (names ?? "").split(/\s+/).filter(Boolean);

/** @param {HTMLElement} element */
const isHidden = (element) => getComputedStyle(element).display === "none";

/**
 * Run a transition of three lists of classes: while it runs, at its start, at its end.
 *
 * @param {HTMLElement} element
 * @param {Options} options
 * @param {() => void} [change] What becomes true at the end.
 */
const transition = async (element, { transition: names, time = 200 }, change) => {
  if (names && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const [during, from, to] = (Array.isArray(names) ? names : [names]).map(list);
    element.classList.add(...during, ...(from ?? []));
    await new Promise(requestAnimationFrame);
    element.classList.remove(...(from ?? []));
    element.classList.add(...(to ?? []));
    await new Promise((resolve) => setTimeout(resolve, time));
    element.classList.remove(...during, ...(to ?? []));
  }
  change?.();
};

/** @param {HTMLElement} element @param {Options} options */
const show = (element, options) => {
  element.hidden = false;
  element.style.removeProperty("display");
  // A style sheet may hide it, too.
  if (isHidden(element)) element.style.display = options.display ?? "block";
  return transition(element, options);
};

/** @param {HTMLElement} element @param {Options} options */
const hide = (element, options) =>
  transition(element, options, () => {
    element.hidden = true;
    if (!isHidden(element)) element.style.display = "none";
  });

/** @param {Element} element @param {string[]} names @param {boolean} [force] */
const toggleClasses = (element, names, force) =>
  names.forEach((name) => element.classList.toggle(name, force));

/** @param {Core} core */
export default ({ _load, _use, _view }) => {
  /** @type {Record<string, (element: any, options: Options, call: any) => unknown>} */
  const commands = {
    show,
    hide,
    toggle: (element, options) => (isHidden(element) ? show : hide)(element, options),
    add_class: (element, { names }) => toggleClasses(element, list(names), true),
    remove_class: (element, { names }) => toggleClasses(element, list(names), false),
    toggle_class: (element, { names }) => toggleClasses(element, list(names)),
    set_attribute: (element, { name, value = "" }) => element.setAttribute(name, value),
    remove_attribute: (element, { name }) => element.removeAttribute(name),
    transition: (element, options) => transition(element, options),
    focus(element) {
      const focusable = "a[href],button,input,select,textarea,[tabindex]";
      (element.matches(focusable) ? element : element.querySelector(focusable))?.focus();
    },
    dispatch: (element, { event, detail }) =>
      element.dispatchEvent(new CustomEvent(event, { detail, bubbles: true })),
    push(_element, { event, value, target }, call) {
      const { _extra, ...params } = call._params;
      const kept = (_extra ?? []).filter((/** @type {string} */ name) => !(name in (value ?? {})));
      _view._fire({
        ...call,
        _name: event,
        _params: { ...params, ...value, ...(kept.length && { _extra: kept }) },
        _target: target ?? call._target,
      });
    },
    navigate: (_element, { href }) => _load("navigation").then(({ _go }) => _go(href)),
  };

  /**
   * @param {any} call
   */
  const run = (call) => {
    for (const [name, options = {}] of JSON.parse(call._name)) {
      const { to } = options;
      const targets =
        to === undefined
          ? [call._element]
          : to.closest
            ? [call._element.closest(to.closest)]
            : to.inner
              ? call._element.querySelectorAll(to.inner)
              : document.querySelectorAll(to);
      for (const target of targets) if (target) commands[name]?.(target, options, call);
    }
  };

  _use({
    _before(call) {
      const isOurs = call._name[0] === "[";
      if (isOurs) _view._root._quietly(() => run(call));
      return isOurs;
    },
  });
};
