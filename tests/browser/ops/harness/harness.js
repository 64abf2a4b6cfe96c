/** Compare what ops make of an old page with the browser's own reading of the new one. */

const frame = (id) =>
  new Promise((resolve) => {
    const { contentWindow } = document.getElementById(id);
    const look = () => (contentWindow.load ? resolve(contentWindow) : setTimeout(look, 5));
    look();
  });

const home = (node) => (node.localName === "template" && node.content) || node;

const attributes = (element) =>
  [...element.attributes]
    .map(({ name, value, namespaceURI }) => JSON.stringify([name, value, namespaceURI]))
    .sort()
    .join();

/** Where two trees differ, as text; undefined when they are the same. */
const difference = (a, b, path = "root", top = true) => {
  const say = (what, left, right) => `${path}: ${what} ${JSON.stringify(left)} != ${JSON.stringify(right)}`;
  if (a.nodeType !== b.nodeType) return say("type", a.nodeType, b.nodeType);
  for (const name of ["localName", "namespaceURI", "target"]) {
    if (a.nodeType !== 1 && name !== "target") continue;
    if (a.nodeType === 1 && name === "target") continue;
    if (a[name] !== b[name]) return say(name, a[name], b[name]);
  }
  if (a.nodeType !== 1) return a.data === b.data ? undefined : say("data", a.data, b.data);
  if (attributes(a) !== attributes(b)) return say("attributes", attributes(a), attributes(b));
  const [ours, theirs] = [[...home(a).childNodes], [...home(b).childNodes]];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index++) {
    const name = ours[index].localName ?? `#${ours[index].nodeType}`;
    const found = difference(ours[index], theirs[index], `${path} > ${index}:${name}`, false);
    if (found) return found;
  }
  const names = (nodes) => nodes.map((node) => node.nodeName).join();
  if (ours.length !== theirs.length) return say("children", names(ours), names(theirs));
  return undefined;
};

const normalizeAll = (root) => {
  root.normalize();
  for (const template of root.querySelectorAll("template")) normalizeAll(home(template));
};

const keyed = (root) => {
  const found = new Map();
  for (const element of root.querySelectorAll("[dj-key],[id]")) {
    const parent = element.parentElement;
    const of = (one) => one.getAttribute("dj-key") ?? one.id;
    const key = `${of(parent)}/${element.localName}/${of(element)}`;
    // A key that is there twice promises nothing.
    found.set(key, found.has(key) ? null : element);
  }
  return found;
};

const [old, fresh] = await Promise.all([frame("old"), frame("new")]);

globalThis.harness = {
  cases: () => old.cases(),
  runCase: (name, ops) => old.runCase(name, ops),

  /**
   * @param {{a: string, b: string, ops: unknown[], count: number, hash: number, after: number}[]} pairs
   * @returns What is wrong, with the index of the pair; refusals are told apart.
   */
  check(pairs) {
    const wrong = [];
    pairs.forEach(({ a, b, ops, count, hash, after, identity }, index) => {
      const report = (kind, what) => wrong.push({ index, kind, what });
      old.load(a);
      const root = old.root();
      if (root.count !== count || root.hash !== hash) {
        return report("shape", [root.count, count, root.hash, hash]);
      }
      const before = identity && keyed(root.element);
      const applied = root.apply(ops);
      root.close();
      if (!applied) return report("refused", ops);
      fresh.load(b);
      const expected = fresh.root();
      normalizeAll(expected.element);
      const found = difference(root.element, expected.element);
      if (found) return report("different", found);
      const title = fresh.document.querySelector("head > title");
      if (title && old.document.title !== fresh.document.title) report("title", title.text);
      if (root.hash !== after) report("hash", [root.hash, after]);
      expected.close();
      if (before) {
        const now = keyed(root.element);
        for (const [key, element] of now) {
          const earlier = before.get(key);
          if (element && earlier && earlier !== element) report("identity", key);
        }
      }
      return undefined;
    });
    return wrong;
  },
};
