/** Files: chosen or dropped, sent piece by piece, and gone on with after a drop. */

/** @typedef {import("../../../../../../djust-live/src/djust_live/static/djust/src/types.js").Djust} Djust */
/**
 * @typedef {object} Item
 * @property {string} _upload
 * @property {File} _file
 * @property {[number, Item][]} _crowd What was chosen together; the server hears of it together.
 * @property {string} _preview
 * @property {number} _channel What the server calls it over this connection; 0: it takes no pieces now.
 * @property {number} _sent
 * @property {number} _held What the server says that it has.
 * @property {number} _chunk
 * @property {number} _window
 * @property {boolean} _mayGo
 * @property {boolean} _isDone
 * @property {XMLHttpRequest} [_request] To other storage.
 * @property {string} [_outcome] Of that.
 * @property {any} [_meta]
 */

const PIECE = 1;
const HEADER_BYTES = 13;

/** @param {Djust} djust */
export default (djust) => {
  /** @type {Map<number, Item>} */
  const items = new Map();
  /** Files that are here no more, until the server has heard of it. @type {Set<number>} */
  const dropped = new Set();
  /** Forms that wait for files, and the buttons that submit them. @type {Map<HTMLFormElement, HTMLElement | null>} */
  const forms = new Map();
  /** Names the page that the files were chosen in. */
  const page = () => document.querySelector("script[data-djust]")?.getAttribute("data-djust");
  let ours = page();
  let last = 0;
  let isReady = false;
  let isSending = false;

  /** @param {string} verb @param {unknown} data */
  const say = (verb, data) => isReady && djust.send(`uploads:${verb}`, data);

  /** @param {[number, Item][]} list */
  const announce = (list) =>
    say("add", [
      list[0][1]._upload,
      list.map(([ref, { _file, _preview }]) => [
        ref,
        _file.name,
        _file.size,
        _file.type,
        _file.lastModified,
        _preview,
      ]),
    ]);

  /** Let inputs hold the files that are here: they show their names, and one that is required is filled in. */
  const show = () => {
    for (const one of document.querySelectorAll("input[dj-upload]")) {
      const input = /** @type {HTMLInputElement} */ (one);
      const files = [...items.values()]
        .filter(({ _upload }) => _upload === input.getAttribute("dj-upload"))
        .map(({ _file }) => _file)
        .slice(input.multiple ? 0 : -1);
      const held = input.files ?? [];
      if (files.length === held.length && files.every((file, at) => file === held[at])) continue;
      const transfer = new DataTransfer();
      for (const file of files) transfer.items.add(file);
      input.files = transfer.files;
    }
  };

  /** @param {string} upload @param {Iterable<File>} files */
  const choose = (upload, files) => {
    /** @type {[number, Item][]} */
    const _crowd = [];
    for (const _file of files) {
      const isImage = /^image\/(?!svg)/.test(_file.type);
      const _preview = isImage ? URL.createObjectURL(_file) : "";
      const progress = { _channel: 0, _sent: 0, _held: 0, _chunk: 0, _window: 0 };
      const item = { _upload: upload, _file, _crowd, _preview, ...progress, _mayGo: false, _isDone: false };
      items.set(++last, item);
      _crowd.push([last, item]);
    }
    if (_crowd[0]) announce(_crowd);
    show();
  };

  /** The next file with something to send. */
  const next = () => {
    for (const entry of items) {
      const { _channel, _mayGo, _sent, _file } = entry[1];
      if (_channel && _mayGo && _sent < _file.size) return entry;
    }
    return undefined;
  };

  /** Send as much as the server is ready to take. */
  const pump = async () => {
    if (isSending) return;
    isSending = true;
    for (let entry; (entry = next()); ) {
      const [ref, item] = entry;
      const { _channel, _sent, _chunk, _file } = item;
      let flying = 0;
      for (const other of items.values()) flying += other._channel && other._sent - other._held;
      if (flying && flying + _chunk > item._window) break;
      let data;
      try {
        data = new Uint8Array(await _file.slice(_sent, _sent + _chunk).arrayBuffer());
      } catch {
        // It is a folder, or gone from the visitor's disk.
        say("drop", ref);
        item._channel = 0;
        continue;
      }
      // The connection or the file may have gone meanwhile.
      if (items.get(ref) !== item || item._channel !== _channel) continue;
      const frame = new Uint8Array(HEADER_BYTES + data.length);
      const view = new DataView(frame.buffer);
      view.setUint8(0, PIECE);
      view.setUint32(1, _channel);
      view.setBigUint64(5, BigInt(_sent));
      frame.set(data, HEADER_BYTES);
      if (/** @type {number} */ (djust.sendBinary?.("uploads", frame)) < 0) break;
      item._sent += data.length;
    }
    isSending = false;
  };

  /** Send a file to other storage. @param {number} ref @param {Item} item */
  const sendAway = (ref, item) => {
    const { _meta, _file, _outcome } = item;
    if (_outcome) say("sent", [ref, _file.size, _outcome]);
    if (!_meta || !item._mayGo || item._request) return;
    const { url, fields, headers = {}, method = fields ? "POST" : "PUT" } = _meta;
    const request = (item._request = new XMLHttpRequest());
    /** @param {boolean} isGood */
    const end = (isGood) => {
      item._outcome = isGood ? "done" : "failed";
      say("sent", [ref, _file.size, item._outcome]);
    };
    request.open(method, url);
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.upload.onprogress = ({ loaded }) => say("sent", [ref, loaded, ""]);
    request.onload = () => end(request.status > 199 && request.status < 300);
    request.onerror = () => end(false);
    const form = new FormData();
    for (const name in fields) form.append(name, fields[name]);
    form.append("file", _file);
    request.send(fields ? form : _file);
  };

  /** @param {number} ref @param {Item} item */
  const forget = (ref, item) => {
    items.delete(ref);
    item._request?.abort();
    URL.revokeObjectURL(item._preview);
    show();
  };

  /** The files of a form. @param {HTMLFormElement} form */
  const filesOf = (form) => {
    const names = [...form.elements, ...form.querySelectorAll("[dj-drop]")].map(
      (element) => element.getAttribute("dj-upload") ?? element.getAttribute("dj-drop"),
    );
    return [...items].filter(([, item]) => names.includes(item._upload));
  };

  /** @param {HTMLFormElement} form */
  const unfinished = (form) => filesOf(form).filter(([, item]) => !item._isDone);

  /** Let a form wait for files no more. @param {HTMLFormElement} form */
  const release = (form) => {
    forms.delete(form);
    form.removeAttribute("aria-busy");
  };

  /** Submit the forms whose files are there. */
  const settle = () => {
    for (const [form, button] of forms) {
      if (unfinished(form)[0]) continue;
      release(form);
      if (form.isConnected) form.requestSubmit(button);
    }
  };

  /** @type {Record<string, (data: any) => void>} */
  const messages = {
    accept([ref, _channel, _held, _chunk, _window, mayGo, _meta]) {
      const item = items.get(ref);
      if (!item) return;
      if (item._request && JSON.stringify(_meta) !== JSON.stringify(item._meta)) {
        // The server that named the place before has lost it.
        item._request.abort();
        delete item._request;
        delete item._outcome;
      }
      Object.assign(item, { _channel, _held, _sent: _held, _chunk, _window, _meta });
      item._mayGo ||= mayGo;
      sendAway(ref, item);
      pump();
    },
    ack([ref, held]) {
      const item = items.get(ref);
      if (item) item._held = held;
      pump();
    },
    done(ref) {
      const item = items.get(ref);
      if (item) Object.assign(item, { _isDone: true, _channel: 0 });
      settle();
      pump();
    },
    gone([ref, code, text]) {
      const item = items.get(ref);
      dropped.delete(ref);
      if (item) forget(ref, item);
      if (code) {
        // Something is wrong, and the visitor should see it before anything is submitted.
        for (const form of forms.keys()) release(form);
        const detail = { upload: item?._upload, name: item?._file.name, code, text };
        document.dispatchEvent(new CustomEvent("djust:upload-error", { detail }));
      }
      settle();
      pump();
    },
  };

  /** @param {EventTarget | null} target */
  const take = (target) => {
    const input = /** @type {HTMLInputElement} */ (target);
    const upload = input.getAttribute("dj-upload");
    if (!upload || !input.files) return;
    // What the input held before is here already.
    const known = [...items.values()].map(({ _file }) => _file);
    choose(upload, [...input.files].filter((file) => !known.includes(file)));
  };
  document.addEventListener("change", ({ target }) => take(target));
  // Visitors do not wait until scripts are here.
  document.querySelectorAll("[dj-upload]").forEach(take);

  /** @param {Event} event @returns {Element | null | undefined} */
  const zoneOf = ({ target }) => /** @type {Element} */ (target).closest?.("[dj-drop]");
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(
      type,
      (event) => {
        const zone = zoneOf(event);
        if (!zone) return;
        const { dataTransfer, relatedTarget } = /** @type {DragEvent} */ (event);
        event.preventDefault();
        const isOver = type === "dragleave" ? zone.contains(/** @type {Node | null} */ (relatedTarget)) : type !== "drop";
        zone.toggleAttribute("dj-over", isOver);
        if (type !== "drop") return;
        // It is no event of the view's.
        event.stopPropagation();
        choose(/** @type {string} */ (zone.getAttribute("dj-drop")), dataTransfer?.files ?? []);
      },
      true,
    );
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      const waiting = unfinished(form);
      if (!waiting[0]) return;
      event.preventDefault();
      event.stopPropagation();
      forms.set(form, event.submitter);
      form.setAttribute("aria-busy", "true");
      for (const [ref, item] of waiting) {
        item._mayGo = true;
        sendAway(ref, item);
      }
      pump();
    },
    true,
  );

  // On the window: who forbids a reset has done so by then.
  addEventListener("reset", (event) => {
    if (event.defaultPrevented) return;
    const form = /** @type {HTMLFormElement} */ (event.target);
    release(form);
    for (const [ref, item] of filesOf(form)) {
      dropped.add(ref);
      say("drop", ref);
      forget(ref, item);
    }
  });

  djust.use({
    namespace: "uploads",
    onMessage: (verb, data) => messages[verb]?.(data),
    onConnection(isConnected) {
      isReady = isConnected;
      if (ours !== page()) {
        // Another page is shown in the place of the one before: its files are not for this view.
        ours = page();
        forms.clear();
        dropped.clear();
        for (const [ref, item] of items) forget(ref, item);
      }
      for (const ref of dropped) say("drop", ref);
      const crowds = new Set();
      for (const item of items.values()) {
        item._channel = 0;
        // A server that starts again may be behind: forms wait until it says once more that it has the file.
        item._isDone = false;
        crowds.add(item._crowd);
      }
      for (const crowd of crowds) {
        announce(crowd.filter((/** @type {[number, Item]} */ [ref]) => items.has(ref)));
      }
    },
    afterPatch: show,
  });
};
