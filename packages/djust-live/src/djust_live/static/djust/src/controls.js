/**
 * What a form control holds, what the server rendered into it, and whose word counts.
 *
 * A control is *edited* while what it holds is neither what the server rendered nor what the server has
 * already answered. Nothing overwrites an edited control.
 */

/** @import {Control, Held} from "./types.js" */

/** What went with an event that the server has answered. @type {WeakMap<Control, Held>} */
export const answered = new WeakMap();

/** @param {Control} control */
const isBox = ({ type }) => type === "checkbox" || type === "radio";

/**
 * @param {any} a
 * @param {any} b
 */
export const same = (a, b) =>
  a === b || (Array.isArray(a) && a.length === b?.length && a.every((/** @type {unknown} */ item, at) => item === b[at]));

/**
 * What the control holds now.
 *
 * @param {Control} control
 * @returns {Held}
 */
export const held = (control) =>
  isBox(control)
    ? control.checked
    : control.options
      ? [...control.options].filter((option) => option.selected)
      : control.value;

/**
 * What the control would hold if nobody had touched it.
 *
 * @param {Control} control
 * @returns {Held}
 */
export const rendered = (control) => {
  if (isBox(control)) return control.defaultChecked;
  if (control.options) {
    const options = [...control.options];
    const chosen = options.filter((option) => option.defaultSelected);
    return control.type !== "select-one"
      ? chosen
      : (chosen[0] ? chosen : options.filter((option) => !option.disabled).slice(0, 1)).slice(-1);
  }
  // Browsers tidy a value by its type (range, color, number …): let one of the kind tell.
  const twin = /** @type {Control} */ (control.cloneNode());
  if (control.type === "file") return "";
  twin.value = control.defaultValue;
  return twin.value;
};

/**
 * Make the control hold something, keeping caret and selection where they are.
 *
 * @param {any} control
 * @param {Held} value
 */
export const hold = (control, value) => {
  if (same(held(control), value)) return;
  if (isBox(control)) control.checked = value;
  else if (Array.isArray(value)) {
    for (const option of control.options) option.selected = value.includes(option);
  } else {
    const { selectionStart, selectionEnd } = control;
    control.value = value;
    if (selectionStart !== null && control === document.activeElement) {
      control.setSelectionRange(selectionStart, selectionEnd);
    }
  }
};

/**
 * The controls whose fate is shared: a radio button's group, otherwise the control alone.
 *
 * @param {Control} control
 * @returns {Control[]}
 */
const group = (control) =>
  control.type === "radio"
    ? [
        .../** @type {Iterable<Control>} */ (
          document.querySelectorAll("[type=radio]")
        ),
      ].filter(({ form, name }) => form === control.form && name === control.name)
    : [control];

/** Remembers the controls that a list of ops touches, and settles what they hold when the list is done. */
export class Guard {
  constructor() {
    /** @type {Map<Control, [boolean, Held, Held]>} */
    this._touched = new Map();
  }

  /**
   * Call this before an op changes a node.
   *
   * @param {Node} node
   */
  _touch(node) {
    const control = /** @type {Control | undefined | null} */ (
      /** @type {Element} */ (node.nodeType === 1 ? node : node.parentNode)?.closest?.(
        "input,select,textarea",
      )
    );
    if (!control || this._touched.has(control)) return;
    const states = [control, ...group(control)].map(
      (member) => /** @type {const} */ ([member, held(member), rendered(member)]),
    );
    const isEdited = states.some(
      ([member, value, shown]) => !same(value, shown) && !same(value, answered.get(member)),
    );
    for (const [member, value, shown] of states) this._touched.set(member, [isEdited, value, shown]);
  }

  /** What the server changed wins, except over what the visitor edited. */
  _settle() {
    for (const [control, [isEdited, before, shown]] of this._touched) {
      const now = rendered(control);
      hold(control, isEdited || same(now, shown) ? before : now);
    }
    this._touched.clear();
  }
}
