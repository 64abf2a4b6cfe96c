/** Calls that wait: debounce and throttle, as an attribute or a decorator of the handler says. */

/** @import {Call, Core} from "../types.js" */
import { ruleOf } from "../rules.js";

/** @typedef {{debounce?: [number, number | null], throttle?: [number, boolean, boolean]}} Policy */

/**
 * A call that is waiting, if any, since when there has been one, and the element whose attribute says so.
 *
 * @typedef {{_of: Call, _call?: Call, _since: number, _holder?: Element, _timer: ReturnType<typeof setTimeout>}} Wait
 */

/** What a person does on purpose; whatever was typed before it goes first. */
const DECISIVE = /^(submit|click|change|blur)$/;

/**
 * The element whose attribute says when a call is sent: of a form, the control that has changed may have a word of
 * its own. Nothing holds a submit back.
 *
 * @param {Call} call
 */
const holderOf = ({ _element, _control, _type }) =>
  _type === "submit"
    ? undefined
    : [_control, _element].find((one) => one?.matches("[dj-debounce],[dj-throttle]"));

/**
 * Let who waits for a call that is replaced by another have the answer to that one.
 *
 * @param {Call | undefined} earlier
 * @param {Call} call
 */
const join = (earlier, call) => {
  const { _done } = call;
  if (earlier?._done) {
    call._done = (extra) => {
      earlier._done?.(extra);
      _done?.(extra);
    };
  }
};

/** @param {Core} core */
export default ({ _use, _view }) => {
  /** @type {Record<string, Policy>} */
  let policies = {};
  /** In the order of their calls. @type {Set<Wait>} */
  const waits = new Set();

  /** @param {Call} call */
  const release = (call) => {
    call._isDue = true;
    _view._fire(call);
  };

  /** @param {Call} call */
  const waitOf = (call) =>
    [...waits].find(({ _of, _holder }) =>
      call._element
        ? _of._element === call._element && _of._name === call._name && _holder === holderOf(call)
        : !_of._element && _of._name === call._name && _of._target === call._target,
    );

  /**
   * Send the calls of an element that wait, up to one of them; what came first goes first.
   *
   * @param {Element | undefined} element
   * @param {Wait} [last]
   */
  const goFirst = (element, last) => {
    for (const wait of [...waits]) {
      if (wait === last) return;
      if (element && wait._call && wait._of._element === element) end(wait);
    }
  };

  /** @param {Wait} wait */
  const end = (wait) => {
    goFirst(wait._of._element, wait);
    waits.delete(wait);
    clearTimeout(wait._timer);
    if (wait._call) release(wait._call);
  };

  const flush = () => [...waits].forEach(end);

  /** @param {Call} call @returns {Policy} */
  const policyOf = (call) => {
    const holder = holderOf(call);
    const debounce = holder?.getAttribute("dj-debounce");
    const throttle = holder?.getAttribute("dj-throttle");
    if (call._debounce_ms) return { debounce: [call._debounce_ms, null] };
    // "blur" waits until the visitor leaves the control.
    if (debounce) return { debounce: [debounce === "blur" ? 2 ** 31 - 1 : +debounce, null] };
    if (throttle) return { throttle: [+throttle, true, true] };
    return ruleOf(call, "dj-policies", policies) ?? {};
  };

  /** @param {Call} call @param {[number, number | null]} policy */
  const debounce = (call, [wait_ms, longest_ms]) => {
    const earlier = waitOf(call);
    const _since = earlier?._since ?? Date.now();
    const left_ms = longest_ms === null ? wait_ms : _since + longest_ms - Date.now();
    if (earlier) {
      clearTimeout(earlier._timer);
      waits.delete(earlier);
      join(earlier._call, call);
    }
    /** @type {Wait} */
    const wait = {
      _of: call,
      _call: call,
      _since,
      _holder: holderOf(call),
      _timer: setTimeout(() => end(wait), Math.max(0, Math.min(wait_ms, left_ms))),
    };
    waits.add(wait);
  };

  /** @param {Call} call @param {[number, boolean, boolean]} policy */
  const throttle = (call, [interval_ms, isLeading, isTrailing]) => {
    const earlier = waitOf(call);
    if (earlier) {
      if (isTrailing) {
        join(earlier._call, call);
        earlier._call = call;
      } else call._done?.({});
      return;
    }
    const tick = () => {
      const { _call } = wait;
      wait._call = undefined;
      if (_call) {
        // What was held back starts an interval of its own.
        wait._timer = setTimeout(tick, interval_ms);
        release(_call);
      } else waits.delete(wait);
    };
    /** @type {Wait} */
    const wait = {
      _of: call,
      _call: isLeading ? undefined : call,
      _since: 0,
      _holder: holderOf(call),
      _timer: setTimeout(tick, interval_ms),
    };
    waits.add(wait);
    if (isLeading) release(call);
  };

  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    for (const wait of [...waits]) {
      const { _holder } = wait;
      if (_holder?.getAttribute("dj-debounce") !== "blur") continue;
      if (_holder.contains(/** @type {Node} */ (target)) && !_holder.contains(/** @type {Node | null} */ (relatedTarget))) {
        end(wait);
      }
    }
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
      else goFirst(call._element);
      return Boolean(policy.debounce ?? policy.throttle);
    },
    _flush: flush,
    _extra(extra) {
      if (extra.policies) policies = extra.policies;
    },
  });
};
