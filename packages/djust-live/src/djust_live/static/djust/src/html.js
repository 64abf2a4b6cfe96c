/** HTML text in, nodes out: the only door through which markup enters the page. */

const XHTML = "http://www.w3.org/1999/xhtml";
const NAMESPACES = [XHTML, "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"];
const ATTRIBUTE_NAMESPACES = [
  "",
  "http://www.w3.org/1999/xlink",
  "http://www.w3.org/XML/1998/namespace",
  "http://www.w3.org/2000/xmlns/",
];

const policy = globalThis.trustedTypes?.createPolicy("djust", {
  createHTML: (/** @type {string} */ html) => html,
});

/**
 * Vouch for markup that came from our own server.
 *
 * @param {string} html
 * @returns {string} Typed as a string, because that is what the DOM's own typings expect.
 */
const trusted = (html) => /** @type {any} */ (policy?.createHTML(html) ?? html);

/**
 * What holds an element's children: a template keeps them in its contents.
 *
 * @param {any} node
 * @returns {ParentNode & Node}
 */
export const home = (node) => (node.localName === "template" && node.content) || node;

/**
 * Parse markup as the `innerHTML` of an element like the one that will receive it.
 *
 * The element is made in the live document, so scripting counts as on. A hyphenated name would run the
 * constructor of a custom element, and means nothing to the parser: another name stands in for it.
 *
 * @param {{namespaceURI: string | null, localName: string}} parent
 * @param {string} html
 * @returns {ParentNode & Node} What holds the parsed nodes.
 */
export const parse = ({ namespaceURI, localName }, html) => {
  const isTemplate = localName === "template";
  const holder = document.createElementNS(
    namespaceURI,
    isTemplate || (namespaceURI === XHTML && localName.includes("-")) ? "g" : localName,
  );
  // The innerHTML of a template itself is parsed in a document without scripting.
  holder.innerHTML = trusted(isTemplate ? "<template>" + html : html);
  const nodes = isTemplate ? home(holder.firstChild) : holder;
  // Browsers cut very long text into several nodes; for the server it is one.
  nodes.normalize();
  return nodes;
};

/**
 * @param {string} namespaceURI
 * @param {string} name
 */
const createElement = (namespaceURI, name) => {
  // Parsed, not created: scripts (which then never run), custom elements (which must not be constructed
  // before they are in the page) and names that only the parser accepts.
  const element =
    name !== "script" && /^[a-z]\w*$/i.test(name)
      ? document.createElementNS(namespaceURI, name)
      : parse({ namespaceURI, localName: "g" }, `<${name}></${name}>`).firstElementChild;
  if (element?.localName !== name) throw name;
  return element;
};

/**
 * Make a node from its JSON form.
 *
 * @param {any} spec
 * @returns {Node}
 */
export const build = (spec) => {
  if (typeof spec === "string") return document.createTextNode(spec);
  const [kind, data, content, ns = 0] = spec;
  if (kind === 0) return document.createComment(data);
  if (kind === 1) return document.createProcessingInstruction(data, content);
  const element = createElement(NAMESPACES[ns], kind);
  for (const [name, value, space] of data) setAttribute(element, name, value, space);
  home(element).append(...content.map(build));
  return element;
};

/**
 * @param {Element} element
 * @param {string} name The qualified name.
 * @param {string} value
 * @param {number} [ns]
 */
export const setAttribute = (element, name, value, ns = 0) => {
  if (name === "srcdoc") value = trusted(value);
  if (ns) return element.setAttributeNS(ATTRIBUTE_NAMESPACES[ns], name, value);
  try {
    element.setAttribute(name, value);
  } catch {
    // The parser accepts names that this method refuses, such as "@click" or "{".
    const source = /** @type {Element} */ (
      parse({ namespaceURI: XHTML, localName: "g" }, `<p ${name}="">`).firstElementChild
    );
    const attribute = source.removeAttributeNode(source.attributes[0]);
    if (attribute.name !== name) throw name;
    attribute.value = value;
    element.setAttributeNode(attribute);
  }
};
