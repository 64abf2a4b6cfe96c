/**
 * State that no HTML shows. A case loads `a`, prepares the page as a visitor or a script would, has the ops for
 * `b` applied, and then looks.
 */

const rows = (keys, inside) =>
  `<ul>${[...keys].map((key) => `<li dj-key="${key}">${key}${inside(key)}</li>`).join("")}</ul>`;
const only = (key, html) => (one) => (one === key ? html : "");
const long = (extra) =>
  `<div class="box" style="height:50px;width:50px;overflow:auto"><div style="height:500px;width:500px">x</div>${extra}</div>`;
const moving =
  '<style>@keyframes k { to { opacity: 0 } } .k { animation: k 100s } .t { transition: opacity 100s; opacity: 1 } .t.go { opacity: 0 }</style>';

const $ = (selector) => document.querySelector(selector);
const focused = (selector) => document.activeElement === $(selector);
const frame = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const type = (selector, text) => {
  const control = $(selector);
  control.focus();
  control.value = text;
  control.dispatchEvent(new Event("input", { bubbles: true }));
};

/** @type {Record<string, {a: string, b: string, before: () => any, after: (kept: any) => any}>} */
export const CASES = {
  "focus, when a text elsewhere changes": {
    a: "<p>1</p><input>",
    b: "<p>2</p><input>",
    before: () => $("input").focus(),
    after: () => focused("input"),
  },
  "focus, when something is inserted before": {
    a: "<div><input></div>",
    b: "<div><p>new</p><input></div>",
    before: () => $("input").focus(),
    after: () => focused("input"),
  },
  "focus, when the row moves": {
    a: rows("abc", only("c", "<input>")),
    b: rows("cab", only("c", "<input>")),
    before: () => $("input").focus(),
    after: () => focused("input"),
  },
  "focus, when the rows are reversed": {
    a: rows("abcdefghij", only("e", "<input>")),
    b: rows("jihgfedcba", only("e", "<input>")),
    before: () => $("input").focus(),
    after: () => focused("input"),
  },
  "focus, when the parent's attributes change": {
    a: '<div class="a"><button>x</button></div>',
    b: '<div class="b" id="n"><button>x</button></div>',
    before: () => $("button").focus(),
    after: () => focused("button"),
  },
  "focus, when the element itself changes": {
    a: '<button class="a">x</button>',
    b: '<button class="b">y</button>',
    before: () => $("button").focus(),
    after: () => focused("button"),
  },
  "caret, when attributes change": {
    a: '<input value="hello" class="a">',
    b: '<input value="hello" class="b">',
    before: () => ($("input").focus(), $("input").setSelectionRange(2, 2)),
    after: () => $("input").selectionStart === 2,
  },
  "caret, when the row moves": {
    a: rows("abc", only("c", '<input value="hello">')),
    b: rows("cab", only("c", '<input value="hello">')),
    before: () => ($("input").focus(), $("input").setSelectionRange(2, 4)),
    after: () => $("input").selectionStart === 2 && $("input").selectionEnd === 4,
  },
  "caret, when the server sends what is typed": {
    a: '<input value="">',
    b: '<input value="hello">',
    before: () => (type("input", "hello"), $("input").setSelectionRange(1, 3)),
    after: () => $("input").selectionStart === 1 && $("input").selectionEnd === 3,
  },
  "selection in a text area": {
    a: "<label>a</label><textarea>hello world</textarea>",
    b: "<label>b</label><textarea>hello world</textarea>",
    before: () => ($("textarea").focus(), $("textarea").setSelectionRange(6, 11, "backward")),
    after: () => $("textarea").selectionEnd === 11 && $("textarea").selectionDirection === "backward",
  },
  "selection of text on the page": {
    a: "<p>some text</p><p>1</p>",
    b: "<p>some text</p><p>2</p><p>3</p>",
    before: () => getSelection().setBaseAndExtent($("p").firstChild, 2, $("p").firstChild, 6),
    after: () => String(getSelection()) === "me t",
  },
  "selection of text in a row that moves": {
    a: rows("abc", only("c", "<b>some text</b>")),
    b: rows("acb", only("c", "<b>some text</b>")),
    before: () => getSelection().selectAllChildren($("b")),
    after: () => String(getSelection()) === "some text" || $("b").isConnected,
  },
  "typed text, when a sibling changes": {
    a: "<input><p>1</p>",
    b: "<input><p>2</p>",
    before: () => type("input", "typed"),
    after: () => $("input").value === "typed",
  },
  "typed text, when the row moves": {
    a: rows("abc", only("c", "<input>")),
    b: rows("cab", only("c", "<input>")),
    before: () => type("input", "typed"),
    after: () => $("input").value === "typed" && focused("input"),
  },
  "typed text, when the value changes": {
    a: '<input value="a">',
    b: '<input value="b">',
    before: () => type("input", "typed"),
    after: () => $("input").value === "typed",
  },
  "typed text, when the type changes nothing": {
    a: '<input type="text">',
    b: '<input type="search">',
    before: () => type("input", "typed"),
    after: () => $("input").value === "typed",
  },
  "typed text in a text area, when its text changes": {
    a: "<textarea>a</textarea>",
    b: "<textarea>b</textarea>",
    before: () => type("textarea", "typed"),
    after: () => $("textarea").value === "typed",
  },
  "a value set by a script": {
    a: '<input value="a"><p>1</p>',
    b: '<input value="a" class="x"><p>2</p>',
    before: () => ($("input").value = "set"),
    after: () => $("input").value === "set",
  },
  "a focused field that nobody changed takes the new value": {
    a: '<input value="a">',
    b: '<input value="b">',
    before: () => $("input").focus(),
    after: () => $("input").value === "b" && focused("input"),
  },
  "a number half typed": {
    a: '<input type="number" value="1" class="a">',
    b: '<input type="number" value="2" class="b">',
    before: () => type("input", "15"),
    after: () => $("input").value === "15",
  },
  "a slider that was moved": {
    a: '<input type="range" value="1"><p>1</p>',
    b: '<input type="range" value="1"><p>2</p>',
    before: () => type("input", "77"),
    after: () => $("input").value === "77",
  },
  "a colour that was chosen": {
    a: '<input type="color" value="#000000" class="a">',
    b: '<input type="color" value="#ffffff" class="b">',
    before: () => type("input", "#ff0000"),
    after: () => $("input").value === "#ff0000",
  },
  "a box that was checked": {
    a: '<input type="checkbox" class="a">',
    b: '<input type="checkbox" class="b">',
    before: () => $("input").click(),
    after: () => $("input").checked,
  },
  "a box that was unchecked": {
    a: '<input type="checkbox" checked><p>1</p>',
    b: '<input type="checkbox" checked><p>2</p>',
    before: () => $("input").click(),
    after: () => !$("input").checked,
  },
  "an indeterminate box": {
    a: rows("ab", only("b", '<input type="checkbox">')),
    b: rows("ba", only("b", '<input type="checkbox">')),
    before: () => ($("input").indeterminate = true),
    after: () => $("input").indeterminate,
  },
  "a radio button that was chosen": {
    a: '<input type="radio" name="r" id="x" checked><input type="radio" name="r" id="y"><input type="radio" name="r" id="z">',
    b: '<input type="radio" name="r" id="x"><input type="radio" name="r" id="y"><input type="radio" name="r" id="z" checked>',
    before: () => $("#y").click(),
    after: () => $("#y").checked,
  },
  "radio buttons whose row moves": {
    a: rows("abc", (key) => `<input type="radio" name="r" id="${key}">`),
    b: rows("cba", (key) => `<input type="radio" name="r" id="${key}">`),
    before: () => $("#b").click(),
    after: () => $("#b").checked,
  },
  "an option that was chosen": {
    a: "<select><option>1<option>2<option>3</select>",
    b: "<select><option>0<option>1<option selected>2<option>3</select>",
    before: () => ($("select").value = "3"),
    after: () => $("select").value === "3",
  },
  "options that were chosen": {
    a: "<select multiple><option>1<option>2<option>3</select>",
    b: '<select multiple class="x"><option>1<option>2<option>3<option>4</select>',
    before: () => (($("select").options[0].selected = true), ($("select").options[2].selected = true)),
    after: () => [...$("select").selectedOptions].map((one) => one.text).join() === "1,3",
  },
  "an option of a select that moves": {
    a: rows("ab", only("b", "<select><option>1<option>2</select>")),
    b: rows("ba", only("b", "<select><option>1<option>2</select>")),
    before: () => ($("select").selectedIndex = 1),
    after: () => $("select").selectedIndex === 1,
  },
  "a file that was chosen": {
    a: '<input type="file" class="a"><p>1</p>',
    b: '<input type="file" class="b"><p>2</p>',
    before() {
      const data = new DataTransfer();
      data.items.add(new File(["x"], "x.txt"));
      $("input").files = data.files;
    },
    after: () => $("input").files[0]?.name === "x.txt",
  },
  "a complaint of a script about a field": {
    a: '<input class="a">',
    b: '<input class="b">',
    before: () => $("input").setCustomValidity("no"),
    after: () => $("input").validationMessage === "no",
  },
  "details that were opened": {
    a: "<details><summary>s</summary>1</details>",
    b: "<details><summary>s</summary>2</details>",
    before: () => ($("details").open = true),
    after: () => $("details").open,
  },
  "details that were closed": {
    a: "<details open><summary>s</summary>1</details>",
    b: '<details open class="x"><summary>s</summary>2</details>',
    before: () => ($("details").open = false),
    after: () => !$("details").open,
  },
  "details that were opened and move": {
    a: rows("ab", only("b", "<details><summary>s</summary>1</details>")),
    b: rows("ba", only("b", "<details><summary>s</summary>2</details>")),
    before: () => ($("details").open = true),
    after: () => $("details").open,
  },
  "a modal dialog": {
    a: "<dialog><input><p>1</p></dialog>",
    b: "<dialog><input><p>2</p></dialog>",
    before: () => $("dialog").showModal(),
    after: () => $("dialog").matches(":modal") && focused("input"),
  },
  "a popover": {
    a: "<div popover><p>1</p></div>",
    b: "<div popover><p>2</p></div>",
    before: () => $("div").showPopover(),
    after: () => $("div").matches(":popover-open"),
  },
  "scroll of a box that grows": {
    a: long(""),
    b: long("<p>new</p>"),
    before: () => ($(".box").scrollTop = 100),
    after: () => $(".box").scrollTop === 100,
  },
  "scroll to the side": {
    a: long("<p>1</p>"),
    b: long("<p>2</p>"),
    before: () => ($(".box").scrollLeft = 80),
    after: () => $(".box").scrollLeft === 80,
  },
  "scroll of a box whose attributes change": {
    a: `<section class="a">${long("")}</section>`,
    b: `<section class="b">${long("")}</section>`,
    before: () => ($(".box").scrollTop = 60),
    after: () => $(".box").scrollTop === 60,
  },
  "scroll of the page": {
    a: '<div style="height:5000px">x</div><p>1</p>',
    b: '<div style="height:5000px">x</div><p>2</p><p>3</p>',
    before: () => scrollTo(0, 1234),
    after: () => Math.round(scrollY) === 1234,
  },
  "scroll of a text area": {
    a: `<textarea rows="2">${"x\n".repeat(50)}</textarea><p>1</p>`,
    b: `<textarea rows="2">${"x\n".repeat(50)}</textarea><p>2</p>`,
    before: () => ($("textarea").scrollTop = 50),
    after: () => $("textarea").scrollTop === 50,
  },
  "a frame, when a sibling changes": {
    a: "<iframe></iframe><p>1</p>",
    b: "<p>0</p><iframe></iframe><p>2</p>",
    before: () => ($("iframe").contentWindow.mark = 1),
    after: () => $("iframe").contentWindow.mark === 1,
  },
  "a frame, when its row moves": {
    a: rows("abc", only("c", "<iframe></iframe>")),
    b: rows("cab", only("c", "<iframe></iframe>")),
    before: () => ($("iframe").contentWindow.mark = 1),
    after: () => $("iframe").contentWindow.mark === 1,
  },
  "a video and its settings": {
    a: rows("ab", only("b", "<video></video>")),
    b: rows("ba", only("b", "<video controls></video>")),
    before: () => (($("video").volume = 0.25), $("video")),
    after: (video) => $("video") === video && video.volume === 0.25,
  },
  "what is drawn on a canvas": {
    a: '<canvas width="2" height="2"></canvas><p>1</p>',
    b: '<p>0</p><canvas width="2" height="2"></canvas><p>2</p>',
    before: () => $("canvas").getContext("2d").fillRect(0, 0, 2, 2),
    after: () => $("canvas").getContext("2d").getImageData(0, 0, 1, 1).data[3] === 255,
  },
  "an animation, when a sibling changes": {
    a: `${moving}<div class="k">x</div><p>1</p>`,
    b: `${moving}<p>0</p><div class="k">x</div><p>2</p>`,
    before: () => $(".k").getAnimations()[0],
    after: (animation) => $(".k").getAnimations()[0] === animation,
  },
  "an animation, when its row moves": {
    a: moving + rows("abc", only("c", '<i class="k">x</i>')),
    b: moving + rows("cab", only("c", '<i class="k">x</i>')),
    before: () => $(".k").getAnimations()[0],
    after: (animation) => $(".k").getAnimations()[0] === animation,
  },
  "a transition that runs": {
    a: `${moving}<div class="t">x</div><p>1</p>`,
    b: `${moving}<div class="t">x</div><p>2</p>`,
    async before() {
      const element = $(".t");
      void getComputedStyle(element).opacity;
      element.classList.add("go");
      return element.getAnimations()[0];
    },
    after: (animation) => animation && $(".t").getAnimations()[0] === animation,
  },
  "a shadow root": {
    a: '<div class="a">1</div>',
    b: '<div class="b">2</div>',
    before: () => ($("div").attachShadow({ mode: "open" }).innerHTML = "<slot></slot>"),
    after: () => $("div").shadowRoot?.innerHTML === "<slot></slot>",
  },
  "listeners and properties of scripts": {
    a: rows("abc", () => ""),
    b: rows("bca", () => "!"),
    before: () => ($("[dj-key=b]").mark = 1),
    after: () => $("[dj-key=b]").mark === 1,
  },
  "attributes of scripts": {
    a: '<p class="a">1</p>',
    b: '<p class="b">2</p>',
    before: () => $("p").setAttribute("data-theirs", "1"),
    after: () => $("p").getAttribute("data-theirs") === "1" && $("p").className === "b",
  },
  "an editable text, when a sibling changes": {
    a: "<div contenteditable>edit</div><p>1</p>",
    b: "<div contenteditable>edit</div><p>2</p>",
    before: () => ($("div").focus(), getSelection().collapse($("div").firstChild, 2)),
    after: () => focused("div") && getSelection().anchorOffset === 2,
  },
  "what is inside an ignored element": {
    a: "<div dj-ignore><p>1</p></div>",
    b: '<div dj-ignore class="x"><p>2</p></div>',
    before: () => ($("p").textContent = "theirs"),
    after: () => $("p").textContent === "theirs" && $("div").className === "x",
  },
};

/** Run one case. */
export const run = async (name, ops, root) => {
  const { before, after } = CASES[name];
  const kept = await before();
  await frame();
  const applied = root.apply(ops);
  root.close();
  await frame();
  return applied && Boolean(after(kept));
};
