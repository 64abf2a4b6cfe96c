/** What shows that an answer is awaited: `dj-loading.*`, `dj-disable-with`, `dj-lock`. */

/** @import {Call, Core} from "../types.js" */

const STYLE = `
[dj-loading\\.show]:not(.dj-loading), [dj-loading\\.hide].dj-loading { display: none }
`;

const MARKED =
  "[dj-loading],[dj-loading\\.class],[dj-loading\\.show],[dj-loading\\.hide],[dj-loading\\.disable],[dj-disable-with]";
const BOUND = "[dj-click],[dj-submit],[dj-change],[dj-input],[dj-model]";

/**
 * Whether an element shows that this call awaits its answer.
 *
 * @param {Element} element
 * @param {Call} call
 */
const concerns = (element, { _element, _name }) => {
  const names = element.getAttribute("dj-loading");
  if (names) return names.split(/[\s,]+/).includes(_name);
  if (_element && (_element.contains(element) || element.contains(_element))) return true;
  return !element.hasAttribute("dj-disable-with") && !element.closest(BOUND);
};

/**
 * Show it, in a way that can be taken back.
 *
 * @param {any} element
 * @returns {() => void} Takes it back.
 */
const mark = (element) => {
  const classes = `dj-loading ${element.getAttribute("dj-loading.class") ?? ""}`.trim().split(/\s+/);
  const added = classes.filter((name) => !element.classList.contains(name));
  const hadClass = element.hasAttribute("class");
  const text = element.getAttribute("dj-disable-with");
  const isDisabling =
    (text !== null || element.hasAttribute("dj-loading.disable")) && !element.disabled;
  const isFocused = document.activeElement === element;
  const nodes = [...element.childNodes];
  const isInput = element.localName === "input";
  const { value } = element;

  element.classList.add(...added);
  if (isDisabling) element.disabled = true;
  if (text) {
    if (isInput) element.value = text;
    else element.replaceChildren(text);
  }
  return () => {
    element.classList.remove(...added);
    if (!hadClass && !element.className) element.removeAttribute("class");
    if (isDisabling) element.disabled = false;
    if (text) {
      if (isInput) element.value = value;
      else element.replaceChildren(...nodes);
    }
    if (isFocused && document.activeElement === document.body) element.focus({ preventScroll: true });
  };
};

/** @param {Core} core */
export default ({ _use, _view }) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  /** Calls without an answer, or whose background work still runs. @type {Set<Call>} */
  const open = new Set();
  /** @type {Set<Call>} */
  const lingering = new Set();
  /** @type {(() => void)[]} */
  let undo = [];

  const clear = () => {
    if (!undo.length) return;
    _view._root._quietly(() => undo.splice(0).forEach((back) => back()));
  };

  const show = () => {
    clear();
    if (!open.size) return;
    _view._root._quietly(() => {
      for (const element of document.querySelectorAll(MARKED)) {
        if ([...open].some((call) => concerns(element, call))) undo.push(mark(element));
      }
    });
  };

  _use({
    _before: ({ _element }) =>
      Boolean(_element?.hasAttribute("dj-lock")) &&
      [...open].some((call) => call._element === _element),
    _start(call) {
      open.add(call);
      show();
    },
    _beforePatch: clear,
    afterPatch: show,
    _end(call, extra) {
      if (extra.async_pending) lingering.add(call);
      else open.delete(call);
      show();
    },
    _extra(extra) {
      if (extra.async_pending) return;
      for (const call of lingering) open.delete(call);
      lingering.clear();
      show();
    },
  });
};
