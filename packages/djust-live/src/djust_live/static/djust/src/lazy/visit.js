/** Another page of the live session: fetched as any page is, shown in place of this one, attached over its socket. */

/** @import {Core, Frame, Visit} from "../types.js" */
import { log } from "../log.js";
import { target } from "../target.js";

/** What those hear whose call the page that is left never answered: `ViewGone` of the server's errors. */
const LEFT = { code: "DJL306", text: "" };

/** A page that was fetched ahead waits on the server no longer than this. */
const FRESH_MS = 10_000;

const CODE = "script:not([data-djust],[type$=json],[type*=template])";
const CARRIED = "title,meta,link:not([rel~=stylesheet])";

/** What runs or styles the page; the same in two pages when it has the same names or texts. @param {Element} one */
const nameOf = (one) =>
  /** @type {any} */ (one).src || /** @type {any} */ (one).href || one.textContent;

/** @param {ParentNode} root @param {string} selector */
const names = (root, selector) => new Set([...root.querySelectorAll(selector)].map(nameOf));

/** @param {Set<string>} some @param {Set<string>} all */
const isWithin = (some, all) => [...some].every((one) => all.has(one));

/** @param {ParentNode} root */
const scriptOf = (root) => /** @type {HTMLElement | null} */ (root.querySelector("script[data-djust]"));

/** @param {Element} from @param {Element} to */
const copyAttributes = (from, to) => {
  for (const { name, value } of from.attributes) to.setAttribute(name, value);
};

/**
 * @typedef {{url: string, html?: string}} Answer
 *
 * @param {string} url
 * @param {string} session
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>} A page, or where to load one.
 */
const get = async (url, session, signal) => {
  const headers = { Accept: "text/html", "X-Djust-Visit": session };
  const response = await fetch(url, { headers, signal, credentials: "same-origin" });
  const final = response.headers.get("X-Djust-Location") ?? (response.url || url);
  const isPage = response.ok && /^text\/html/.test(response.headers.get("Content-Type") ?? "");
  return { url: final, html: isPage ? await response.text() : undefined };
};

/** @param {Core} core */
export default ({ _load, _parse, _setAttribute, _tell, _use, _view }) => {
  /** @type {Map<string, {_at: number, _answer: Promise<Answer>}>} */
  const ahead = new Map();
  const code = names(document, CODE);

  /** @param {string} link @param {string} session */
  const prefetch = (link, session) => {
    const [url] = link.split("#");
    const known = ahead.get(url);
    if (known && Date.now() - known._at < FRESH_MS) return known;
    const entry = { _at: Date.now(), _answer: get(url, session) };
    entry._answer.catch((error) => {
      log("not fetched ahead", url, error);
      ahead.delete(url);
    });
    ahead.set(url, entry);
    return entry;
  };

  /** Whether the page needs nothing that only a page load brings. @param {ParentNode} next @param {string} session */
  const isAlike = (next, session) => {
    const ours = /** @type {HTMLElement} */ (scriptOf(document)).dataset;
    const theirs = scriptOf(next)?.dataset;
    const head = /** @type {ParentNode} */ (next.querySelector("head"));
    const styles = names(head, "link[rel~=stylesheet],style");
    const mine = names(document.head, "link[rel~=stylesheet],style");
    /** @param {DOMStringMap} data */
    const modules = (data) => new Set((data.djustModules ?? "").split(" ").filter(Boolean));
    return (
      theirs?.djustSession === session &&
      theirs.djustUrl === ours.djustUrl &&
      isWithin(modules(theirs), modules(ours)) &&
      isWithin(names(next, CODE), code) &&
      isWithin(styles, mine) &&
      isWithin(mine, styles)
    );
  };

  /** @param {ParentNode} next @param {string} html */
  const swap = (next, html) => {
    const root = _view._root;
    const { head, body, documentElement } = document;
    const [, attributes] = /<html(\s[^>]*)>/i.exec(html) ?? [];
    if (attributes) {
      copyAttributes(/** @type {Element} */ (_parse(body, `<p${attributes}>`).firstElementChild), documentElement);
    }
    const source = /** @type {Element} */ (next.querySelector("body"));
    const theirs = /** @type {HTMLElement} */ (scriptOf(next));
    _view._token = /** @type {string} */ (theirs.dataset.djust);
    scriptOf(head)?.setAttribute("data-djust", _view._token);
    root._observer.disconnect();
    for (const old of head.querySelectorAll(CARRIED)) old.remove();
    head.append(.../** @type {Element} */ (next.querySelector("head")).querySelectorAll(CARRIED));
    for (const message of document.querySelectorAll(".dj-flash")) message.remove();
    for (const { name } of [...body.attributes]) body.removeAttribute(name);
    for (const { name, value } of source.attributes) _setAttribute(body, name, value);
    body.replaceChildren(...source.childNodes);
    // The same object, since other modules hold it.
    root.element = body.querySelector("[dj-root]") ?? body;
    root._nodes = [];
    root._displaced.clear();
    root._number(root.element);
    root._observer.observe(root.element, { childList: true, subtree: true });
  };

  /** @param {ParentNode} next @param {string} html */
  const change = (next, html) => {
    const socket = _view._socket;
    const wasReady = _view._isReady;
    _tell((extension) => extension._flush?.());
    if (wasReady) socket._send(["leave"]);
    for (const call of _view._calls) {
      _tell((extension) => extension._end?.(call, {}));
      call._done?.({ error: LEFT });
    }
    _view._connect(false);
    _tell((extension) => extension._beforePatch?.(true));
    swap(next, html);
    Object.assign(_view, {
      _calls: [],
      _revision: 0,
      _ref: 0,
      _answered: 0,
      _isStale: false,
      _waiting: undefined,
    });
    _view._scan(_view._root.element);
    _view._patched();
    if (wasReady) {
      const received = _view._received;
      // What the other page's view has sent meanwhile is not for this one.
      _view._received = (/** @type {Frame} */ frame) => {
        if (!/^(ready|reload|error|drain)$/.test(frame[0])) return;
        _view._received = received;
        _view._received(frame);
      };
      _view._opened();
    } else if (socket._socket) {
      // It may be half-way through joining as the other page.
      socket._drop();
      socket._connect();
    }
  };

  /** @param {Visit} visit */
  const place = ({ _isBack, _scroll, _focus }) => {
    const named = target();
    if (_isBack && _scroll) scrollTo(_scroll[0], _scroll[1]);
    else if (named) named.scrollIntoView();
    else scrollTo(0, 0);
    const wanted = _isBack ? _focus && document.querySelector(_focus) : document.querySelector("[autofocus]");
    const { body } = document;
    const chosen = /** @type {HTMLElement} */ (wanted || named || body);
    chosen.focus({ preventScroll: true });
    if (document.activeElement === chosen && chosen !== body) return;
    // Tab goes on from here, and a screen reader reads from here.
    const had = chosen.getAttribute("tabindex");
    chosen.tabIndex = -1;
    chosen.focus({ preventScroll: true });
    if (had === null) chosen.removeAttribute("tabindex");
  };

  // What a handler does may show on the page that was fetched before.
  _use({ _start: () => ahead.clear() });

  return {
    _prefetch: prefetch,

    /**
     * Show a page.
     *
     * @param {string} url
     * @param {string} session
     * @param {AbortSignal} signal
     * @param {Visit} visit
     * @param {(url: string) => void} arrived Called when the page is about to be shown.
     * @returns {Promise<string | undefined>} The page to load instead.
     */
    async _show(url, session, signal, visit, arrived) {
      const [address, hash] = url.split("#");
      const known = ahead.get(address);
      ahead.delete(address);
      const { documentElement } = document;
      documentElement.setAttribute("aria-busy", "true");
      try {
        const isFresh = known && Date.now() - known._at < FRESH_MS;
        const answer = await (isFresh ? known._answer : get(address, session, signal));
        const final = answer.url + (hash === undefined ? "" : `#${hash}`);
        if (signal.aborted) return undefined;
        const next = answer.html === undefined ? undefined : _parse(documentElement, answer.html);
        if (!next || !isAlike(next, session)) return final;
        arrived(final);
        change(next, /** @type {string} */ (answer.html));
        if (visit._flash?.[0]) {
          await _load("flash");
          _tell((extension) => extension._extra?.({ flash: visit._flash }));
        }
        place(visit);
        document.dispatchEvent(new CustomEvent("djust:navigate", { detail: { url: location.href } }));
      } catch (error) {
        if (signal.aborted) return undefined;
        log("cannot be visited", url, error);
        return url;
      } finally {
        if (!signal.aborted) documentElement.removeAttribute("aria-busy");
      }
      return undefined;
    },
  };
};
