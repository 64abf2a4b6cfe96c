/** Live views inside of this one: each has its own token, its own socket and its own fate. */

/** @import {Call, Core, Frame} from "../types.js" */
/** @import {View} from "../view.js" */

const SELECTOR = "[data-djust-view]";

/** The view could not be mounted; it may be the next time. */
const MOUNT_FAILED = "DJL305";

/** @param {Core} core */
export default async (core) => {
  const { _tell, _use, _view } = core;
  const Base = /** @type {typeof View} */ (_view.constructor);
  // Beside our own file, for views of ours: what is loaded already is for the view of the page.
  const url = import.meta.url.replace(/[^/]+\.js(?=[?#]|$)/, "rare.js");
  const { default: rare } = await import(url);

  /** By the element around them. @type {Map<Element, Nested>} */
  const views = new Map();

  class Nested extends Base {
    /**
     * @param {Element} element What is around the view; its only child is the root.
     * @param {string} socketUrl
     */
    constructor(element, socketUrl) {
      super(
        /** @type {Element} */ (element.firstElementChild),
        /** @type {string} */ (element.getAttribute("data-djust-view")),
        socketUrl,
      );
      this._isBroken = false;
      this._rare = rare({ ...core, _view: this });
    }

    _around() {
      return /** @type {Element} */ (this._root.element.parentElement);
    }

    // The page's own classes and its banner speak of the page's own connection.
    _show() {
      const { classList } = this._around();
      classList.toggle("dj-connected", this._isReady);
      classList.toggle("dj-disconnected", !this._isReady);
      if (this._isReady) this._isBroken = false;
      classList.toggle("dj-error", this._isBroken);
    }

    /** @param {boolean} isReady */
    _connect(isReady) {
      this._isReady = isReady;
      this._show();
    }

    /** @param {Frame} frame */
    _received(frame) {
      const [kind, first, second] = frame;
      if (this._waiting) this._waiting.push(frame);
      else if (kind === "reload" && first === MOUNT_FAILED) {
        this._isBroken = true;
        // Once more, later and later.
        this._socket._drop();
      } else if (kind === "error" && !this._isReady) {
        this._isBroken = true;
        this._show();
      } else if (kind === "html") {
        this._waiting = [];
        // The root that we know stands for the fragment's container.
        frame.splice(2, 1, `<div>${second}</div>`);
        this._rare(frame);
      } else if (/^(error|reload)$/.test(kind)) this._rare(frame);
      else super._received(frame);
    }

    /** @param {number} revision @param {unknown[]} ops */
    _patch(revision, ops) {
      // Hooks watch the nodes of the page's own view one by one.
      if (ops[0]) _tell((extension) => extension._beforePatch?.(true));
      super._patch(revision, ops);
    }

    _end() {
      this._socket._send(["leave"]);
      this._socket._connect = () => {};
      this._socket._drop();
      this._root.close();
    }
  }

  /** @param {Call} call @returns {View} */
  const ownerOf = ({ _element }) =>
    views.get(/** @type {Element} */ (_element?.closest(SELECTOR))) ?? _view;

  // Whichever view listens for a type of event, the one around the element makes the call.
  const call = Base.prototype._call;
  /** @param {Call} made */
  Base.prototype._call = function (made) {
    made._owner = made._element ? ownerOf(made) : this;
    call.call(made._owner, made);
  };

  const look = () => {
    for (const [element, view] of views) {
      if (!element.isConnected) {
        views.delete(element);
        view._end();
      } else view._show(); // the whole page may have come anew
    }
    for (const element of document.querySelectorAll(SELECTOR)) {
      if (views.has(element) || !element.getAttribute("data-djust-view")) continue;
      views.set(element, new Nested(element, _view._socket._url.href));
    }
  };

  _use({
    afterPatch: look,
    _before(made) {
      const owner = ownerOf(made);
      return owner !== _view && owner._repeats(made);
    },
  });
  look();
};
