/** Text and rows that the server streams into elements with `dj-stream`. */

/**
 * A text, and the last entry of the log of rows that was there before it.
 *
 * @typedef {{epoch: number, node: Text, state: string, message: string, after: [number, number]}} Known
 */
/** @typedef {import("../../../../../../djust-live/src/djust_live/static/djust/src/types.js").Djust} Djust */

/** @param {any} node */
const keyOf = (node) => node.getAttribute?.("dj-key") ?? node.getAttribute?.("id");

/**
 * Whether one node can become the other; what a template holds is no child of it.
 *
 * @param {any} old
 * @param {any} fresh
 */
const fits = (old, fresh) =>
  old.nodeName === fresh.nodeName &&
  old.localName !== "template" &&
  old.type === fresh.type &&
  keyOf(old) === keyOf(fresh);

/**
 * Make a node what another one is, so that what can stay keeps focus, typed text and the rest of its state.
 *
 * @param {any} old
 * @param {any} fresh
 */
const become = (old, fresh) => {
  if (!fits(old, fresh)) return old.replaceWith(fresh);
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  const isStream = old.hasAttribute("dj-stream");
  for (const { name } of [...old.attributes]) {
    const isOurs = isStream && /^(dj-stream-|aria-busy)/.test(name);
    if (!fresh.hasAttribute(name) && !isOurs) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    try {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    } catch {
      // A policy of the page forbids this attribute, as it did when the row was new.
    }
  }
  if (old.matches("[dj-stream],[dj-ignore],[dj-update=ignore]")) return;
  const spare = [...old.childNodes];
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const at = spare.findIndex((each) => fits(each, node));
    if (at < 0) {
      old.insertBefore(node, place);
      continue;
    }
    const [match] = spare.splice(at, 1);
    if (match === place) place = place.nextSibling;
    else (old.moveBefore ?? old.insertBefore).call(old, match, place);
    become(match, node);
  }
  for (const node of spare) node.remove();
};

/** @param {Djust} djust */
export default (djust) => {
  /** Where each stream goes; an element of the page, or one that waits for it. @type {Map<string, Element>} */
  const places = new Map();
  /** @type {Map<string, Known>} */
  const texts = new Map();
  /** The log of rows, and the last of its entries that is shown. @type {[number, number] | null} */
  let log = null;

  const elements = () => [...document.querySelectorAll("[dj-stream]")];
  /** @param {Element} element */
  const nameOf = (element) => /** @type {string} */ (element.getAttribute("dj-stream"));

  /** @param {string} name */
  const place = (name) => {
    const old = places.get(name);
    if (old?.isConnected && nameOf(old) === name) return old;
    const found =
      elements().find((element) => nameOf(element) === name) ?? old ?? document.createElement("div");
    places.set(name, found);
    // The element was made anew: what was streamed moves over.
    if (old && found !== old) found.replaceChildren(...old.childNodes);
    return found;
  };

  /** @param {string} name */
  const mark = (name) => {
    const { node, state, message } = /** @type {Known} */ (texts.get(name));
    const element = place(name);
    if (node.parentNode !== element) element.replaceChildren(node);
    if (element.getAttribute("dj-stream-state") === state) return;
    element.setAttribute("dj-stream-state", state);
    element.setAttribute("aria-busy", String(state === "streaming"));
    if (message) element.setAttribute("dj-stream-error", message);
    else element.removeAttribute("dj-stream-error");
    document.dispatchEvent(new CustomEvent("djust:stream", { detail: { name, state, message } }));
  };

  const have = () => ({
    texts: Object.fromEntries([...texts].map(([name, { epoch, node }]) => [name, [epoch, node.length]])),
    log,
  });

  /** @type {Record<string, (data: any) => void>} */
  const messages = {
    text([name, epoch, offset, part, state, message, after = [0, 0]]) {
      let known = texts.get(name);
      if (known?.epoch !== epoch) {
        texts.set(name, (known = { epoch, node: document.createTextNode(""), state, message, after }));
      }
      const { node } = /** @type {Known} */ (known);
      // What the server does not know of, after a crash, is taken back.
      node.replaceData(offset, node.length, part);
      Object.assign(/** @type {Known} */ (known), { state, message });
      mark(name);
    },
    rows([id, number, name, html, changes]) {
      if (log && log[0] === id && number <= log[1]) return;
      log = [id, number];
      const known = texts.get(name);
      // A text that was begun later leaves earlier than what a handler gives at its end.
      if (!changes && known && known.after[0] === id && known.after[1] >= number) return;
      const element = place(name);
      if (!changes) {
        texts.delete(name);
        element.replaceChildren();
        if (html) djust.insert?.(element, null, html);
        return;
      }
      const holder = /** @type {Element} */ (element.cloneNode());
      const rows = [...((html && djust.insert?.(holder, null, html)) || [])].filter((node) => node.nodeType === 1);
      for (const [code, index] of changes) {
        const row = element.children[index] ?? null;
        if (code === 3) element.replaceChildren();
        else if (code === 2) row?.remove();
        else {
          const fresh = /** @type {Element} */ (rows.shift());
          if (code) djust.guard?.(row, () => become(row, fresh));
          else element.insertBefore(fresh, row);
        }
      }
      // Hooks and the like look at what is in the page now.
      if (html) djust.insert?.(element, null, "");
    },
    // Rows are shown that the server lost: only a new page is right.
    stale: () => location.reload(),
  };

  djust.use({
    namespace: "streaming",
    onMessage(verb, data) {
      messages[verb](data);
      djust.send("streaming:ack", have());
    },
    onConnection(isReady) {
      const counts = Object.fromEntries(
        elements().map((element) => [nameOf(element), element.childElementCount]),
      );
      const open = [...texts].filter(([, known]) => known.state === "streaming").map(([name]) => name);
      if (isReady) djust.send("streaming:have", { ...have(), counts, open });
    },
    afterPatch() {
      places.forEach((_, name) => place(name));
      texts.forEach((_, name) => mark(name));
    },
  });
};
