"""Tag soup: what no author writes and every parser must read in the same way."""

from __future__ import annotations

import random

NAMES = (
    "div p span b i a em font nobr table tbody thead tfoot tr td th caption col colgroup select option optgroup"
    " selectedcontent hr button form input textarea title script style noscript template svg g path foreignObject"
    " desc math mi mo mtext annotation-xml mglyph malignmark br img pre listing ul li dl dd dt h1 h2 ruby rb rt rtc"
    " rp html head body frameset frame noframes iframe xmp applet object marquee details summary dialog center"
    " address isindex image keygen param source track wbr area embed meta link base menuitem main search x-foo"
    " svg:g tt big small strike u s code label fieldset legend datalist output video canvas slot"
).split()
FAMILIES = [
    "table tbody tr td th caption col colgroup thead tfoot p b a div select form input script style template".split(),
    "select option optgroup hr button selectedcontent div span b input table tr td svg template script".split(),
    "svg g path foreignObject desc title p div math mi b script style font a image".split(),
    "math mi mo mn ms mtext annotation-xml mglyph malignmark svg p b div table a".split(),
    "b i a nobr font em p div table td span address button applet li".split(),
    "template table tr td col caption tbody div p script select body html title base".split(),
]
ATTRIBUTES = [
    "id=a", "class='x y'", 'x="&amp;<>"', "encoding=text/html", "encoding=application/xhtml+xml", "type=hidden",
    "TYPE=Hidden", "xlink:href=a", "xml:lang=en", "xmlns=x", "xmlns:xlink=y", "viewbox=1", "definitionurl=1",
    "color=red", "a=1 a=2", "selected", "form=x", "/", "=x", '"', 'a"b', "ATTR=V", "ä=1", "checked", "dj-key=1",
    "shadowrootmode=open", "action=x",
]  # fmt: skip
TEXTS = [
    "a", " ", "\n", "\t", "x y", "&amp;", "&lt", "&notit;", "&#0;", "&#x80;", "&#13;", "&nbsp", "é", "😀", "\r\n",
    "\r", "\f", "]]>", "--", "\n\n", "&", "&#xD800;", "\ufeff", "&CounterClockwiseContourIntegral;", "\x01", "\x7f",
]  # fmt: skip
MARKUP = [
    "<!-- c -->", "<!-->", "<!--->", "<!--a--!>", "<!-- a -- b -->", "<!--<!-- x -->", "<!doctype html>", "<!x>",
    "<!>", "</>", "</ x>", "<?a b>", "<?a", "<?xml a>", "<?1>", "<![CDATA[x<b>]]>", "<![CDATA[", "<", "</", "<!",
    "<!-", "<a", "<b x", "<!DOCTYPE", "&", "<div/>", "<br/>", "<path/>", "</br>", "</p>", "</body>", "</html>",
    "</head>", "<script/>", "<script><!--<script></script>", "-->",
]  # fmt: skip
CONTEXTS = (
    ["body"] * 8
    + "div td tr tbody table select option caption html head template p button form ul li".split()
    + [
        "svg svg",
        "svg foreignObject",
        "svg desc",
        "svg title",
        "math math",
        "math mi",
        "math annotation-xml",
    ]
)
STARTS = [
    "<!doctype html>", "<!doctype html><html>", "<!doctype html><head>", "<!-- x --><!doctype html>", "<html>",
    "<body>", '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">',
]  # fmt: skip


class Soup:
    """Writes one soup after another; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def fragment(self) -> tuple[str, str]:
        """Return a text and the context to read it in."""
        return self.text(), self._random.choice(CONTEXTS)

    def document(self) -> str:
        """Return a whole page."""
        return self._random.choice(STARTS) + self.text()

    def text(self) -> str:
        """Return tags, text and other markup in no order."""
        family = self._random.choice([*FAMILIES, NAMES, NAMES])
        length = self._random.randint(1, self._random.choice([6, 15, 40]))
        return "".join(self._piece(family) for _ in range(length))

    def _piece(self, family: list[str]) -> str:
        kind = self._random.random()
        if kind < 0.62:
            return self._tag(family if self._random.random() < 0.6 else NAMES)
        return self._random.choice(TEXTS if kind < 0.88 else MARKUP)

    def _tag(self, names: list[str]) -> str:
        name = self._random.choice(names)
        if self._random.random() < 0.05:
            name = name.upper()
        if self._random.random() < 0.42:
            return f"</{name}>"
        count = self._random.choice([0, 0, 0, 1, 1, 2])
        attributes = "".join(f" {self._random.choice(ATTRIBUTES)}" for _ in range(count))
        return f"<{name}{attributes}{'/' if self._random.random() < 0.05 else ''}>"
