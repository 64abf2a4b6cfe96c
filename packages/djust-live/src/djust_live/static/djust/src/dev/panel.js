/** In DEBUG with DEBUG_PANEL: the turns of this page, and the way back to any of them. */

/** @import {Djust} from "../types.js" */

/**
 * What a turn did.
 *
 * @typedef {{page: string, view: string, number: number, what: string, params: string, ms: number,
 *   queries: [string, number][], state: Record<string, string>, frame: string}} Turn
 */

const MAX_TURNS = 100;

const STYLE = `
:host { all: initial; position: fixed; inset: auto auto 0 0; z-index: 2147483645; font: 13px/1.5 system-ui, sans-serif; color: #eceae4 }
button { font: inherit; color: inherit; background: #2a2d33; border: 1px solid #6d727a; border-radius: .4rem; padding: .2rem .6rem; cursor: pointer }
button:focus-visible { outline: 3px solid #62d3a8 }
[aria-expanded] { margin: .5rem }
section { display: grid; grid-template-columns: 17rem 1fr; width: 100vw; height: 40vh; background: #17191d; border-top: 3px solid #62d3a8 }
[hidden] { display: none }
ol, div { overflow: auto; margin: 0; padding: .5rem; list-style: none }
li button { width: 100%; text-align: left; border-color: transparent; background: none; overflow-wrap: anywhere }
[aria-current] { background: #24483c !important }
h2 { margin: .6rem 0 .2rem; font-size: 13px; color: #62d3a8 }
pre { margin: 0; font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
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

/**
 * @param {string} label
 * @param {() => void} act
 */
const button = (label, act) => {
  const made = element("button", label);
  made.addEventListener("click", act);
  return made;
};

/** @param {Djust} djust */
export default (djust) => {
  /** @type {Turn[]} */
  const turns = [];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  // Outside of <body>, so that it is nobody's node but ours.
  const host = element("djust-panel");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const list = element("ol");
  const details = element("div");
  details.tabIndex = 0;
  const section = element("section", list, details);
  section.hidden = true;
  section.ariaLabel = "Turns of this page";
  const toggle = button("djust", () => {
    section.hidden = !section.hidden;
    toggle.setAttribute("aria-expanded", String(!section.hidden));
  });
  toggle.setAttribute("aria-expanded", "false");
  root.append(toggle, section);
  document.documentElement.append(host);

  /** @param {Turn} turn @param {Element} entry */
  const show = (turn, entry) => {
    for (const other of list.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    entry.setAttribute("aria-current", "true");
    const parts = {
      Parameters: turn.params,
      State: Object.entries(turn.state).map(([name, value]) => `${name} = ${value}`).join("\n"),
      [`Queries: ${turn.queries.length}`]: turn.queries.map(([sql, ms]) => `${ms} ms  ${sql}`).join("\n"),
      [`Frame: ${turn.frame.length} bytes`]: turn.frame,
    };
    const back = button("Go back to here", () =>
      djust.send("debug:travel", { page: turn.page, number: turn.number }),
    );
    details.replaceChildren(
      back,
      ...Object.entries(parts).flatMap(([title, text]) => [element("h2", title), element("pre", text)]),
    );
  };

  djust.use({
    namespace: "debug",
    /** @param {string} _verb @param {Turn} turn */
    onMessage(_verb, turn) {
      turns.push(turn);
      const took = turn.ms ? ` ${turn.ms} ms` : "";
      const entry = button(
        `${turn.number} ${turn.view} ${turn.what}${took}, ${turn.queries.length} queries, ${turn.frame.length} bytes`,
        () => show(turn, entry),
      );
      list.append(element("li", entry));
      if (turns.length > MAX_TURNS) {
        turns.shift();
        list.firstElementChild?.remove();
      }
      show(turn, entry);
      entry.scrollIntoView({ block: "nearest" });
    },
  });
};
