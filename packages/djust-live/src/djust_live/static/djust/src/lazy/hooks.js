/** Hooks: JavaScript of the page that lives and dies with an element, named by `dj-hook`. */

/** @import {Core, Parameters} from "../types.js" */
import { log } from "../log.js";

/** @param {Core} core */
export default ({ _use, _view }) => {
  /** @type {Map<Element, Record<string, any>>} */
  const live = new Map();
  /** Hooks that the ops at hand have touched. @type {Set<Record<string, any>>} */
  const touched = new Set();

  /**
   * @param {string} name
   * @param {Parameters} [payload]
   * @param {string} [target]
   * @returns {Promise<unknown>} What the handler returned.
   */
  const pushEvent = (name, payload = {}, target) =>
    new Promise((resolve, reject) =>
      _view._fire({
        _name: name,
        _params: payload,
        _target: target,
        _done: ({ error, reply }) => (error ? reject(error) : resolve(reply)),
      }),
    );

  /** @param {Record<string, any>} hook @param {string} moment */
  const call = (hook, moment) => {
    try {
      hook[moment]?.();
    } catch (error) {
      // One broken hook does not stop the page.
      reportError(error);
    }
  };

  /** @param {Element} element @param {Record<string, any>} definition */
  const mount = (element, definition) => {
    /** @type {[string, EventListener][]} */
    const listeners = [];
    const isClass = typeof definition === "function" && definition.prototype;
    const hook = isClass
      ? new /** @type {any} */ (definition)()
      : Object.create(definition);
    Object.assign(hook, {
      el: element,
      /** @param {string} name @param {Parameters} [payload] */
      pushEvent: (name, payload) =>
        pushEvent(
          name,
          payload,
          element.closest("[dj-target]")?.getAttribute("dj-target") ?? undefined,
        ),
      /** @param {string} name @param {(payload: unknown) => void} callback */
      handleEvent: (name, callback) => {
        /** @param {any} event */
        const listener = (event) => callback(event.detail);
        document.addEventListener(`djust:${name}`, listener);
        listeners.push([`djust:${name}`, listener]);
        return () => document.removeEventListener(`djust:${name}`, listener);
      },
      _listeners: listeners,
      _isLost: false,
    });
    live.set(element, hook);
    call(hook, "mounted");
  };

  /** @param {Element} element @param {Record<string, any>} hook */
  const destroy = (element, hook) => {
    live.delete(element);
    call(hook, "destroyed");
    for (const [type, listener] of hook._listeners) document.removeEventListener(type, listener);
  };

  const look = () => {
    for (const [element, hook] of live) {
      if (!element.isConnected || !element.hasAttribute("dj-hook")) destroy(element, hook);
    }
    const hooks = /** @type {Record<string, object>} */ (globalThis.djustHooks ?? {});
    for (const element of document.querySelectorAll("[dj-hook]")) {
      const name = /** @type {string} */ (element.getAttribute("dj-hook"));
      if (live.has(element)) continue;
      if (Object.hasOwn(hooks, name)) mount(element, hooks[name]);
      else log(`no hook is called ${name}`);
    }
  };

  /** @param {Record<string, any>} hook */
  const touch = (hook) => {
    if (touched.has(hook)) return;
    touched.add(hook);
    call(hook, "beforeUpdate");
  };

  // Every op names its node here before it changes it.
  const guard = _view._root._guard;
  const note = guard._touch.bind(guard);
  guard._touch = (node) => {
    for (let up = /** @type {any} */ (node); live.size && up; up = up.parentNode) {
      if (live.has(up)) touch(/** @type {any} */ (live.get(up)));
    }
    note(node);
  };

  _use({
    _beforePatch(isWhole) {
      if (isWhole) live.forEach(touch);
    },
    afterPatch() {
      const updated = [...touched];
      touched.clear();
      look();
      for (const hook of updated) if (live.has(hook.el)) call(hook, "updated");
    },
    _connection(isReady) {
      for (const hook of live.values()) {
        // The first connection is none that came back.
        if (hook._isLost === isReady) call(hook, isReady ? "reconnected" : "disconnected");
        hook._isLost = !isReady;
      }
    },
  });
  look();
  return { _pushEvent: pushEvent };
};
