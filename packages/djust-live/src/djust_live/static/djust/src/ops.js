/** The ops of the protocol: number the nodes of a root, and apply what the server says has changed. */

import { Guard } from "./controls.js";
import { build, home, parse, setAttribute } from "./html.js";
import { log } from "./log.js";

/** @typedef {Node & {$djust?: number, $host?: Element}} Numbered A node that may carry its number. */
/** @typedef {ChildNode & Element & CharacterData & Numbered} Any What an op may name. */

/** How many items an op of each code has at most. */
const LONGEST = "135433344333312";

/** The unit of the structure hash for each type of node that has no children. */
const UNITS = "00030005400";

/** Elements whose inside is not ours; browsers themselves copy the chosen option into the last one. */
export const OPAQUE = "[dj-ignore],[dj-stream],[dj-update=ignore],selectedcontent";

/** @param {unknown} wrong */
const refuseIf = (wrong) => {
  if (wrong) throw wrong;
};

/** @param {any} value @returns {string} */
const text = (value) => {
  refuseIf(typeof value !== "string");
  return value;
};

/**
 * The first child that counts: what is inside an opaque element does not.
 *
 * @param {Node} node
 * @returns {ChildNode | null}
 */
const firstChild = (node) =>
  /** @type {any} */ (node).matches?.(OPAQUE) ? null : home(node).firstChild;

/** The numbered nodes of one root element. */
export class Root {
  /** @param {Element} element The root, `<html>`, or an element with a `dj-root` inside. */
  constructor(element) {
    if (!element.hasAttribute("dj-root")) {
      element =
        element.querySelector("[dj-root]") ??
        (element === document.documentElement ? document.body : element);
    }
    this.element = element;
    /** @type {(Numbered | undefined)[]} */
    this._nodes = [];
    /** What the last ops brought that may bind something new. @type {Node[]} */
    this._added = [];
    /** Parents whose numbered children another script moved, removed or split. @type {Set<Node>} */
    this._displaced = new Set();
    this._guard = new Guard();
    this._observer = new MutationObserver((records) => this._notice(records));
    element.normalize();
    this._number(element);
    this._observer.observe(element, { childList: true, subtree: true });
  }

  /** How many numbered nodes there are, the root included. */
  get count() {
    return this._survey(this.element)._found.length;
  }

  /** The 32-bit hash of the tree's shape. */
  get hash() {
    return this._survey(this.element)._hash;
  }

  /** Stop watching the page. */
  close() {
    this._observer.disconnect();
  }

  /**
   * Apply a list of ops.
   *
   * @param {any} ops
   * @returns {boolean} False when an op was refused: the page then needs the whole root again.
   */
  apply(ops) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    let isApplied = false;
    this._added = [];
    this._quietly(() => {
      try {
        for (const [code, ...rest] of ops) {
          refuseIf(!Number.isInteger(code) || !(rest.length < +LONGEST[code]));
          OPS[code](this, .../** @type {[any, any, any, any]} */ (rest));
        }
        isApplied = true;
      } catch (error) {
        log("refused", error, ops);
      }
      this._guard._settle();
      // Only a browser without moveBefore() loses the focus of an element that moved.
      if (focused !== document.activeElement && focused?.isConnected) {
        focused.focus({ preventScroll: true });
      }
    });
    return isApplied;
  }

  /**
   * Give a new node and everything inside it the next numbers.
   *
   * @param {Numbered} node
   */
  _number(node) {
    for (const found of this._survey(node, true)._found) {
      found.$djust = this._nodes.push(found) - 1;
    }
  }

  /** @param {Numbered} node */
  _isOurs(node) {
    return this._nodes[node.$djust ?? -1] === node;
  }

  /**
   * The numbered nodes in tree order, and the hash of their shape.
   *
   * @param {Node} top
   * @param {boolean} [isNew] Whether the nodes have no numbers yet.
   */
  _survey(top, isNew) {
    /** @type {Numbered[]} */
    const _found = [];
    let _hash = 2166136261;
    /** @param {number} unit */
    const add = (unit) => {
      _hash = Math.imul(_hash ^ unit, 16777619);
    };
    /** @param {Numbered} node */
    const visit = (node) => {
      _found.push(node);
      if (isNew && home(node) !== node) {
        const contents = /** @type {Numbered} */ (home(node));
        contents.$host = /** @type {Element} */ (node);
        contents.normalize();
      }
      for (let child = firstChild(node); child; child = child.nextSibling) {
        if (!isNew && !this._isOurs(child)) continue;
        const name = /** @type {any} */ (child).localName ?? "";
        for (let at = 0; at < name.length; at++) add(name.charCodeAt(at));
        add(name ? 1 : +UNITS[child.nodeType]);
        visit(child);
        if (name) add(2);
      }
    };
    visit(top);
    return { _found, _hash: _hash >>> 0 };
  }

  /**
   * Remember where another script took our nodes away, or split a text of ours.
   *
   * @param {MutationRecord[]} records
   */
  _notice(records) {
    for (const { target, addedNodes, removedNodes } of records) {
      if (
        [...removedNodes].some((node) => this._isOurs(node)) ||
        [...addedNodes].some((node) => node.nodeType === 3 && node.previousSibling?.nodeType === 3)
      ) {
        this._displaced.add(target);
      }
    }
  }

  /**
   * The living node with this number.
   *
   * @param {any} number
   * @param {boolean} [isElement] Whether it must be an element, or must not.
   * @returns {Any}
   */
  _node(number, isElement) {
    const node = /** @type {Any} */ (this._nodes[Number.isInteger(number) ? number : -1]);
    let outer = /** @type {Numbered} */ (node);
    // From the contents of a template, look on from the template.
    while (!this.element.contains(outer)) outer = /** @type {any} */ (outer.getRootNode()).$host;
    refuseIf(!outer || (isElement ?? node.nodeType === 1) !== (node.nodeType === 1));
    this._guard._touch(node);
    return node;
  }

  /**
   * What receives the children of an element.
   *
   * @param {any} number
   * @returns {ParentNode & Numbered}
   */
  _home(number) {
    return this._orderly(home(this._node(number, true)));
  }

  /**
   * What a node is a child of.
   *
   * @param {Node} node
   */
  _parent(node) {
    refuseIf(node === this.element);
    return this._orderly(/** @type {ParentNode & Numbered} */ (node.parentNode));
  }

  /**
   * @template {Node} T
   * @param {T} parent
   * @returns {T} The parent, unless another script changed the order of its children.
   */
  _orderly(parent) {
    refuseIf(this._displaced.has(parent));
    return parent;
  }

  /**
   * A node and its siblings up to the node numbered `distance` higher.
   *
   * @param {any} number
   * @param {number} [distance]
   */
  _range(number, distance = 0) {
    let node = /** @type {ChildNode} */ (this._node(number));
    const last = this._node(number + distance);
    this._parent(node);
    const range = [node];
    while (node !== last) range.push((node = /** @type {any} */ (node.nextSibling)));
    return range;
  }

  /**
   * @param {ParentNode & Numbered} parent
   * @param {Node | null} before
   * @param {unknown} content
   */
  _insert(parent, before, content) {
    const fragment = document.createDocumentFragment();
    fragment.append(
      ...(Array.isArray(content)
        ? content.map(build)
        : parse(parent.$host ?? /** @type {any} */ (parent), text(content)).childNodes),
    );
    for (const node of fragment.childNodes) {
      this._number(node);
      this._added.push(node);
    }
    parent.insertBefore(fragment, before);
  }

  /** @param {Iterable<ChildNode & Numbered>} nodes */
  _remove(nodes) {
    for (const node of nodes) {
      // Whatever another script does with it from now on, it is not ours.
      if (this._isOurs(node)) this._nodes[/** @type {number} */ (node.$djust)] = undefined;
      node.remove();
    }
  }

  /**
   * @param {Element} number
   * @param {unknown} content
   */
  _fill(number, content) {
    const parent = this._home(number);
    this._remove([...parent.childNodes]);
    this._insert(parent, null, content);
  }

  /**
   * Change the page ourselves, in a way that is taken back before the next ops.
   *
   * @param {() => void} change
   */
  _quietly(change) {
    this._notice(this._observer.takeRecords());
    change();
    this._observer.takeRecords();
  }

  _renumber() {
    refuseIf(this._displaced.size);
    this._nodes = this._survey(this.element)._found;
    this._nodes.forEach((node, number) => {
      /** @type {Numbered} */ (node).$djust = number;
    });
  }
}

/**
 * Move without losing focus, loaded frames, playing media or running animations, where the browser can.
 *
 * @param {any} parent
 * @param {Node} node
 * @param {Node | null} before
 */
export const move = (parent, node, before) => {
  try {
    parent.moveBefore(node, before);
  } catch {
    parent.insertBefore(node, before);
  }
};

/**
 * @param {ChildNode[]} nodes
 * @param {Node} parent
 * @param {ChildNode | null} before
 */
const moveAll = (nodes, parent, before) => {
  refuseIf(before && nodes.includes(before));
  for (const node of nodes) move(parent, node, before);
};

/**
 * @param {Root} root
 * @param {ParentNode & Node} parent
 * @param {any} ranks
 */
const permute = (root, parent, ranks) => {
  const places = [...parent.children].filter((child) => root._isOurs(child));
  const sorted = [...places].sort(
    (a, b) => /** @type {any} */ (a).$djust - /** @type {any} */ (b).$djust,
  );
  /** @type {Element[]} */
  const wanted = ranks.map((/** @type {number} */ rank) => sorted[rank]);
  refuseIf(wanted.length + new Set(wanted).size !== 2 * sorted.length);
  refuseIf(wanted.includes(/** @type {any} */ (undefined)));
  // What stands after each place: something that stays, or what is wanted at the next place.
  const after = places.map(({ nextSibling }, index) =>
    nextSibling && nextSibling === places[index + 1] ? wanted[index + 1] : nextSibling,
  );
  for (let index = wanted.length; index--; ) {
    if (wanted[index].nextSibling !== after[index]) move(parent, wanted[index], after[index]);
  }
};

/** @type {((root: Root, ...rest: [any, any, any, any]) => void)[]} */
const OPS = [
  () => refuseIf(true),
  (root, n, data) => {
    const node = root._node(n, false);
    for (const side of /** @type {const} */ (["previousSibling", "nextSibling"])) {
      // A neighbouring text that is not ours was split off by another script.
      let other = /** @type {Any} */ (node[side]);
      while (node.nodeType + other?.nodeType === 6 && !root._isOurs(other)) {
        other.remove();
        other = /** @type {Any} */ (node[side]);
      }
    }
    node.data = text(data);
  },
  (root, n, name, value, ns) => {
    const element = root._node(n, true);
    setAttribute(element, text(name), text(value), ns);
    if (name.startsWith("dj-")) root._added.push(element);
  },
  // The qualified name says it all: the parser makes no two attributes with the same.
  (root, n, name) => root._node(n, true).removeAttribute(text(name)),
  (root, n, content) => {
    const before = root._node(n);
    root._insert(root._parent(before), before, content);
  },
  (root, n, content) => root._insert(root._home(n), null, content),
  (root, n, distance) => root._remove(root._range(n, distance)),
  (root, n, ref, distance) => {
    const before = root._node(ref);
    moveAll(root._range(n, distance), root._parent(before), before);
  },
  (root, n, parent, distance) => moveAll(root._range(n, distance), root._home(parent), null),
  (root, n, content) => {
    const old = root._node(n);
    root._insert(root._parent(old), old, content);
    root._remove([old]);
  },
  (root, n, content = []) => root._fill(n, content),
  (root, n, data) => root._fill(n, text(data) && [data]),
  (root, n, ranks) => permute(root, root._home(n), ranks),
  (root) => root._renumber(),
  (_root, title) => {
    document.title = text(title);
  },
];
