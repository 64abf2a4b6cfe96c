/** Frames that are rare: the whole root anew, a refusal, the order to load the page again. */

/** @import {Core, Frame} from "../types.js" */
import { log } from "../log.js";

const RELOAD_PAUSE_MS = 10_000;

/**
 * Load the page again, but not over and over.
 *
 * @returns {number} Until then it is too early; 0: it is on its way.
 */
const reload = () => {
  const now = Date.now();
  const left_ms = Number(sessionStorage.getItem("djust") ?? 0) + RELOAD_PAUSE_MS - now;
  if (left_ms > 0) return left_ms;
  sessionStorage.setItem("djust", String(now));
  location.reload();
  return 0;
};

/** @param {Core} core */
export default ({ _load, _tell, _view }) => {
  const fail = () => {
    document.body.classList.add("dj-error");
    _view._connect(false);
  };

  /** @type {Record<string, (...rest: any[]) => unknown>} */
  const frames = {
    async html(revision, html, extra = {}) {
      const waiting = _view._waiting;
      // A root that nobody asked for: the server had to start afresh.
      const isFresh = !_view._isStale;
      const [morph, recovery] = await Promise.all([_load("morph"), isFresh && _load("recovery")]);
      // The connection has gone meanwhile; the next one will ask again.
      if (waiting !== _view._waiting) return;
      const recover = recovery && recovery();
      _tell((extension) => extension._beforePatch?.(true));
      morph(_view._root, html);
      _view._revision = revision;
      _view._isStale = false;
      _view._scan(_view._root.element);
      if (!_view._isReady) _view._ready(_view._answered);
      _view._patched();
      _view._heed(extra);
      if (recover) recover();
    },
    /**
     * @param {string} code
     * @param {string} text
     */
    error(code, text) {
      if (!_view._isReady) fail();
      document.dispatchEvent(new CustomEvent("djust:error", { detail: { code, text } }));
    },
    reload() {
      // Who may see this page no longer must not keep it; one that never was live stays as it is.
      const wasLive = _view._isReady || _view._answered || _view._revision;
      const left_ms = reload();
      if (left_ms) fail();
      if (left_ms && wasLive) setTimeout(reload, left_ms);
    },
  };

  /** @param {Frame} frame */
  return async ([kind, ...rest]) => {
    const waiting = _view._waiting;
    try {
      await frames[kind]?.(...rest);
    } catch (error) {
      // Without the root that it asked for, the page would stay as it is for good.
      log("cannot be carried out", kind, error);
      frames.reload();
    } finally {
      if (waiting && waiting === _view._waiting) {
        _view._waiting = undefined;
        for (const frame of waiting) _view._received(frame);
      }
    }
  };
};
