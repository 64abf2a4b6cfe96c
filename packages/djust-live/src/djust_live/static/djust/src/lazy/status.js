/** What the visitor sees and hears of the connection: a quiet banner, a live region, `aria-busy`. */

/** @import {Core, Call, Control} from "../types.js" */
import { sendBinary } from "../binary.js";
import { log } from "../log.js";

/** Shorter interruptions are not worth a word. */
const PATIENCE_MS = 1500;

/** Messages that took longer to get here are stale. */
const FLASH_MS = 30_000;

const STYLE = `
.dj-banner {
  position: fixed; inset: auto 0 0; margin: 0 auto 1rem; width: fit-content; max-width: 90vw;
  padding: .5rem 1rem; border-radius: .5rem; font: .9rem/1.4 system-ui, sans-serif; z-index: 2147483647;
  color: #fff; background: #333d; box-shadow: 0 2px 12px #0004; opacity: 0; visibility: hidden;
  transition: opacity .3s, visibility .3s;
}
.dj-banner.dj-shown { opacity: 1; visibility: visible }
.dj-banner.dj-failed { background: #a11 }
body:not(.dj-connected):not(.dj-disconnected) [dj-cloak] { display: none }
@media (prefers-reduced-motion: reduce) { .dj-banner { transition: none } }
`;

const WORDS = {
  lost: document.documentElement.dataset.djLost ?? "Connection lost. Reconnecting…",
  back: document.documentElement.dataset.djBack ?? "Connected again.",
  failed: document.documentElement.dataset.djFailed ?? "This page cannot be shown live right now.",
};

/** How long a module that could not be fetched is left alone: twice as long each time. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Import what an extension has for the browser. One that cannot be fetched stops nothing and is tried again.
 *
 * @param {string} url
 * @param {() => void} late Called when it is there after all.
 * @param {number} [pause_ms]
 * @returns {Promise<void>} When it is there, or has failed for the first time.
 */
const plugIn = (url, late, pause_ms = 0) =>
  // Browsers remember by the whole address what could not be fetched; the fragment is theirs alone.
  import(pause_ms ? `${url}#${pause_ms}${Math.random()}` : url).then(
    async (module) => {
      await module.default(globalThis.djust);
      if (pause_ms) late();
    },
    (error) => {
      log(error);
      // What the network does is a TypeError; a module that is broken stays so.
      if (!(error instanceof TypeError)) return;
      const next_ms = Math.min(2 * pause_ms || RETRY_MS, LONGEST_RETRY_MS);
      setTimeout(() => plugIn(url, late, next_ms).catch(log), next_ms);
    },
  );

/** @param {Core} core */
export default ({ _hold, _load, _parse, _rendered, _tell, _use, _view }) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  // Outside of <body>, which may be the root, so that it is nobody's node but ours.
  const banner = document.createElement("div");
  banner.className = "dj-banner";
  banner.role = "status";
  banner.ariaLive = "polite";
  document.documentElement.append(banner);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {string} text */
  const say = (text, isShown = true) => {
    banner.textContent = text;
    banner.classList.toggle("dj-shown", isShown);
  };
  const look = () => {
    clearTimeout(timer);
    const { classList } = document.body;
    if (_view._isReady) classList.remove("dj-error");
    const isFailed = classList.contains("dj-error");
    banner.classList.toggle("dj-failed", isFailed);
    const wasShown = banner.classList.contains("dj-shown");
    if (_view._isReady) {
      // Heard by those who heard of the loss; no longer to be seen.
      say(wasShown ? WORDS.back : "", false);
    } else if (isFailed) say(WORDS.failed);
    else timer = setTimeout(() => say(WORDS.lost), wasShown ? 0 : PATIENCE_MS);
  };

  /** How many calls of an element are unanswered. @type {Map<Element, number>} */
  const busy = new Map();
  /** @param {Call} call @param {number} change */
  const count = ({ _element }, change) => {
    if (!_element) return;
    const number = (busy.get(_element) ?? 0) + change;
    if (number > 0) {
      busy.set(_element, number);
      _element.setAttribute("aria-busy", "true");
    } else if (busy.delete(_element)) _element.removeAttribute("aria-busy");
  };

  // Views inside of this one say so in no attribute that the core looks for.
  const nest = () => {
    if (document.querySelector("[data-djust-view]")) _load("nested");
  };
  nest();

  _use({
    afterPatch: nest,
    _start: (call) => count(call, 1),
    _end: (call) => count(call, -1),
    _connection(isReady) {
      look();
      _tell((extension) => extension.onConnection?.(isReady));
    },
    _extra({ error }) {
      if (error) document.dispatchEvent(new CustomEvent("djust:error", { detail: error }));
    },
  });
  look();
  // Not needed before the page is ready, so not in the core.
  if (globalThis.djust) {
    globalThis.djust.sendBinary = (namespace, data) => sendBinary(_view, namespace, data);
    globalThis.djust.insert = (parent, before, html) => {
      const nodes = [..._parse(parent, html).childNodes];
      _view._root._quietly(() => nodes.forEach((node) => parent.insertBefore(node, before)));
      for (const node of nodes) _view._scan(node);
      _view._patched();
      return nodes;
    };
    globalThis.djust.guard = (element, change) => {
      const { _guard } = _view._root;
      for (const control of element.querySelectorAll("input,select,textarea")) {
        _guard._touch(/** @type {Control} */ (control));
      }
      _view._root._quietly(change);
      _guard._settle();
    };
  }

  const script = document.querySelector("script[data-djust]");
  const urls = script?.getAttribute("data-djust-modules")?.split(" ") ?? [];
  // A page that comes back is told again what it could not hear.
  const rejoin = () => _view._socket._drop();
  // If we are late ourselves, the page has joined without them.
  const { _isReady: isLate } = _view;
  const plug = Promise.all(urls.map((url) => plugIn(url, rejoin).catch(log))).then(() => {
    if (isLate && urls[0]) rejoin();
  });

  // The buttons of the browser lead back to pages and addresses that were shown without a load.
  if (history.state?.djPage) _load("navigation");

  // Messages of the page before, which led here before it could show them.
  const kept = sessionStorage.getItem("djust-flash");
  if (kept) {
    sessionStorage.removeItem("djust-flash");
    const [at, flash] = JSON.parse(kept);
    if (Date.now() - at < FLASH_MS) {
      _load("flash").then(() => _tell((extension) => extension._extra?.({ flash })));
    }
  }

  // After a reload, browsers choose again what the visitor had chosen before: the server knows nothing of it.
  // What was typed stays: it is the visitor's.
  for (const control of _view._root.element.querySelectorAll(
    "input[type=checkbox],input[type=radio],select",
  )) {
    const choice = /** @type {import("../types.js").Control} */ (control);
    if (!_view._revision && !_view._ref) _hold(choice, _rendered(choice));
  }
  // The page joins when its extensions are there, so none of their messages is missed.
  return plug;
};
