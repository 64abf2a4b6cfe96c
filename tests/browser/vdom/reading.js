/** Nodes as the ops write them: text, [0, comment], [1, target, data], [name, attributes, children, namespace]. */

const NAMESPACES = {
  "http://www.w3.org/1999/xhtml": 0,
  "http://www.w3.org/2000/svg": 1,
  "http://www.w3.org/1998/Math/MathML": 2,
};
const ATTRIBUTE_NAMESPACES = {
  "http://www.w3.org/1999/xlink": 1,
  "http://www.w3.org/XML/1998/namespace": 2,
  "http://www.w3.org/2000/xmlns/": 3,
};

const home = (node) => (node.localName === "template" && node.content) || node;

const read = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType === Node.COMMENT_NODE) return [0, node.data];
  if (node.nodeType === Node.PROCESSING_INSTRUCTION_NODE) return [1, node.target, node.data];
  const attributes = [...node.attributes].map(({ name, value, namespaceURI }) =>
    namespaceURI ? [name, value, ATTRIBUTE_NAMESPACES[namespaceURI]] : [name, value],
  );
  const namespace = NAMESPACES[node.namespaceURI];
  return [node.localName, attributes, readChildren(node), ...(namespace ? [namespace] : [])];
};

const readChildren = (node) => {
  const found = [];
  // What the browser copies into a selectedcontent is its own affair.
  if (node.localName === "selectedcontent" && NAMESPACES[node.namespaceURI] === 0) return found;
  for (const child of home(node).childNodes) {
    if (child.nodeType === Node.DOCUMENT_TYPE_NODE) continue;
    const one = read(child);
    const isText = typeof one === "string" && typeof found.at(-1) === "string";
    if (isText) found[found.length - 1] += one;
    else found.push(one);
  }
  return found;
};

const make = (context) => {
  const [prefix, name] = context.includes(" ") ? context.split(" ") : ["", context];
  const namespace = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" }[prefix];
  return namespace ? document.createElementNS(namespace, name) : document.createElement(name);
};

globalThis.readFragment = ([html, context]) => {
  const element = make(context);
  element.innerHTML = html;
  return readChildren(element);
};

globalThis.readDocument = (html) => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const inside = frame.contentDocument;
  inside.open();
  inside.write(html);
  inside.close();
  const nodes = readChildren(inside);
  frame.remove();
  return nodes;
};

globalThis.readOutline = (html) => {
  const body = make("body");
  body.innerHTML = html;
  const lines = [];
  const waiting = [...body.childNodes].reverse().map((node) => [node, 1]);
  while (waiting.length) {
    const [node, depth] = waiting.pop();
    lines.push(`${depth} ${node.localName ?? node.data}`);
    for (const child of [...home(node).childNodes].reverse()) waiting.push([child, depth + 1]);
  }
  return lines.join("\n");
};
