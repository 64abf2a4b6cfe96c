/** Messages of `put_flash`, shown where the page has `dj-flash`, else in a corner. */

/** @import {Core} from "../types.js" */

const STYLE = `
.dj-flashes { position: fixed; inset: 1rem 1rem auto auto; display: grid; gap: .5rem; z-index: 2147483646 }
.dj-flashes > * {
  margin: 0; padding: .6rem 1rem; border-radius: .5rem; max-width: 24rem; cursor: pointer;
  font: .95rem/1.4 system-ui, sans-serif; color: #fff; background: #333; box-shadow: 0 2px 12px #0004;
}
.dj-flashes > .dj-flash-error { background: #a11 }
.dj-flashes > .dj-flash-success { background: #161 }
`;

/** @param {Core} core */
export default ({ _parse, _use, _view }) => {
  /** @type {HTMLElement | undefined} */
  let corner;

  const makeCorner = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    corner = document.createElement("div");
    corner.className = "dj-flashes";
    corner.role = "status";
    corner.ariaLive = "polite";
    // A click on a message is enough to be rid of it.
    corner.addEventListener("click", ({ target }) => {
      if (target !== corner) /** @type {Element} */ (target).remove();
    });
    document.documentElement.append(corner);
    return corner;
  };

  /** @param {string} level @param {string} text @param {boolean} [isHtml] */
  const put = (level, text, isHtml) => {
    const place = document.querySelector("[dj-flash]") ?? corner ?? makeCorner();
    const message = document.createElement("p");
    message.className = `dj-flash dj-flash-${level}`;
    if (level === "error") message.role = "alert";
    if (isHtml) message.replaceChildren(..._parse(message, text).childNodes);
    else message.textContent = text;
    _view._root._quietly(() => place.append(message));
  };

  _use({
    _extra({ flash, flash_clear }) {
      if (flash_clear) {
        _view._root._quietly(() =>
          document.querySelectorAll(".dj-flash").forEach((message) => message.remove()),
        );
      }
      for (const [level, text, isHtml] of flash ?? []) put(level, text, isHtml);
    },
  });
};
