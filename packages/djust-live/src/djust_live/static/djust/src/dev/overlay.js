/** In DEBUG: what went wrong on the server, where, and what to do; over the page, and easy to put away. */

/** @import {Djust} from "../types.js" */

const STYLE = `
:host { all: initial; position: fixed; inset: auto 1rem 1rem; z-index: 2147483647 }
section {
  max-width: 50rem; max-height: 60vh; overflow: auto; margin: auto; padding: 1rem 1.25rem; border-radius: .6rem;
  font: 15px/1.5 system-ui, sans-serif; color: #f4f1ea; background: #201c1c; border-top: 4px solid #e0605a;
  box-shadow: 0 4px 24px #0008;
}
h2 { margin: 0 3rem .5rem 0; font-size: 1.05rem; overflow-wrap: anywhere }
p { margin: .5rem 0 } b { color: #ffb3ac }
pre { margin: .25rem 0; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; color: #d8d2c6 }
button { float: right; padding: .25rem .75rem; font: inherit; color: inherit; background: #3a3434; border: 1px solid #7a706c; border-radius: .4rem; cursor: pointer }
button:focus-visible { outline: 3px solid #ffb3ac }
`;

/**
 * @param {string} name
 * @param {...(string | Node)} content
 */
const element = (name, ...content) => {
  const made = document.createElement(name);
  made.append(...content);
  return made;
};

/** @param {Djust} _djust */
export default (_djust) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  /** @type {HTMLElement | undefined} */
  let host;
  const close = () => {
    host?.remove();
    host = undefined;
  };
  addEventListener("keydown", ({ key }) => key === "Escape" && close());

  document.addEventListener("djust:error", (/** @type {any} */ event) => {
    const { code, text, message, hint, where = [] } = event.detail;
    close();
    // Outside of <body>, so that it is nobody's node but ours.
    host = element("djust-error");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const button = element("button", "Close");
    button.addEventListener("click", close);
    const section = element("section", button, element("h2", element("b", code), ` ${message ?? text}`));
    section.role = "alert";
    for (const [place, line] of where) section.append(element("pre", `${place}\n  ${line}`));
    if (hint) section.append(element("p", hint));
    section.append(element("p", `docs/reference/errors.md#${code.toLowerCase()}`));
    root.append(section);
    document.documentElement.append(host);
  });
};
