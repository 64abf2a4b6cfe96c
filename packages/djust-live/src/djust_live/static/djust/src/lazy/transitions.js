/** View transitions, where the root asks for them with `dj-transition` and the visitor does not mind motion. */

/** @import {Core} from "../types.js" */
import { log } from "../log.js";

/** @param {Core} core */
export default ({ _view }) => {
  if (!document.startViewTransition) return;
  const receive = _view._received.bind(_view);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  _view._received = (frame) => {
    const ops = { reply: frame[3], push: frame[2] }[frame[0]];
    const isMoving = ops?.length && _view._root.element.hasAttribute("dj-transition");
    if (!isMoving || _view._waiting || calm.matches || document.hidden) return receive(frame);
    /** Later frames wait for the browser to take its picture. @type {import("../types.js").Frame[]} */
    const waiting = (_view._waiting = []);
    const { finished, ready } = document.startViewTransition(() => {
      // The connection may have gone; then the frame comes again.
      if (waiting !== _view._waiting) return;
      _view._waiting = undefined;
      receive(frame);
      for (const later of waiting) _view._received(later);
    });
    // One that is overtaken by the next is cut short, which is no error.
    for (const promise of [finished, ready]) promise.catch(log);
  };
};
