/** Calls that wait: debounce and throttle, as an attribute or a decorator of the handler says. */

/** @import {Call, Core} from "../types.js" */
import { ruleOf } from "../rules.js";

/** @typedef {{debounce?: [number, number | null], throttle?: [number, boolean, boolean]}} Policy */

/** A call that is waiting, and since when there has been one. */
/** @typedef {{_call?: Call, _since: number, _timer: ReturnType<typeof setTimeout>}} Wait */

/** What a person does on purpose; whatever was typed before it goes first. */
const DECISIVE = /^(submit|click|change|blur)$/;

/** @param {Core} core */
export default ({ _use, _view }) => {
  /** @type {Record<string, Policy>} */
  let policies = {};
  /** @type {Map<unknown, Wait>} */
  const waits = new Map();

  /** @param {Call} call */
  const keyOf = ({ _element, _name, _target }) => _element ?? `${_target ?? ""} ${_name}`;

  /** @param {Call} call */
  const release = (call) => {
    call._isDue = true;
    _view._fire(call);
  };

  /** @param {unknown} key */
  const end = (key) => {
    const wait = waits.get(key);
    waits.delete(key);
    clearTimeout(wait?._timer);
    if (wait?._call) release(wait._call);
  };

  const flush = () => [...waits.keys()].forEach(end);

  /** @param {Call} call @returns {Policy} */
  const policyOf = (call) => {
    const { _element, _debounce_ms } = call;
    const debounce = _element?.getAttribute("dj-debounce");
    const throttle = _element?.getAttribute("dj-throttle");
    if (_debounce_ms) return { debounce: [_debounce_ms, null] };
    // "blur" waits until the visitor leaves the control.
    if (debounce) return { debounce: [debounce === "blur" ? 2 ** 31 - 1 : +debounce, null] };
    if (throttle) return { throttle: [+throttle, true, true] };
    return ruleOf(call, "dj-policies", policies) ?? {};
  };

  /** @param {Call} call @param {[number, number | null]} policy */
  const debounce = (call, [wait_ms, longest_ms]) => {
    const key = keyOf(call);
    const earlier = waits.get(key);
    clearTimeout(earlier?._timer);
    const _since = earlier?._since ?? Date.now();
    const left_ms = longest_ms === null ? wait_ms : _since + longest_ms - Date.now();
    waits.set(key, {
      _call: call,
      _since,
      _timer: setTimeout(() => end(key), Math.max(0, Math.min(wait_ms, left_ms))),
    });
  };

  /** @param {Call} call @param {[number, boolean, boolean]} policy */
  const throttle = (call, [interval_ms, isLeading, isTrailing]) => {
    const key = keyOf(call);
    const wait = waits.get(key);
    if (wait) {
      if (isTrailing) wait._call = call;
      return;
    }
    const tick = () => {
      const { _call } = /** @type {Wait} */ (waits.get(key));
      waits.delete(key);
      if (_call) {
        // What was held back starts an interval of its own.
        waits.set(key, { _since: 0, _timer: setTimeout(tick, interval_ms) });
        release(_call);
      }
    };
    waits.set(key, {
      _call: isLeading ? undefined : call,
      _since: 0,
      _timer: setTimeout(tick, interval_ms),
    });
    if (isLeading) release(call);
  };

  document.addEventListener("focusout", ({ target }) => {
    if (/** @type {Element} */ (target).getAttribute?.("dj-debounce") === "blur") end(target);
  });

  // The last chance to send: the connection goes with the same event, after those who capture it.
  addEventListener("pagehide", flush, true);

  _use({
    _before(call) {
      if (call._isDue) return false;
      const policy = policyOf(call);
      if (policy.debounce) debounce(call, policy.debounce);
      else if (policy.throttle) throttle(call, policy.throttle);
      else if (DECISIVE.test(call._type ?? "")) flush();
      return Boolean(policy.debounce ?? policy.throttle);
    },
    _flush: flush,
    _extra(extra) {
      if (extra.policies) policies = extra.policies;
    },
  });
};
