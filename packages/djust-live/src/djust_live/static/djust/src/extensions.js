/** What plugs into the core: extensions, and our own modules that load when a page needs them. */

/** @import {Core, Extension} from "./types.js" */
import { log } from "./log.js";

/**
 * What needs which module: the name of an attribute without `dj-`, then "." for a filter in it or a value of its
 * element, "(" for arguments, "[" for commands, "=" for none of these; or "+" and what a frame from the server says.
 *
 * @type {Record<string, RegExp>}
 */
const MODULES = {
  bus: /\+state/,
  commands: /\[$/,
  flash: /\+flash/,
  hooks: /hook/,
  loading: /^(loading|disable|lock)/,
  model: /^model/,
  navigation: /^(patch|navigate|prefetch)|\+url/,
  observers: /^(mounted|poll|viewport)/,
  optimistic: /optimistic/,
  outside: /^(click-|window|document)/,
  parameters: /[.(]$|^(submit|change|input|key|paste|focus|blur|model)/,
  timing: /^(debounce|throttle|model\.)|policies/,
  transitions: /transition/,
};

/** How long a module that could not be fetched is left alone. */
const RETRY_MS = 1000;

/** @type {Extension[]} */
const extensions = [];
/** What was asked for; null: it could not be fetched. @type {Record<string, Promise<any> | null>} */
const modules = {};
let fetches = 0;
/** What was found so far: types of events, and what modules may be needed for. @type {Record<string, boolean>} */
export const seen = {};
/** @type {Promise<unknown>} */
let idle = Promise.resolve();
let loading = 0;
/** @type {Core} */
let core;

/** @param {Core} shared What our own modules are given. */
export const share = (shared) => {
  core = shared;
};

/** @param {Extension} extension */
export const use = (extension) => {
  extensions.push(extension);
};

/**
 * Call a hook of every extension.
 *
 * @param {(extension: Extension) => unknown} hook
 */
export const tell = (hook) => extensions.forEach(hook);

/**
 * Call a hook of one extension after the other until one says yes.
 *
 * @param {(extension: Extension) => unknown} hook
 */
export const ask = (hook) => extensions.some(hook);

/**
 * Load one of our own modules, once; again later if it could not be fetched.
 *
 * @param {string} name
 * @returns {Promise<any>} What it offers.
 */
export const load = (name) => {
  if (!modules[name]) {
    loading++;
    // Beside our own file; a query in our address, which may carry a version, stays. Many browsers remember by the
    // whole address what could not be fetched, so each attempt has a fragment of its own; caches and servers do not see it.
    const url = import.meta.url.replace(/[^/]+\.js(\?.*|$)/, `lazy/${name}.js$1#${fetches++}`);
    modules[name] = import(url).then((module) => module.default(core));
    idle = idle
      .then(() => modules[name])
      .catch((error) => {
        log(error);
        setTimeout(() => (modules[name] = null), RETRY_MS);
      })
      .then(() => loading--);
  }
  return /** @type {Promise<any>} */ (modules[name]);
};

/**
 * Do something when no module is being loaded, in the order of the calls; what could not be fetched is tried again.
 *
 * @param {() => void} go
 */
export const whenLoaded = (go) => {
  for (const name in modules) load(name);
  if (loading) idle.then(go);
  else go();
};

/** @param {string} word */
const isNew = (word) => !seen[word] && (seen[word] = true);

/**
 * Load the modules for something that the page has or the server says.
 *
 * @param {string} what
 */
export const need = (what) => {
  if (isNew(what)) for (const module in MODULES) if (MODULES[module].test(what)) load(module);
};

/**
 * Look for attributes that nobody looks after yet.
 *
 * @param {Node} node
 * @param {(type: string) => void} listen Called with what may be the type of an event.
 */
export const scan = (node, listen) => {
  const found = document.evaluate("descendant-or-self::*/@*[starts-with(name(),'dj-')]", node);
  for (let attribute; (attribute = /** @type {Attr | null} */ (found.iterateNext())); ) {
    const { name, value, ownerElement } = attribute;
    const [type, filter] = name.slice(3).split(".");
    // One listener a type, however many forms its attributes take.
    if (isNew(type)) listen(type);
    const hasMore = filter ?? /** @type {any} */ (ownerElement).value;
    need(type + (value[0] === "[" ? "[" : hasMore ? "." : value.includes("(") ? "(" : "="));
  }
};
