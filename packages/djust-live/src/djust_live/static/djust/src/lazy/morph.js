/** Turn the root into what new HTML says, node by node, so that everything that can stay keeps its state. */

/** @import {Core, Control} from "../types.js" */
/** @import {Root, Numbered} from "../ops.js" */

/** @param {Node} node */
const isElement = (node) => node.nodeType === 1;

/**
 * @template T
 * @param {Iterable<T>} items
 * @param {(item: T) => unknown} isWanted
 * @returns {T | undefined}
 */
const find = (items, isWanted) => {
  for (const item of items) if (isWanted(item)) return item;
  return undefined;
};

/** @param {any} element */
const keyOf = (element) =>
  element.getAttribute?.("dj-key") ?? element.getAttribute?.("id") ?? undefined;

/**
 * Whether one node can become the other.
 *
 * @param {any} old
 * @param {any} fresh
 */
const fits = (old, fresh) =>
  old.nodeType === fresh.nodeType &&
  old.localName === fresh.localName &&
  old.namespaceURI === fresh.namespaceURI &&
  old.target === (isElement(old) ? old.target : fresh.target) &&
  keyOf(old) === keyOf(fresh) &&
  // The type of a control decides what it can hold.
  old.getAttribute?.("type") === fresh.getAttribute?.("type");

/**
 * Whether an element of another script stands where one of ours is missing: a copy, most likely.
 *
 * @param {any} twin
 * @param {any} fresh
 */
const isTwin = (twin, fresh) =>
  fits(twin, fresh) && isElement(twin) && twin.cloneNode().isEqualNode(fresh.cloneNode());

/** @param {Core} core */
export default ({ _OPAQUE, _home, _move, _parse, _setAttribute }) => {
  /**
   * @param {Element} old
   * @param {Element} fresh
   */
  const morphAttributes = (old, fresh) => {
    const kept = (old.getAttribute("dj-ignore-attrs") ?? "").split(/[\s,]+/);
    for (const { name, namespaceURI, localName } of [...old.attributes]) {
      if (!fresh.hasAttributeNS(namespaceURI, localName) && !kept.includes(name)) {
        old.removeAttributeNS(namespaceURI, localName);
      }
    }
    for (const attribute of [...fresh.attributes]) {
      const { name, value, namespaceURI, localName } = attribute;
      if (old.getAttributeNS(namespaceURI, localName) === value || kept.includes(name)) continue;
      try {
        if (namespaceURI) old.setAttributeNS(namespaceURI, name, value);
        else _setAttribute(old, name, value);
      } catch {
        // A policy of the page forbids this attribute, as it did when the page was loaded.
      }
    }
  };

  /**
   * @param {Root} root
   * @param {string} html
   */
  return (root, html) => {
    const { element } = root;
    /** The nodes that correspond to the new HTML. @type {Set<Numbered>} */
    const kept = new Set();

    /** @param {any} node */
    const keepAll = (node) => {
      kept.add(node);
      const contents = /** @type {Numbered} */ (_home(node));
      if (contents !== node) contents.$host = /** @type {Element} */ (node);
      if (!node.matches?.(_OPAQUE)) contents.childNodes.forEach(keepAll);
    };

    /**
     * @param {any} old
     * @param {any} fresh
     */
    const morph = (old, fresh) => {
      kept.add(old);
      if (!isElement(old)) {
        if (old.data !== fresh.data) old.data = fresh.data;
        return;
      }
      morphAttributes(old, fresh);
      if (!old.matches(_OPAQUE)) morphChildren(_home(old), _home(fresh));
    };

    /**
     * @param {ParentNode & Node} parent
     * @param {ParentNode & Node} source
     */
    const morphChildren = (parent, source) => {
      /** @type {Set<Node>} */
      const spare = new Set();
      for (const node of [...parent.childNodes]) {
        if (root._isOurs(node)) spare.add(node);
        // Text of another script joins with ours: it cannot be told apart.
        else if (node.nodeType === 3) node.remove();
      }
      const foreign = [...parent.childNodes].filter((node) => !root._isOurs(node));
      const keyed = new Map([...spare].map((node) => [keyOf(node), node]));
      let place = parent.firstChild;
      /** Step over what another script added, and over what is to be removed. */
      const skip = (/** @type {Node} */ match) => {
        while (place && place !== match && !root._isOurs(place)) place = place.nextSibling;
      };
      for (const fresh of [...source.childNodes]) {
        const key = keyOf(fresh);
        const candidates = key === undefined ? spare : [keyed.get(key)];
        let match = find(candidates, (node) => node && spare.has(node) && fits(node, fresh));
        match ??= foreign.find((node) => !kept.has(node) && isTwin(node, fresh));
        if (!match) {
          keepAll(fresh);
          parent.insertBefore(fresh, place);
          continue;
        }
        spare.delete(match);
        skip(match);
        if (match === place) place = place.nextSibling;
        else _move(parent, match, place);
        morph(match, fresh);
      }
      for (const node of spare) /** @type {ChildNode} */ (node).remove();
    };

    /** @type {NodeListOf<Control>} */
    const controls = element.querySelectorAll("input,select,textarea");
    for (const control of controls) root._guard._touch(control);
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);

    if (element === document.body) {
      // Only inside <html> does the parser see the attributes of <body>, and only there does it
      // drop white space at the start.
      const isWhole = /^\s*<body[\s/>]/i.test(html);
      const source = isWhole
        ? /** @type {Element} */ (_parse(document.documentElement, html).lastChild)
        : /** @type {Element} */ (_parse(element, html));
      if (isWhole) morphAttributes(element, source);
      kept.add(element);
      morphChildren(element, source);
    } else {
      const source = _parse(/** @type {Element} */ (element.parentElement), html);
      morph(element, source.firstElementChild);
    }

    root._guard._settle();
    if (focused !== document.activeElement && focused?.isConnected) {
      focused.focus({ preventScroll: true });
    }
    // Another script may have put nodes of ours where they do not belong.
    for (const node of root._nodes) {
      if (node && !kept.has(node) && element.contains(node)) /** @type {ChildNode} */ (node).remove();
    }
    root._nodes = [...kept];
    root._nodes.forEach((node, number) => {
      /** @type {Numbered} */ (node).$djust = number;
    });
    root._displaced.clear();
    root._observer.takeRecords();
    root._renumber();
  };
};
