/** Text and rows that the server streams into elements with `dj-stream`. */

/** @typedef {{epoch: number, node: Text, state: string, message: string}} Known */
/** @typedef {import("../../../../../../djust-live/src/djust_live/static/djust/src/types.js").Djust} Djust */

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
    text([name, epoch, offset, part, state, message]) {
      let known = texts.get(name);
      if (known?.epoch !== epoch) {
        texts.set(name, (known = { epoch, node: document.createTextNode(""), state, message }));
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
      const element = place(name);
      if (!changes) element.replaceChildren();
      const fresh = html && djust.insert ? djust.insert(element, null, html) : [];
      if (!changes) return;
      const rows = fresh.filter((node) => node.nodeType === 1);
      for (const node of fresh) node.remove();
      for (const [code, index] of changes) {
        const row = element.children[index] ?? null;
        if (code === 3) element.replaceChildren();
        else if (code === 2) row?.remove();
        else if (code === 1) row?.replaceWith(/** @type {Node} */ (rows.shift()));
        else element.insertBefore(/** @type {Node} */ (rows.shift()), row);
      }
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
