/**
 * Say something to a developer who asked for it with `globalThis.djustDebug = true`; otherwise be silent.
 *
 * @param {...unknown} what
 */
export const log = (...what) => {
  if (globalThis.djustDebug) console.debug("djust:", ...what);
};
