/** The live view of this page: its revision, its unanswered calls, and what the server says about them. */

/** @import {Call, Extra, Frame} from "./types.js" */
import { answered } from "./controls.js";
import { callOf, listen } from "./events.js";
import { ask, load, need, scan, tell, whenLoaded } from "./extensions.js";
import { Root } from "./ops.js";
import { Socket } from "./socket.js";

const VERSION = 1;

export class View {
  /**
   * @param {Element} element
   * @param {string} token
   * @param {string} url
   */
  constructor(element, token, url) {
    this._token = token;
    this._root = new Root(element);
    this._revision = 0;
    this._ref = 0;
    this._answered = 0;
    /** Calls without a reply, in order. @type {Call[]} */
    this._calls = [];
    this._isReady = false;
    this._socket = new Socket(url, this);
    this._scan(this._root.element);
    load("status");
  }

  /** @param {Node} node */
  _scan(node) {
    scan(node, (type) =>
      listen(type, (element, event, value) =>
        whenLoaded(() => this._fire(callOf(element, event, value))),
      ),
    );
  }

  /**
   * Call a handler, unless an extension takes the call to make it later.
   *
   * @param {Call} call
   */
  _fire(call) {
    if (!this._repeats(call) && !ask((extension) => extension._before?.(call))) this._call(call);
  }

  /**
   * Is the same form with the same data on its way already?
   *
   * @param {Call} call
   */
  _repeats({ _element, _type, _params }) {
    return this._calls.some(
      (other) =>
        _type === "submit" &&
        other._type === _type &&
        other._element === _element &&
        JSON.stringify(other._params) === JSON.stringify(_params),
    );
  }

  /** @param {Call} call */
  _call(call) {
    call._ref = ++this._ref;
    this._calls.push(call);
    tell((extension) => extension._start?.(call));
    if (this._isReady) this._transmit(call);
  }

  /** @param {Call} call */
  _transmit({ _ref, _name, _params, _target }) {
    this._socket._send(["event", _ref, this._revision, _name, _params, ...(_target ? [_target] : [])]);
  }

  _show() {
    const { classList } = document.body;
    classList.toggle("dj-connected", this._isReady);
    classList.toggle("dj-disconnected", !this._isReady);
  }

  _opened() {
    whenLoaded(() => {
      const { count, hash } = this._root;
      this._socket._send(["join", VERSION, this._token, count, hash, this._revision, this._answered]);
    });
  }

  _closed() {
    /** Frames that came while the whole root is being replaced. @type {Frame[] | undefined} */
    this._waiting = undefined;
    this._connect(false);
  }

  /** @returns {Frame} */
  _ping() {
    return ["ping", this._revision];
  }

  /** @param {boolean} isReady */
  _connect(isReady) {
    this._isReady = isReady;
    this._show();
    tell((extension) => extension._connection?.(isReady));
  }

  /** @param {Frame} frame */
  _received(frame) {
    const [kind, ...rest] = frame;
    const [namespace, verb] = kind.split(":");
    if (this._waiting) this._waiting.push(frame);
    else if (verb) {
      tell((extension) => {
        if (extension.namespace === namespace) extension.onMessage?.(verb, rest[0]);
      });
    } else if (FRAMES[kind]) FRAMES[kind](this, .../** @type {[any, any, any, any]} */ (rest));
    else {
      this._waiting = [];
      // Without it the frame is lost; a connection that comes back brings it again.
      load("rare").then((rare) => rare(frame), () => this._socket._drop());
    }
  }

  /** @param {number} ref The last event that the server has handled. */
  _ready(ref) {
    this._socket._failures = 0;
    if (this._isStale) this._resync();
    for (const call of this._calls) {
      if (/** @type {number} */ (call._ref) > ref) this._transmit(call);
    }
    this._connect(true);
  }

  _resync() {
    this._isStale = true;
    this._socket._send(["resync", this._revision]);
  }

  /**
   * @param {number} revision
   * @param {unknown[]} ops
   */
  _patch(revision, ops) {
    if (this._isStale || revision <= this._revision) return;
    if (revision !== this._revision + 1) return this._resync();
    tell((extension) => extension._beforePatch?.());
    const isApplied = this._root.apply(ops);
    for (const node of this._root._added) this._scan(node);
    this._patched();
    if (isApplied) this._revision = revision;
    else this._resync();
  }

  _patched() {
    // The body's classes may be among what the server rendered.
    this._show();
    tell((extension) => extension.afterPatch?.(this._root.element));
  }

  _heed(/** @type {Extra} */ extra = {}) {
    if (extra.title !== undefined) document.title = extra.title;
    for (const [name, detail] of extra.events ?? []) {
      document.dispatchEvent(new CustomEvent(`djust:${name}`, { detail }));
    }
    for (const key in extra) need(`+${key}`);
    whenLoaded(() => tell((extension) => extension._extra?.(extra)));
  }

  /**
   * Everything up to this event is answered.
   *
   * @param {number} ref
   * @param {number} revision
   * @param {unknown[]} ops
   * @param {Extra} extra
   */
  _reply(ref, revision, ops, extra) {
    const calls = this._calls.filter((call) => /** @type {number} */ (call._ref) <= ref);
    this._calls.splice(0, calls.length);
    this._answered = ref;
    for (const { _held } of calls) {
      // What the visitor sent is no longer the visitor's alone.
      if (!extra.error) _held?.forEach((value, control) => answered.set(control, value));
    }
    this._patch(revision, ops);
    this._heed(extra);
    for (const call of calls) {
      tell((extension) => extension._end?.(call, extra));
      call._done?.(extra);
    }
  }
}

/** @type {Record<string, (view: View, ...rest: [any, any, any, any]) => void>} */
const FRAMES = {
  ready(view, _revision, ref, extra) {
    view._ready(ref);
    view._heed(extra);
  },
  reply: (view, ref, revision, ops, extra = {}) => view._reply(ref, revision, ops, extra),
  push(view, revision, ops, extra) {
    view._patch(revision, ops);
    view._heed(extra);
  },
  pong() {},
  drain(view, delay_ms) {
    view._socket._delay_ms = delay_ms;
  },
};
