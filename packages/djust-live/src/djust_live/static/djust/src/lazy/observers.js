/** What happens without the visitor's doing: `dj-mounted`, `dj-poll`, `dj-viewport-top`, `dj-viewport-bottom`. */

/** @import {Core} from "../types.js" */

const POLL_MS = 5000;

/** @param {Core} core */
export default ({ _callOf, _use, _view }) => {
  /** @param {Element} element @param {string} type */
  const fire = (element, type) => {
    const value = element.getAttribute(`dj-${type}`);
    if (value) _view._fire(_callOf(element, /** @type {any} */ ({ type, target: element }), value));
  };

  /** @type {WeakSet<Element>} */
  const mounted = new WeakSet();
  /** @type {Map<Element, [ReturnType<typeof setInterval>, string | null]>} */
  const polls = new Map();
  /** The child whose sight an element waits for, by direction. @type {Map<Element, [Element, string]>} */
  const watched = new Map();

  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const [element, type] = watched.get(target) ?? [];
      if (isIntersecting && element && type) {
        // Once for each child: the list has to grow before it is asked for more.
        observer.unobserve(target);
        fire(element, type);
      }
    }
  });

  const mount = () => {
    for (const element of document.querySelectorAll("[dj-mounted]")) {
      if (mounted.has(element)) continue;
      mounted.add(element);
      fire(element, "mounted");
    }
  };

  const poll = () => {
    for (const element of document.querySelectorAll("[dj-poll]")) {
      const interval = element.getAttribute("dj-poll-interval");
      const [timer, current] = polls.get(element) ?? [];
      if (timer && current === interval) continue;
      clearInterval(timer);
      const again = setInterval(() => {
        // A hidden page and a lost connection ask for nothing; nor is a question asked twice at once.
        const isAsking = _view._calls.some((call) => call._element === element);
        if (!document.hidden && _view._isReady && !isAsking) fire(element, "poll");
      }, Number(interval) || POLL_MS);
      polls.set(element, [again, interval]);
    }
    for (const [element, [timer]] of polls) {
      if (element.isConnected && element.hasAttribute("dj-poll")) continue;
      clearInterval(timer);
      polls.delete(element);
    }
  };

  const watch = () => {
    for (const child of watched.keys()) if (!child.isConnected) watched.delete(child);
    for (const [type, side] of /** @type {const} */ ([
      ["viewport-top", "firstElementChild"],
      ["viewport-bottom", "lastElementChild"],
    ])) {
      for (const element of document.querySelectorAll(`[dj-${type}]`)) {
        const child = element[side];
        if (!child || watched.get(child)?.[1] === type) continue;
        watched.set(child, [element, type]);
        observer.observe(child);
      }
    }
  };

  const look = () => {
    if (!_view._isReady) return;
    mount();
    poll();
    watch();
  };
  _use({ afterPatch: look, _connection: look });
  look();
};
