/** Moving without a page load: `dj-patch`, `dj-navigate`, `dj-prefetch`, and the browser's own buttons. */

/** @import {Core} from "../types.js" */

/** Sent as the name of the event; no handler can be called so. */
const EVENT = "dj-patch";

/** @param {Core} core */
export default ({ _use, _view }) => {
  /** @type {Set<string>} */
  const fetched = new Set();
  let shown = location.href;

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

  /** Tell the server where the page is now. */
  const arrive = () => {
    shown = location.href;
    _view._fire({
      _name: EVENT,
      _params: { uri: location.pathname + location.search },
      _done: () => {
        announcer.textContent = document.title;
        if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
      },
    });
  };

  /** @param {string} url @param {boolean} isReplacing */
  const go = (url, isReplacing) => {
    history.replaceState({ ...history.state, djScroll: [scrollX, scrollY] }, "");
    history[isReplacing ? "replaceState" : "pushState"]({}, "", url);
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = /** @type {Element} */ (event.target).closest("[dj-patch]");
    const url = link?.getAttribute("dj-patch") || link?.getAttribute("href");
    if (!link || !url) return;
    const { href, origin } = new URL(url, location.href);
    if (origin !== location.origin) return;
    event.preventDefault();
    go(href, link.hasAttribute("dj-replace"));
    arrive();
  });

  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("[dj-navigate]:not([href])");
    const url = link?.getAttribute("dj-navigate");
    if (url && !event.defaultPrevented) location.assign(url);
  });

  addEventListener("popstate", ({ state }) => {
    // A jump inside the page is the browser's own business.
    if (location.href.split("#")[0] === shown.split("#")[0]) return;
    arrive();
    const [x, y] = state?.djScroll ?? [0, 0];
    requestAnimationFrame(() => scrollTo(x, y));
  });

  for (const type of ["mouseover", "focusin", "touchstart"]) {
    document.addEventListener(
      type,
      (event) => {
        const link = /** @type {any} */ (event.target).closest?.("[dj-prefetch]");
        if (!link?.href || fetched.has(link.href)) return;
        fetched.add(link.href);
        const hint = document.createElement("link");
        hint.rel = "prefetch";
        hint.href = link.href;
        document.head.append(hint);
      },
      { passive: true },
    );
  }

  _use({
    /** `url` is `[url, replace]`: where `live_patch` led. */
    _extra({ url }) {
      if (!url) return;
      go(url[0], url[1]);
      shown = location.href;
      announcer.textContent = document.title;
    },
  });
};
