/** Where the others point, select and type, inside elements with `dj-cursors`; and where this visitor does. */

/** @typedef {[number, number, string, number[][], boolean]} Cursor x, y, name, boxes of the selection, typing. */

const INTERVAL_MS = 50;
const TYPING_MS = 1500;
const MAX_BOXES = 8;

const STYLE = `
dj-cursor-layer { position: absolute; inset: 0; overflow: hidden; pointer-events: none; z-index: 2147483646 }
dj-cursor { position: absolute; color: hsl(var(--dj-hue) 75% 38%); transition: left .1s linear, top .1s linear }
dj-cursor::before {
  content: ""; display: block; width: 14px; height: 18px; background: currentColor;
  clip-path: polygon(0 0, 100% 65%, 50% 70%, 25% 100%);
}
dj-cursor b {
  display: block; margin: 2px 0 0 10px; padding: 1px 6px; border-radius: 8px; white-space: nowrap; width: fit-content;
  font: 12px/1.5 system-ui, sans-serif; color: #fff; background: hsl(var(--dj-hue) 75% 38%);
}
dj-cursor.dj-typing b::after { content: " …" }
dj-selection { position: absolute; background: hsl(var(--dj-hue) 75% 50% / .25) }
@media (prefers-reduced-motion: reduce) { dj-cursor { transition: none } }
`;

/** @param {string} user */
const hueOf = (user) => {
  let hue = 0;
  for (const letter of user) hue = (hue * 31 + /** @type {number} */ (letter.codePointAt(0))) % 360;
  return String(hue);
};

/** @param {number} part */
const percent = (part) => `${part * 100}%`;

/** @param {number} part */
const rounded = (part) => Math.round(Math.min(1, Math.max(0, part)) * 1e4) / 1e4;

/** @param {{use(extension: object): void, send(kind: string, data: unknown): boolean}} djust */
export default (djust) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  /** The others, by user. @type {Map<string, Cursor>} */
  const others = new Map();
  const layer = document.createElement("dj-cursor-layer");
  layer.setAttribute("dj-ignore", "");
  layer.setAttribute("aria-hidden", "true");
  /** What each user's elements are. @type {Map<string, HTMLElement[]>} */
  const drawn = new Map();
  /** @type {HTMLElement | null} */
  let container = null;

  const isReady = () => document.body.classList.contains("dj-connected");

  /** Hold the layer where the page has it now. */
  const attach = () => {
    container = document.querySelector("[dj-cursors]");
    if (!container) layer.remove();
    else if (layer.parentNode !== container && others.size) {
      // The places are those of the element, so it has to be what they are measured from.
      if (getComputedStyle(container).position === "static") container.style.position = "relative";
      container.append(layer);
    }
  };

  /** @param {string} user */
  const erase = (user) => {
    drawn.get(user)?.forEach((element) => element.remove());
    drawn.delete(user);
  };

  /** @param {string} user @param {Cursor} cursor */
  const draw = (user, [x, y, name, boxes, isTyping]) => {
    const [element, ...old] = drawn.get(user) ?? [document.createElement("dj-cursor")];
    if (!element.firstChild) element.append(document.createElement("b"));
    /** @type {HTMLElement} */ (element.firstChild).textContent = name;
    element.classList.toggle("dj-typing", isTyping);
    element.style.left = percent(x);
    element.style.top = percent(y);
    old.forEach((box) => box.remove());
    const fresh = boxes.map(([left, top, width, height]) => {
      const box = document.createElement("dj-selection");
      Object.assign(box.style, { left: percent(left), top: percent(top) });
      Object.assign(box.style, { width: percent(width), height: percent(height) });
      return box;
    });
    const all = [element, ...fresh];
    for (const each of all) each.style.setProperty("--dj-hue", hueOf(user));
    layer.append(...all.filter((each) => each.parentNode !== layer));
    drawn.set(user, all);
  };

  // What this visitor does

  let x = 0;
  let y = 0;
  let wasSent = "";
  let typedAt = 0;
  let isShown = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {DOMRect} outer @param {DOMRect} rect */
  const part = (outer, rect) => [
    rounded((rect.left - outer.left) / outer.width),
    rounded((rect.top - outer.top) / outer.height),
    rounded(rect.width / outer.width),
    rounded(rect.height / outer.height),
  ];

  /** Where the selection is: that of the text, or the control that is typed into. */
  const boxes = () => {
    const active = document.activeElement;
    const selection = document.getSelection();
    const outer = /** @type {Element} */ (container).getBoundingClientRect();
    if (!outer.width || !outer.height) return [];
    if (active?.matches("input,textarea") && container?.contains(active)) {
      return [part(outer, active.getBoundingClientRect())];
    }
    if (!selection?.rangeCount || selection.isCollapsed) return [];
    const range = selection.getRangeAt(0);
    if (!container?.contains(range.commonAncestorContainer)) return [];
    return [...range.getClientRects()].slice(0, MAX_BOXES).map((rect) => part(outer, rect));
  };

  const send = () => {
    timer = undefined;
    attach();
    if (!container || !isShown || !isReady()) return;
    const isTyping = Date.now() - typedAt < TYPING_MS;
    const data = [x, y, boxes(), isTyping];
    const text = JSON.stringify(data);
    if (text !== wasSent && djust.send("cursors:move", data)) wasSent = text;
    if (isTyping) timer = setTimeout(send, TYPING_MS);
  };
  /** However much happens, one message in a while, with the last of it. */
  const later = () => {
    clearTimeout(timer);
    const wait = Math.max(0, INTERVAL_MS - (Date.now() - movedAt));
    timer = setTimeout(() => {
      movedAt = Date.now();
      send();
    }, wait);
  };
  let movedAt = 0;

  const hide = () => {
    if (!isShown) return;
    isShown = false;
    wasSent = "";
    if (isReady()) djust.send("cursors:leave", null);
  };

  /** @param {Event} event */
  const isInside = ({ target }) => {
    container = document.querySelector("[dj-cursors]");
    return !!container?.contains(/** @type {Node} */ (target));
  };

  /** @param {number} left @param {number} top @param {DOMRect} outer */
  const place = (left, top, outer) => {
    x = rounded((left - outer.left) / outer.width);
    y = rounded((top - outer.top) / outer.height);
  };

  document.addEventListener("pointermove", (event) => {
    if (!isInside(event)) return hide();
    const outer = /** @type {Element} */ (container).getBoundingClientRect();
    place(event.clientX, event.clientY, outer);
    isShown = true;
    later();
  });
  document.documentElement.addEventListener("pointerleave", hide);
  document.addEventListener("input", (event) => {
    if (!isInside(event)) return;
    typedAt = Date.now();
    if (!isShown) {
      // Nobody has seen a pointer, and on a touch screen there is none: stand where the text grows.
      const { left, bottom } = /** @type {Element} */ (event.target).getBoundingClientRect();
      const outer = /** @type {Element} */ (container).getBoundingClientRect();
      place(left, bottom, outer);
    }
    isShown = true;
    later();
  });
  document.addEventListener("selectionchange", () => isShown && later());

  djust.use({
    namespace: "cursors",
    /** @param {string} _verb @param {Record<string, Cursor | null>} news */
    onMessage(_verb, news) {
      for (const [user, cursor] of Object.entries(news)) {
        if (cursor) others.set(user, cursor);
        else others.delete(user);
        if (cursor) draw(user, cursor);
        else erase(user);
      }
      attach();
    },
    afterPatch: attach,
    /** @param {boolean} isConnected */
    onConnection(isConnected) {
      if (isConnected) return later();
      for (const user of others.keys()) erase(user);
      others.clear();
      wasSent = "";
    },
  });
};
