/** Parameters that not every page needs: arguments in the attribute, form fields, values, keys, clipboard. */

/** @import {Call, Control, Core, Parameters} from "../types.js" */

/** @type {Record<string, string>} */
const KEYS = { esc: "escape", space: " ", del: "delete" };

/** Python's words in JSON's; a comma at the end of a list means nothing. @type {Record<string, string>} */
const WORDS = { None: "null", True: "true", False: "false", "(": "[", ")": "]", ",": "" };

/**
 * Whether an event passes the filters of `dj-keydown.ctrl.enter`.
 *
 * @param {string[]} filters
 * @param {any} event
 */
const passes = (filters, event) =>
  filters.every((filter) =>
    /^(ctrl|shift|alt|meta)$/.test(filter)
      ? event[`${filter}Key`]
      : [filter, `arrow${filter}`, KEYS[filter]].includes(event.key?.toLowerCase()),
  );

/**
 * The chosen members, when a control's name stands for a list: boxes in a group, a multiple select.
 *
 * @param {Control} control
 * @returns {{value: string}[] | undefined}
 */
const chosen = (control) => {
  if (control.options) return control.multiple ? [...control.selectedOptions] : undefined;
  if (control.type !== "checkbox" || !control.form || !control.name) return undefined;
  const boxes = [.../** @type {Iterable<Control>} */ (control.form.elements)].filter(
    ({ name, type }) => name === control.name && type === "checkbox",
  );
  return boxes.length > 1 ? boxes.filter((box) => box.checked) : undefined;
};

/** @param {Control} control */
const valueOf = (control) =>
  chosen(control)?.map(({ value }) => value) ??
  (control.type === "checkbox" ? control.checked : control.value);

/**
 * What a form would send, files apart, with a list for each name that can have several values.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 * @returns {Parameters}
 */
const fieldsOf = (form, submitter) => {
  /** @type {Parameters} */
  const fields = {};
  const controls = /** @type {Control[]} */ ([...form.elements]);
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value !== "string" || name === "csrfmiddlewaretoken") continue;
    const control = controls.find((one) => one.name === name);
    fields[name] = Object.hasOwn(fields, name)
      ? [fields[name], value].flat()
      : control && chosen(control)
        ? [value]
        : value;
  }
  return fields;
};

/**
 * Read a list of literals such as `3, 'x', None`; nothing is evaluated.
 *
 * @param {string} list
 * @returns {unknown[]}
 */
const literals = (list) => {
  const json = list.replace(
    /'((?:\\.|[^'\\])*)'|"(?:\\.|[^"\\])*"|\b(?:None|True|False)\b|[()]|,(?=\s*(?:[\])}]|$))/gs,
    (all, single) =>
      single === undefined
        ? (WORDS[all] ?? all)
        : `"${single.replace(/\\?(["'])/g, (/** @type {string} */ _all, /** @type {string} */ quote) => (quote === '"' ? '\\"' : quote))}"`,
  );
  try {
    return JSON.parse(`[${json}]`);
  } catch {
    return list.split(",").map((item) => item.trim());
  }
};

/**
 * Complete a call with what its event and its form say.
 *
 * @param {Call} call
 * @param {any} event
 * @param {Parameters} own What the element says by itself.
 * @param {Core["_held"]} held
 */
const complete = (call, event, own, held) => {
  const element = /** @type {any} */ (call._element);
  const isForm = element.localName === "form";
  const control = isForm ? event.target : element;
  const [, name, list] = /^\s*([^(]*?)\s*\((.*)\)\s*$/s.exec(call._name) ?? [];
  if (name) {
    call._name = name;
    const args = literals(list);
    if (args.length) call._params._args = args;
  }
  if (isForm && control !== element) call._control = control;
  if (isForm) call._params = { ...fieldsOf(element, event.submitter), ...call._params };
  // A button has a value only when the author gave it one.
  if (control.form !== undefined && (control.value || control.localName !== "button")) {
    own.value = valueOf(control);
    if (control.name) Object.assign(own, { name: control.name, field_name: control.name });
  }
  if (event.key) own.key = event.key;
  if (event.clipboardData) own.text = event.clipboardData.getData("text/plain");
  for (const one of isForm ? element.elements : [element]) {
    // Which file was chosen is nobody's but the visitor's.
    if (one.matches("input:not([type=file]),select,textarea")) call._held?.set(one, held(one));
  }
};

/** @param {Core} core */
export default ({ _held, _hold, _load, _rendered, _same, _use }) => {
  const guard = () => {
    if (document.querySelector("[dj-unsaved-guard]")) _load("unsaved");
  };
  guard();
  _use({
    _passes: passes,
    _complete: (call, event, own) => complete(call, event, own, _held),

    afterPatch: guard,

    /** As after a post, a form shows what the server rendered; a box that was refused springs back. */
    _end(call, { error }) {
      call._held?.forEach((value, control) => {
        const isMeant = error ? /^(checkbox|radio)$/.test(control.type) : call._type === "submit";
        if (isMeant && _same(_held(control), value)) {
          _hold(control, _rendered(control));
        }
      });
    },
  });
};
