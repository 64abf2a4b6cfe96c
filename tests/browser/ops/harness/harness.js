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

/**
 * What differs from a page that the browser reads anew; undefined when nothing does.
 *
 * @param {[number, number]} [shape] What the server makes of the page; a browser that reads it otherwise differs, too.
 */
const unlike = (root, html, shape) => {
  fresh.load(html);
  const expected = fresh.root();
  const read = [expected.count, expected.hash];
  expected.close();
  if (shape && read.join() !== shape.join()) return ["reading", read];
  normalizeAll(expected.element);
  const found = difference(root.element, expected.element);
  if (found) return ["different", found];
  const title = fresh.document.querySelector("head > title");
  const differs = title && old.document.title !== fresh.document.title;
  return differs ? ["title", [old.document.title, title.text]] : undefined;
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
      const found = unlike(root, b);
      if (found) return report(...found);
      if (root.hash !== after) report("hash", [root.hash, after]);
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

  /**
   * Follow pages from one step to the next.
   *
   * @param {{first: string, shape: [number, number], steps: {ops: unknown[], page: string, count: number, hash: number,
   *   root: {html: string, title: string | null} | null}[]}[]} pages A step has the ops, the whole root if the server
   *   sends it because ops cannot say what changed, and the page as it is to be.
   * @returns What is wrong, with the indexes of page and step; no more than one thing of a page.
   */
  follow(pages) {
    const take = (root, { ops, root: whole, page, count, hash }) => {
      const isApplied = root.apply(ops);
      if (isApplied === Boolean(whole)) return [isApplied ? "taken" : "refused", ops];
      if (whole) old.replaceRoot(root, whole.html);
      if (whole && whole.title !== null) old.document.title = whole.title;
      const found = unlike(root, page, [count, hash]);
      if (found) return found;
      const shape = [root.count, root.hash];
      return shape.join() === [count, hash].join() ? undefined : ["shape", shape];
    };
    const wrong = [];
    pages.forEach(({ first, shape, steps }, index) => {
      old.load(first);
      const root = old.root();
      const read = [root.count, root.hash];
      let found = read.join() === shape.join() ? undefined : ["reading", read];
      let at = 0;
      while (!found && at < steps.length) found = take(root, steps[at++]);
      if (found) wrong.push({ index, at: at - 1, kind: found[0], what: found[1] });
      root.close();
    });
    return wrong;
  },
};
