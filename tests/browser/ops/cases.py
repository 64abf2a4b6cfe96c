"""Pairs of pages written by hand, each for a corner of HTML or of the differ."""

from __future__ import annotations

KEYS = [str(number) for number in range(40)]


def listed(keys: list[str], attribute: str = "dj-key", gap: str = "") -> str:
    """Return a list with one keyed item for each key."""
    items = "".join(f'{gap}<li {attribute}="{key}">item {key}</li>' for key in keys)
    return f"<ul>{items}{gap}</ul>"


def rows(keys: list[str]) -> str:
    """Return a table with one keyed row for each key."""
    cells = "".join(f'<tr id="{key}"><td>{key}</td><td>x</td></tr>' for key in keys)
    return f"<table><tbody>{cells}</tbody></table>"


CASES: dict[str, tuple[str, str]] = {
    "nothing": ("", ""),
    "from nothing": ("", "<p>x</p>"),
    "one text": ("<p>a</p>", "<p>b</p>"),
    "keyed reverse": (listed(KEYS), listed(KEYS[::-1])),
    "keyed rotation": (listed(KEYS), listed([*KEYS[-1:], *KEYS[:-1]])),
    "keyed swap": (listed(KEYS), listed([KEYS[1], KEYS[0], *KEYS[2:]])),
    "keyed thinning": (listed(KEYS, "id"), listed(KEYS[::3], "id")),
    "keyed by id, interleaved": (listed(KEYS[::2], "id"), listed(KEYS[1:] + KEYS[:1], "id")),
    "keyed with white space": (listed(KEYS, gap="\n  "), listed(KEYS[::-2], gap="\n  ")),
    "keyed rows": (rows(KEYS), rows(KEYS[20:] + KEYS[:10] + ["new"])),
    "duplicate keys": (listed(["a", "a", "b"]), listed(["b", "a", "a", "a"])),
    "keys that are names of objects": (
        listed(["constructor", "__proto__"]),
        listed(["__proto__", "toString"]),
    ),
    "key changes element": ('<p id="x">a</p>', '<div id="x">a</div>'),
    "foster parenting": ("<table><tr><td>1</table>", "<table>stray<tr><td>2</table>"),
    "adoption agency": ("<p><b>1<i>2</b>3</i>", "<b>1<p>2</b>3"),
    "formatting reopened": ("<b><p>x</b>y", "<p><b>x<p>y"),
    "implied end tags": ("<p>a<p>b<li>c<li>d", "<p>a<div>b</div>c<li>d"),
    "select with anything": (
        "<select><option>a<option>b</select>",
        "<select><div><option selected>a</div><hr><button>x</button></select>",
    ),
    "newline after pre": ("<pre>\na</pre>", "<pre>\n\na</pre>"),
    "newline after textarea": ("<textarea>\na</textarea>", "<textarea>\n\na</textarea>"),
    "textarea with markup": ("<textarea><b></textarea>", "<textarea></b>&amp;</textarea>"),
    "style": ("<style>a{}</style>", "<style>b{}</style>"),
    "script text": (
        '<script type="application/json">{"a":1}</script>',
        '<script type="application/json">{"a":"<b>"}</script>',
    ),
    "noscript": ("<noscript><p>a</noscript>", "<noscript><p>b</p><!--x--></noscript>"),
    "noscript in head": (
        "<!doctype html><head><noscript><link></noscript></head><body>a",
        "<!doctype html><head><noscript><link></noscript></head><body>b",
    ),
    "iframe": ("<iframe>a</iframe>", "<iframe><b>b</b></iframe>"),
    "plaintext": ("<p>a", "<p>a<plaintext><b>"),
    "template": ("<template><tr><td>1</template>", "<template><td>2</td>x</template>"),
    "template in template": (
        "<template><template>1</template></template>",
        "<template><p></p><template>2</template></template>",
    ),
    "svg case": ('<svg viewbox="0"><lineargradient/></svg>', '<svg viewBox="1"><G/></svg>'),
    "svg to html": ("<svg><p>x</p></svg>", "<svg><foreignObject><p>x</p></foreignObject></svg>"),
    "svg script and style": (
        "<svg><style>a</style></svg>",
        "<svg><style>&lt;b</style><script>1</script></svg>",
    ),
    "math integration": (
        "<math><mi>x</mi></math>",
        "<math><annotation-xml><svg></svg></annotation-xml><mi><b>x</b></mi></math>",
    ),
    "namespaced attributes": (
        '<svg><a xlink:href="a" xml:lang="de"/></svg>',
        '<svg><a xlink:title="b" xml:lang="en" href="c"/></svg>',
    ),
    "odd attribute names": ('<p @a="1" {b} \'c="2">x</p>', '<p :a="1" {b}="3" "d>x</p>'),
    "odd element names": ("<a<b>x</a<b>", '<p><x"y>1</x"y><q:r>2</q:r></p>'),
    "duplicate attributes": ('<p a="1" a="2">x</p>', '<p a="2" a="1">x</p>'),
    "empty attributes": ("<p a>x</p>", '<p a="" b>x</p>'),
    "entities": ("&amp;amp; &notit; &#0; &#x80;", "&AMP &not; &#xD800; &#13;&NotEqualTilde;"),
    "comments": ("<!--a--><!---->", "<!--b--><!-- - --><!>"),
    "bogus comments": ("<!x><?php x ?>", "</ x><![CDATA[y]]>"),
    "cdata": ("<svg><![CDATA[a<b]]></svg>", "<svg><![CDATA[c]]>d</svg>"),
    "white space only": ("<p> </p> ", "<p>\n</p>\t"),
    "long text": ("<p>" + "x" * 70_000, "<p>" + "x" * 140_000),
    "null": ("a\0b", "<svg>a\0b</svg>"),
    "carriage returns": ("<pre>a\r\nb\rc", "<pre>a\nb\nc"),
    "ignored subtree": (
        "<div dj-ignore><p>a</p></div><p>x</p>",
        '<div dj-ignore class="c"><p>a</p></div><p>y</p>',
    ),
    "root inside": (
        "<header>h</header><main dj-root><p>a</p></main>",
        '<header>h</header><main dj-root class="b"><p>b</p></main>',
    ),
    "whole document": (
        "<!doctype html><html><head><title>A</title></head><body class=a>a</body></html>",
        "<!doctype html><html><head><title>B</title></head><body class=b id=b>b<p></body></html>",
    ),
    "document without tags": ("<!doctype html>a", "<!doctype html><p>b"),
    "quirks": ("<html><body><p>a<table>", "<html><body><p>b<table><td>c"),
    "table rows without body": ("<table><tr><td>1", "<table><tr><td>2<tr><td>3"),
    "table to paragraph": ("<table><tr><td>1</table>", "<p>1</p>"),
    "custom elements": ("<my-a><b>1</b></my-a>", "<my-a><my-b>2</my-b></my-a><my-a></my-a>"),
    "form in form": ("<form><input></form>", "<form><div><form><input></form></div></form>"),
    "nested links": ("<a>1<a>2", "<a>1<div><a>2</div>3"),
    "ruby": ("<ruby>a<rt>b</ruby>", "<ruby>a<rp>(<rt>c<rp>)</ruby>"),
    "image": ("<image>", "<img><image><br></br></p>"),
    "dialog and details": (
        "<details><summary>s</summary>d</details>",
        "<details open><summary>s</summary>d</details><dialog open>x</dialog>",
    ),
}
