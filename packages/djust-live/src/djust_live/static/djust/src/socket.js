/** A WebSocket that comes back: back-off with jitter, heartbeat, and an eye on the page's own comings and goings. */

/** @import {Frame} from "./types.js" */

const BEAT_MS = 25_000;
const PATIENCE_MS = 8_000;
const FIRST_RETRY_MS = 250;
/** The longest pause while an outage may be a restart, and how many attempts that holds for. */
const SHORT_RETRY_MS = 1500;
const SHORT_RETRIES = 20;
const LONG_RETRY_MS = 20_000;

/**
 * What the socket tells its owner.
 *
 * @typedef {object} Listener
 * @property {() => void} _opened
 * @property {() => void} _closed Once for each connection that was open.
 * @property {(frame: Frame) => void} _received
 * @property {() => Frame} _ping
 */

export class Socket {
  /**
   * @param {string} url
   * @param {Listener} listener
   */
  constructor(url, listener) {
    this._url = new URL(url, location.href.replace(/^http/, "ws"));
    this._listener = listener;
    this._failures = 0;
    setInterval(() => this._socket && this._probe(), BEAT_MS);
    // After sleep, a lost network or the back button, timers are late and sockets look open that are not.
    for (const type of ["online", "pageshow", "visibilitychange"]) {
      addEventListener(type, () => document.hidden || this._probe());
    }
    addEventListener("pagehide", ({ persisted }) => {
      if (!persisted) this._send(["leave"]);
      this._drop();
    });
    this._connect();
  }

  _connect() {
    clearTimeout(this._timer);
    const socket = (this._socket = new WebSocket(this._url));
    this._wait();
    socket.onopen = () => this._listener._opened();
    socket.onmessage = ({ data }) => {
      clearTimeout(this._timer);
      this._listener._received(JSON.parse(data));
    };
    socket.onclose = () => this._drop();
  }

  /** Give up on this connection unless something arrives soon. */
  _wait() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._drop(), PATIENCE_MS);
  }

  _drop() {
    const socket = this._socket;
    if (!socket) return;
    socket.onclose = socket.onmessage = socket.onopen = null;
    socket.close();
    this._socket = null;
    const longest = Math.min(
      FIRST_RETRY_MS * 2 ** this._failures,
      this._failures++ < SHORT_RETRIES ? SHORT_RETRY_MS : LONG_RETRY_MS,
    );
    clearTimeout(this._timer);
    this._timer = setTimeout(
      () => this._connect(),
      this._delay_ms || longest * (0.5 + Math.random() / 2),
    );
    /** How long the server asked to stay away. */
    this._delay_ms = 0;
    this._listener._closed();
  }

  /** Find out whether the connection is alive, or make one now. */
  _probe() {
    if (!this._socket) this._connect();
    else if (this._send(this._listener._ping())) this._wait();
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} Whether there was a connection to send it over.
   */
  _send(frame) {
    const open = this._socket?.readyState === 1;
    if (open) /** @type {WebSocket} */ (this._socket).send(JSON.stringify(frame));
    return open;
  }
}
