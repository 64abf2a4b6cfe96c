/** When the server had to start afresh, tell it again what the visitor had filled in. */

/** @import {Call, Core} from "../types.js" */

const RECOVERABLE = "form[dj-change],form[dj-auto-recover],[dj-change],[dj-model]";

/** @param {Core} core */
export default ({ _callOf, _held, _rendered, _same, _view }) => {
  /** @param {Element} element @returns {Call | undefined} */
  const callFor = (element) => {
    const event = /** @type {any} */ ({ type: "change", target: element });
    const handler = element.getAttribute("dj-auto-recover") || element.getAttribute("dj-change");
    if (handler) return _callOf(element, event, handler);
    const field = element.getAttribute("dj-model");
    if (!field) return undefined;
    const call = _callOf(element, event, "dj-model");
    call._params = { field, value: call._params.value };
    return call;
  };

  /**
   * Read the forms before the fresh page takes their place.
   *
   * @returns {() => void} Makes the calls for what the fresh page does not show.
   */
  return () => {
    const calls = [..._view._root.element.querySelectorAll(RECOVERABLE)]
      .filter((element) => !element.closest("[dj-no-recover]"))
      .map(callFor);
    return () => {
      for (const call of calls) {
        const isLost = [...(call?._held ?? [])].some(
          ([control, value]) => control.isConnected && !_same(value, _rendered(control)),
        );
        if (!call || !isLost) continue;
        // It was not the visitor who acts now: nothing waits, nothing is asked.
        call._isDue = true;
        // What is still there counts as sent; what the fresh page has replaced does not.
        call._held?.forEach((value, control) => {
          if (!_same(_held(control), value)) call._held?.delete(control);
        });
        _view._fire(call);
      }
    };
  };
};
