import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { settle, show } from "./dom.js";

show("");
const { Root } = await import("../../src/djust_live/static/djust/src/ops.js");

/** @type {any} */
let root;

/** Numbers: 0 body, 1 ul, 2 li a, 3 "a", 4 li b, 5 "b", 6 li c, 7 "c", 8 comment. */
const LIST = "<body><ul><li>a</li><li>b</li><li>c</li></ul><!--x--></body>";

const open = (html) => {
  show(html);
  root = new Root(document.documentElement);
};
const body = () => document.body.innerHTML;

beforeEach(() => open(LIST));

test("the root of a page is its body, or what carries dj-root", () => {
  assert.equal(root.element, document.body);
  open("<main><p>before</p><div dj-root><p>x</p></div></main>");
  assert.equal(root.element, document.querySelector("[dj-root]"));
  assert.equal(root.count, 3);
});

test("an element that carries dj-root is the root, whatever is inside", () => {
  show("<main dj-root><div dj-root><p>x</p></div></main>");
  const main = document.querySelector("main");
  root = new Root(main);
  assert.equal(root.element, main);
});

test("nodes are counted in tree order, the contents of templates too", () => {
  assert.equal(root.count, 9);
  open("<body><template><b>x</b></template></body>");
  assert.equal(root.count, 4);
});

test("adjacent texts count as one", () => {
  show("<body><p>a</p></body>");
  document.querySelector("p").append("b", "");
  assert.equal(new Root(document.body).count, 3);
});

test("what is inside an opaque element has no numbers", () => {
  open('<body><div dj-ignore><p>x</p></div><p dj-update="ignore">y</p></body>');
  assert.equal(root.count, 3);
});

test("split texts count as one in the contents of a template, too", () => {
  show("<body><template>a</template></body>");
  document.querySelector("template").content.append("b", "");
  assert.equal(new Root(document.body).count, 3);
});

test("count and hash of a shape are those that the server says", () => {
  const everyKind =
    "t<!--c--><svg><foreignObject></foreignObject></svg><template><b>x</b></template><br>";
  for (const [html, count, hash] of [
    ["<p>a</p>", 3, 3790132011],
    [everyKind, 9, 3457188895],
    ["<ul><li>a</li><li>b</li><li>c</li></ul><!--x-->", 9, 1549839966],
  ]) {
    open(`<body>${html}</body>`);
    assert.deepEqual([root.count, root.hash], [count, hash], html);
  }
});

test("the hash tells shapes apart, and only shapes", () => {
  const shape = (html) => {
    open(html);
    return root.hash;
  };
  assert.equal(shape("<body></body>"), 2166136261);
  assert.equal(shape("<body><p>a</p></body>"), shape('<body><p class="x">b</p></body>'));
  assert.notEqual(shape("<body><p>a</p></body>"), shape("<body><b>a</b></body>"));
  assert.notEqual(shape("<body><p></p>a</body>"), shape("<body><p>a</p></body>"));
  assert.notEqual(shape("<body>a</body>"), shape("<body><!--a--></body>"));
});

test("text and comments change", () => {
  assert.ok(root.apply([[1, 3, "A"], [1, 8, "y"]]));
  assert.equal(body(), "<ul><li>A</li><li>b</li><li>c</li></ul><!--y-->");
});

test("attributes come and go, with namespaces and with odd names", () => {
  open('<body><svg><a xlink:href="#a"></a></svg><p></p></body>');
  assert.ok(
    root.apply([
      [2, 2, "xlink:href", "#b", 1],
      [2, 3, "@click", "go"],
      [2, 3, "id", "p"],
      [3, 3, "id"],
    ]),
  );
  const link = document.querySelector("a");
  assert.equal(link.getAttributeNS("http://www.w3.org/1999/xlink", "href"), "#b");
  assert.equal(document.querySelector("p").getAttribute("@click"), "go");
  assert.ok(root.apply([[3, 2, "xlink:href", 1], [3, 3, "@click"]]));
  assert.equal(link.attributes.length, 0);
  assert.equal(document.querySelector("p").attributes.length, 0);
});

test("inserted nodes take the next numbers", () => {
  assert.ok(root.apply([[4, 4, "<li>n</li>"], [5, 1, "<li>z<b>!</b></li>"], [1, 10, "N"], [1, 14, "?"]]));
  assert.equal(
    body(),
    "<ul><li>a</li><li>N</li><li>b</li><li>c</li><li>z<b>?</b></li></ul><!--x-->",
  );
});

test("content is parsed for the parent that receives it", () => {
  open("<body><table><tbody></tbody></table><template></template></body>");
  assert.ok(root.apply([[5, 2, "<tr><td>1</td></tr>"], [5, 3, "<td>t</td>"]]));
  assert.equal(document.querySelector("tbody").innerHTML, "<tr><td>1</td></tr>");
  assert.equal(document.querySelector("template").innerHTML, "<td>t</td>");
  assert.ok(root.apply([[1, 8, "u"]]));
  assert.equal(document.querySelector("template").innerHTML, "<td>u</td>");
});

test("nodes come as JSON where no HTML says them", () => {
  assert.ok(
    root.apply([
      [5, 0, ["t", [0, "c"], ["p", [["id", "q"]], ["x", ["a", [], []]]], ["svg", [["viewBox", "0 0"]], [], 1]]],
    ]),
  );
  assert.match(body(), /t<!--c--><p id="q">x<a><\/a><\/p><svg viewBox="0 0"><\/svg>$/);
  assert.equal(document.querySelector("svg").namespaceURI, "http://www.w3.org/2000/svg");
});

test("a script that comes as JSON never runs", () => {
  assert.ok(root.apply([[5, 0, [["script", [], ["globalThis.ran = 1"]]]]]));
  assert.equal(globalThis.window.ran, undefined);
});

test("nodes and ranges of siblings are removed", () => {
  assert.ok(root.apply([[6, 2, 2]]));
  assert.equal(body(), "<ul><li>c</li></ul><!--x-->");
  assert.ok(root.apply([[6, 8]]));
  assert.equal(body(), "<ul><li>c</li></ul>");
});

test("nodes and ranges of siblings move", () => {
  assert.ok(root.apply([[7, 6, 2]]));
  assert.equal(document.querySelector("ul").textContent, "cab");
  assert.ok(root.apply([[8, 2, 1, 2]]));
  assert.equal(document.querySelector("ul").textContent, "cab");
  assert.ok(root.apply([[8, 6, 1]]));
  assert.equal(document.querySelector("ul").textContent, "abc");
});

test("a node is replaced, emptied, filled", () => {
  assert.ok(root.apply([[9, 2, "<li>A</li>"], [11, 4, "<b>"], [10, 6, "<i>i</i>"]]));
  assert.equal(body(), "<ul><li>A</li><li>&lt;b&gt;</li><li><i>i</i></li></ul><!--x-->");
  assert.ok(root.apply([[11, 4, ""], [10, 6]]));
  assert.equal(body(), "<ul><li>A</li><li></li><li></li></ul><!--x-->");
});

test("element children are permuted, other nodes stay", () => {
  open("<body><ul> <li>a</li>-<li>b</li>+<!--x--><li>c</li> </ul></body>");
  assert.ok(root.apply([[12, 1, [2, 0, 1]]]));
  assert.equal(body(), "<ul> <li>c</li>-<li>a</li>+<!--x--><li>b</li> </ul>");
  assert.ok(root.apply([[12, 1, [0, 1, 2]]]));
  assert.equal(body(), "<ul> <li>a</li>-<li>b</li>+<!--x--><li>c</li> </ul>");
});

test("neighbours take every order", () => {
  const orders = (items) =>
    items.length < 2
      ? [items]
      : items.flatMap((item) =>
          orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
        );
  for (const between of ["", " "]) {
    for (const ranks of orders([0, 1, 2, 3])) {
      open(`<body><ul>${["<i>a</i>", "<i>b</i>", "<i>c</i>", "<i>d</i>"].join(between)}</ul></body>`);
      assert.ok(root.apply([[12, 1, ranks]]));
      const wanted = ranks.map((rank) => `<i>${"abcd"[rank]}</i>`).join(between);
      assert.equal(document.querySelector("ul").innerHTML, wanted);
    }
  }
});

test("what may bind something new is known until the next ops", () => {
  assert.ok(root.apply([[4, 2, "x<li>n</li>"], [2, 4, "dj-click", "go"], [2, 6, "id", "c"]]));
  const [a, n, , b] = document.querySelector("ul").childNodes;
  assert.deepEqual(root._added, [a, n, b]);
  assert.ok(root.apply([[1, 5, "B"]]));
  assert.deepEqual(root._added, []);
});

test("an element that moves keeps the focus, and the page stays where it is scrolled to", () => {
  open("<body><ul><li><input></li><li>b</li></ul><input></body>");
  const [moved, other] = document.querySelectorAll("input");
  const calls = [];
  const focus = moved.focus.bind(moved);
  moved.focus = (options) => {
    calls.push(options);
    focus();
  };
  focus();
  assert.ok(root.apply([[8, 2, 1]]));
  assert.equal(document.activeElement, moved);
  assert.deepEqual(calls, [{ preventScroll: true }]);
  other.focus();
  assert.ok(root.apply([[8, 2, 1]]));
  assert.equal(document.activeElement, other);
  focus();
  assert.ok(root.apply([[1, 5, "B"]]));
  assert.equal(calls.length, 1, "who has the focus is not given it");
  assert.ok(root.apply([[6, 2]]));
  assert.equal(document.activeElement, document.body);
});

test("refused ops are shown to who debugs", (context) => {
  const debug = context.mock.method(console, "debug", () => undefined);
  globalThis.djustDebug = true;
  root.apply([[0]]);
  globalThis.djustDebug = false;
  const [sender, what, , ops] = debug.mock.calls[0].arguments;
  assert.deepEqual([sender, what, ops], ["djust:", "refused", [[0]]]);
});

test("renumbering counts the living in tree order and passes foreign nodes over", () => {
  assert.ok(root.apply([[6, 2], [4, 4, "<li>n</li>"]]));
  document.body.prepend(document.createElement("aside"));
  assert.ok(root.apply([[13], [1, 3, "N"], [1, 5, "B"]]));
  assert.equal(body(), "<aside></aside><ul><li>N</li><li>B</li><li>c</li></ul><!--x-->");
  assert.equal(root.count, 9);
});

test("the title changes", () => {
  assert.ok(root.apply([[14, "New"]]));
  assert.equal(document.title, "New");
});

const REFUSED = {
  "the server's own refusal": [[0]],
  "an unknown code": [[15]],
  "a code that is no number": [["1", 3, "x"]],
  "a code between two": [[1.5, 3, "x"]],
  "a name of an array's own": [["push", 3, "x"]],
  "no op": [{}],
  "too many arguments": [[1, 3, "x", "y"]],
  "too few arguments": [[1, 3]],
  "an unknown node": [[1, 99, "x"]],
  "a number as text": [[1, "3", "x"]],
  "an element's number as text": [[2, "2", "id", "x"]],
  "a negative number": [[1, -1, "x"]],
  "text for an element": [[1, 2, "x"]],
  "an attribute for a text": [[2, 3, "id", "x"]],
  "children for a text": [[5, 3, "x"]],
  "a value that is no text": [[2, 2, "id", 5]],
  "an attribute name that no parser makes": [[2, 2, "a b", "x"]],
  "an unknown namespace": [[2, 2, "x:y", "x", 9]],
  "a sibling before the root": [[4, 0, "x"]],
  "removing the root": [[6, 0]],
  "replacing the root": [[9, 0, "x"]],
  "a range that is none": [[6, 6, -4]],
  "a range into a child": [[6, 2, 1]],
  "a move before itself": [[7, 2, 2]],
  "a move into itself": [[8, 1, 2]],
  "too few ranks": [[12, 1, [0, 1]]],
  "ranks twice": [[12, 1, [0, 1, 1]]],
  "ranks beyond": [[12, 1, [0, 1, 3]]],
  "ranks beyond that come first": [[12, 1, [3, 1, 0]]],
  "ranks that are none": [[12, 1, "012"]],
  "an element that no parser makes": [[5, 0, [["p>q", [], []]]]],
};

for (const [what, ops] of Object.entries(REFUSED)) {
  test(`${what} is refused, and nothing has changed`, () => {
    const before = body();
    assert.equal(root.apply(ops), false);
    assert.equal(body(), before);
  });
}

for (const ops of [null, undefined, 7, {}, "1"]) {
  test(`${JSON.stringify(ops)} is no list of ops`, () => assert.equal(root.apply(ops), false));
}

test("a removed node cannot be named, nor what was in it", () => {
  assert.ok(root.apply([[6, 2]]));
  assert.equal(root.apply([[1, 3, "x"]]), false);
});

test("a removed node cannot be named when another script puts it back", () => {
  const first = document.querySelector("li");
  assert.ok(root.apply([[6, 2]]));
  document.querySelector("ul").prepend(first);
  assert.equal(root.apply([[2, 2, "id", "x"]]), false);
});

test("what another script added is no obstacle", () => {
  document.querySelector("li").before(document.createElement("hr"));
  document.querySelector("li").setAttribute("data-theirs", "1");
  assert.ok(root.apply([[4, 2, "<li>n</li>"], [2, 2, "id", "a"]]));
  assert.equal(
    document.querySelector("ul").innerHTML,
    '<hr><li>n</li><li data-theirs="1" id="a">a</li><li>b</li><li>c</li>',
  );
});

test("where another script took a node away, the order is not touched", () => {
  document.querySelector("ul").append(document.querySelector("li"));
  assert.equal(root.apply([[4, 4, "<li>n</li>"]]), false);
  assert.ok(root.apply([[1, 3, "A"]]), "text has no order");
  assert.equal(root.apply([[13]]), false);
});

test("the change of another script is seen later, too", async () => {
  document.querySelector("li").remove();
  await settle();
  assert.equal(root.apply([[5, 1, "<li>n</li>"]]), false);
});

test("a text that another script split is whole again when it changes", () => {
  document.querySelector("li").firstChild.splitText(0);
  document.querySelector("li").firstChild.splitText(0);
  assert.ok(root.apply([[1, 3, "new"]]));
  assert.equal(document.querySelector("li").childNodes.length, 1);
  assert.equal(document.querySelector("li").textContent, "new");
});

test("a text that another script put before ours goes when ours changes", () => {
  const text = document.querySelector("li").firstChild;
  text.before("new ", "and newer ");
  assert.ok(root.apply([[1, 3, "A"]]));
  assert.deepEqual([...document.querySelector("li").childNodes], [text]);
});

test("where another script split a text, the order is not touched", () => {
  document.querySelector("li").firstChild.splitText(1);
  assert.equal(root.apply([[5, 2, "<b>n</b>"]]), false);
});

test("a text of another script that joins none of ours is no obstacle", () => {
  document.querySelector("li").before("theirs");
  document.querySelector("li").append(document.createElement("hr"));
  assert.ok(root.apply([[5, 1, "<li>n</li>"], [5, 2, "<b>n</b>"]]));
});

test("a closed root no longer watches", async () => {
  root.close();
  document.querySelector("li").remove();
  await settle();
  assert.ok(root.apply([[5, 1, "<li>n</li>"]]));
});
