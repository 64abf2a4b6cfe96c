/** What plugs into the core: extensions, and our own modules that load when a page needs them. */

/** @import {Core, Extension} from "./types.js" */
import { log } from "./log.js";

/**
 * Which attributes need which module. What is matched is an attribute's name without `dj-`, and a character for
 * what follows: "." a filter, "(" arguments in the value, "[" commands in the value.
 *
 * @type {Record<string, RegExp>}
 */
const MODULES = {
  commands: /\[$/,
  hooks: /^hook/,
  loading: /^(loading|disable|lock)/,
  model: /^model/,
  navigation: /^(patch|navigate|prefetch)/,
  observers: /^(mounted|poll|viewport)/,
  optimistic: /^optimistic/,
  outside: /^(click-away|window|document)/,
  parameters: /[.(]$|^(submit|change|input|key|paste|focus|blur|model)/,
  timing: /^(debounce|throttle)/,
};

/** @type {Extension[]} */
const extensions = [];
/** @type {Record<string, Promise<any>>} */
const modules = {};
/** What the loaded modules offer, by name. @type {Record<string, any>} */
export const offered = {};
const seen = new Set();
const listened = new Set();
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
 * @returns {boolean} Whether one of them took the matter over.
 */
export const tell = (hook) => extensions.filter(hook).length > 0;

/**
 * Load one of our own modules, once.
 *
 * @param {string} name
 * @returns {Promise<any>} What it offers.
 */
export const load = (name) => {
  if (!modules[name]) {
    loading++;
    // The query of our own address carries the version.
    const { search } = new URL(import.meta.url);
    modules[name] = import(new URL(`lazy/${name}.js${search}`, import.meta.url).href).then(
      (module) => (offered[name] = module.default(core)),
    );
    idle = idle.then(() => modules[name]).catch(log).finally(() => loading--);
  }
  return modules[name];
};

/**
 * Do something when no module is being loaded, in the order of the calls.
 *
 * @param {() => void} go
 */
export const whenLoaded = (go) => {
  if (loading) idle.then(go);
  else go();
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
    const { name, value } = attribute;
    const [type, filter] = name.slice(3).split(".");
    const key = type + (value[0] === "[" ? "[" : filter ? "." : value.includes("(") ? "(" : "");
    if (seen.has(key)) continue;
    seen.add(key);
    for (const module in MODULES) if (MODULES[module].test(key)) load(module);
    // One listener a type, however many forms its attributes take.
    if (!listened.has(type)) listen(type);
    listened.add(type);
  }
};
