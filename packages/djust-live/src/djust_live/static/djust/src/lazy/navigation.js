/** Moving without a page load: `dj-patch`, `dj-navigate`, `dj-prefetch`, and the browser's own buttons. */

/** @import {Core, Visit} from "../types.js" */
import { log } from "../log.js";
import { target } from "../target.js";

/** Sent as the name of the event; no handler can be called so. */
const EVENT = "dj-patch";
/** `NavigationLoop` of the server's errors. */
const LOOP = "DJL311";
/** How often the server may lead on without the visitor's doing anything, each within a while of the one before. */
const MOST_HOPS = 10;
const HOP_MS = 20_000;
const HOPS = "djust-hops";
const FLASH = "djust-flash";
const SCROLL_PAUSE_MS = 100;

const newPage = () => String(Math.random());
const session = () =>
  /** @type {HTMLElement} */ (document.querySelector("script[data-djust]")).dataset.djustSession;
/** @param {string} url */
const bare = (url) => url.split("#")[0];

/** @param {Core} core */
export default ({ _load, _use, _view }) => {
  /** @type {Set<string>} */
  const fetched = new Set();
  let shown = location.href;
  /** Where the server would start afresh. */
  let loaded = shown;
  /** Tells the entries of this page view from those of others. @type {string} */
  let page = history.state?.djPage ?? newPage();
  /** The visit under way. @type {AbortController | undefined} */
  let current;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const announcer = document.createElement("div");
  announcer.ariaLive = "assertive";
  announcer.role = "status";
  announcer.classList.add("dj-announcer");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    ".dj-announcer{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}",
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.documentElement.append(announcer);

  let spoken = document.title;
  /** Whether the page's view has said its title. */
  let isEntered = true;
  const announce = () => {
    const { title } = document;
    spoken = title;
    // The same words twice would not be heard the second time.
    announcer.textContent = announcer.textContent === title ? title + "\u00a0" : title;
  };

  /** Where the focus is, as a selector. */
  const focus = () => {
    const { id, localName, attributes } = /** @type {Element} */ (document.activeElement);
    if (id) return "#" + CSS.escape(id);
    for (const name of ["href", "dj-navigate", "name"]) {
      const value = attributes.getNamedItem(name)?.value;
      if (value) return `${localName}[${name}="${CSS.escape(value)}"]`;
    }
    return undefined;
  };

  /** Note in the history where the visitor is on the page. */
  const remember = () => {
    clearTimeout(timer);
    const here = { djPage: page, djScroll: [scrollX, scrollY], djFocus: focus() };
    history.replaceState({ ...history.state, ...here }, "");
  };

  /** @param {string} url @param {boolean} [isReplacing] @param {string} [next] Whose the entry is. */
  const go = (url, isReplacing, next = page) => {
    remember();
    page = next;
    history[isReplacing ? "replaceState" : "pushState"]({ djPage: page }, "", url);
    shown = location.href;
  };

  /** How many of our moves inside of the page are unanswered. */
  let moves = 0;

  /**
   * Tell the server where the page is now.
   *
   * @param {{djScroll?: [number, number], djFocus?: string}} [back] Where the visitor was, who comes back.
   */
  const arrive = (back) => {
    const href = (shown = location.href);
    moves++;
    _view._fire({
      _name: EVENT,
      _params: { uri: location.pathname + location.search },
      _done: () => {
        moves--;
        // Who has moved on meanwhile is elsewhere.
        if (href !== location.href) return;
        announce();
        if (!back) target()?.scrollIntoView();
        // Only now is the page as long as it was.
        if (back?.djScroll) scrollTo(...back.djScroll);
        if (back?.djFocus && document.activeElement === document.body) {
          /** @type {HTMLElement | null} */ (document.querySelector(back.djFocus))?.focus({ preventScroll: true });
        }
      },
    });
  };

  /** @param {[string, string, boolean?][]} [flash] */
  const keep = (flash) => {
    if (flash?.[0]) sessionStorage.setItem(FLASH, JSON.stringify([Date.now(), flash]));
  };

  const isLoop = () => {
    const [count, at] = JSON.parse(sessionStorage.getItem(HOPS) ?? "[0,0]");
    const hops = Date.now() - at < HOP_MS ? count + 1 : 1;
    sessionStorage.setItem(HOPS, JSON.stringify([hops, Date.now()]));
    if (hops <= MOST_HOPS) return false;
    sessionStorage.removeItem(HOPS);
    log("pages lead to one another without end", location.href);
    document.dispatchEvent(new CustomEvent("djust:error", { detail: { code: LOOP, text: "" } }));
    return true;
  };
  for (const type of ["pointerdown", "keydown"]) {
    addEventListener(type, () => sessionStorage.removeItem(HOPS), true);
  }

  /** Whether nothing that the visitor entered would be lost, or the visitor does not mind. */
  const mayLeave = () =>
    dispatchEvent(new Event("beforeunload", { cancelable: true })) ||
    confirm(document.documentElement.dataset.djLeave ?? "Leave without saving?");

  /** @param {string} url @param {Visit} visit */
  const load = (url, { _isReplacing, _isBack, _flash }) => {
    keep(_flash);
    if (bare(url) === bare(location.href)) {
      // The address is there already, so nothing but a reload would load anything.
      if (!_isBack) history.replaceState({}, "", url);
      location.reload();
    } else location[_isReplacing || _isBack ? "replace" : "assign"](url);
  };

  /**
   * Show another page: over our socket inside one live session, else by a page load.
   *
   * @param {string} url
   * @param {Visit} visit
   */
  const move = async (url, visit) => {
    current?.abort();
    if (!session() || new URL(url).origin !== location.origin) return load(url, visit);
    const { signal } = (current = new AbortController());
    const { _show } = await _load("visit");
    const elsewhere = await _show(url, session(), signal, visit, (/** @type {string} */ final) => {
      if (visit._isBack) {
        page = history.state.djPage;
        // What was a page may lead on to another one by now.
        history.replaceState(history.state, "", final);
      } else go(final, visit._isReplacing, newPage());
      loaded = shown = location.href;
    });
    if (signal.aborted) return;
    current = undefined;
    if (elsewhere) return load(elsewhere, visit);
    announce();
    isEntered = false;
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = /** @type {any} */ (/** @type {Element} */ (event.target).closest("[dj-patch],[dj-navigate]"));
    const isPatch = link?.hasAttribute("dj-patch");
    const url = link?.getAttribute(isPatch ? "dj-patch" : "dj-navigate") || link?.getAttribute("href");
    if (!url || link.download || !/^(_self)?$/.test(link.target ?? "")) return;
    const { href, origin, hash } = new URL(url, location.href);
    const isOurs = origin === location.origin && (isPatch || session());
    // What the browser does by itself, it does best.
    if (link.href && (!isOurs || (!isPatch && hash && bare(href) === bare(location.href)))) return;
    const question = link.getAttribute("dj-confirm");
    event.preventDefault();
    if (question !== null && !confirm(question)) return;
    const _isReplacing = link.hasAttribute("dj-replace");
    if (isPatch && isOurs) {
      current?.abort();
      go(href, _isReplacing);
      arrive();
    } else if (!isOurs) location.assign(url);
    else if (mayLeave()) move(href, { _isReplacing });
  });

  addEventListener("popstate", ({ state }) => {
    // A jump inside the page is the browser's own business.
    if (bare(location.href) === bare(shown) && (state?.djPage ?? page) === page) return;
    clearTimeout(timer);
    current?.abort();
    if (state?.djPage && state.djPage !== page) {
      const back = { _isBack: true, _scroll: state.djScroll, _focus: state.djFocus };
      if (mayLeave()) move(location.href, back);
      else history.pushState({ djPage: page }, "", shown);
      return;
    }
    arrive({ djScroll: [0, 0], ...state });
  });

  addEventListener(
    "scroll",
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => current || moves || remember(), SCROLL_PAUSE_MS);
    },
    { passive: true },
  );

  for (const type of ["mouseover", "focusin", "touchstart"]) {
    document.addEventListener(
      type,
      (event) => {
        const link = /** @type {any} */ (event.target).closest?.("[dj-prefetch]");
        const url = link?.href;
        // A link to this very page may come under the pointer that has led here.
        if (!url || new URL(url).origin !== location.origin || bare(url) === bare(location.href)) return;
        if (session() && link.hasAttribute("dj-navigate")) {
          _load("visit").then(({ _prefetch }) => _prefetch(url, session()));
        } else if (!fetched.has(url)) {
          fetched.add(url);
          const hint = document.createElement("link");
          hint.rel = "prefetch";
          hint.href = url;
          document.head.append(hint);
        }
      },
      { passive: true },
    );
  }

  // Who starts afresh does so at the page's address: nothing else is ever shown, or clicked.
  const { _socket } = _view;
  const send = _socket._send;
  _socket._send = (frame) => {
    const { pathname, search } = new URL(shown);
    const isMoved = frame[0] === "join" && bare(shown) !== bare(loaded);
    return send.call(_socket, isMoved ? [...frame, pathname + search] : frame);
  };

  _use({
    /**
     * `url` is `[url, replace]`: where `live_patch` led. `url_next` is `[url, replace, flash]`: the next page.
     * `url_leave` is `[url, cookie, replace]`: a page to load, and messages that Django shows there.
     */
    _extra({ url, url_next: next, url_leave: away }) {
      if (!isEntered && document.title !== spoken) announce();
      isEntered = true;
      if (url) {
        go(url[0], url[1]);
        if (url[0].includes("#")) target()?.scrollIntoView();
        // What is narrowed while somebody types is the same page all the time.
        if (!url[1] || document.title !== spoken) announce();
      }
      if (next && !isLoop()) {
        move(new URL(next[0], location.href).href, { _isReplacing: next[1], _flash: next[2] });
      }
      if (away) {
        if (away[1]) document.cookie = away[1];
        const isPage =
          URL.canParse(away[0], location.href) && /^https?:/.test(new URL(away[0], location.href).href);
        if (isPage && !isLoop()) location[away[2] ? "replace" : "assign"](away[0]);
      }
    },
  });
  remember();
  if (session()) _load("visit");

  return {
    /** @param {string} url */
    _go(url) {
      if (mayLeave()) move(new URL(url, location.href).href, {});
    },
  };
};
