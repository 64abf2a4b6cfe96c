"""Random pages and random changes to them, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable

WORDS = [
    "a",
    "b c",
    "&amp;",
    "&lt;b&gt;",
    "é",
    "日本",
    "  ",
    "\n",
    "x&nbsp;y",
    "&copy",
    "1 < 2",
    "\U0001d4b3",
]
PHRASING = ["b", "i", "em", "span", "a", "code", "my-element"]
FLOW = ["div", "p", "section", "ul", "blockquote", "pre", "form", "article"]
NAMES = ["class", "title", "data-x", "style", "hidden", "@click", "dj-click", "aria-label"]


class Page:
    """Writes one random page after another; all randomness comes from the one generator."""

    def __init__(self, random: random.Random) -> None:
        self._random = random
        self._kinds: list[Callable[[int], str]] = [
            self.text,
            self.flow,
            self.phrasing,
            self.keyed_list,
            self.table,
            self.svg,
            self.math,
            self.template,
            self.form,
            self.comment,
            self.raw,
        ]

    def page(self) -> str:
        """Return a fragment of a few random pieces."""
        return self.pieces(0, self._random.randint(1, 6))

    def pieces(self, depth: int, count: int) -> str:
        """Return ``count`` pieces; deep ones are plain, so that pages stay small."""
        kinds = self._kinds if depth < 3 else [self.text, self.phrasing, self.comment]
        return "".join(self._random.choice(kinds)(depth + 1) for _ in range(count))

    def attributes(self) -> str:
        """Return no, one or a few attributes."""
        names = self._random.sample(NAMES, self._random.choice([0, 0, 0, 1, 1, 3]))
        return "".join(f' {name}="{self.value()}"' for name in names)

    def value(self) -> str:
        """Return an attribute value as it stands between double quotes."""
        return self._random.choice(["", "x", "a b", "&quot;", "&amp;lt;", "'", "日", "color: red"])

    def text(self, depth: int) -> str:
        """Return some words."""
        return " ".join(self._random.choice(WORDS) for _ in range(self._random.randint(1, 3)))

    def comment(self, depth: int) -> str:
        """Return a comment."""
        return f"<!--{self._random.choice(['', ' x ', '>', 'a-b'])}-->".replace("<!-->", "<!-- >")

    def element(self, name: str, inside: str) -> str:
        """Return an element with random attributes."""
        return f"<{name}{self.attributes()}>{inside}</{name}>"

    def flow(self, depth: int) -> str:
        """Return a block with pieces inside; the parser may well close it early."""
        name = self._random.choice(FLOW)
        return self.element(name, self.pieces(depth, self._random.randint(0, 4)))

    def phrasing(self, depth: int) -> str:
        """Return an inline element."""
        inside = self.text(depth) if depth > 2 else self.pieces(3, self._random.randint(0, 2))
        return self.element(self._random.choice(PHRASING), inside)

    def keyed_list(self, depth: int) -> str:
        """Return a list with keys of either kind, in any order, sometimes with white space."""
        count = self._random.randint(0, 12)
        keys = self._random.sample(range(20), count)
        key = self._random.choice(["dj-key", "id"])
        gap = self._random.choice(["", "\n  "])
        items = [
            f'{gap}<li {key}="{name}"{self.attributes()}>{self.text(depth)}</li>' for name in keys
        ]
        return f"<ul>{''.join(items)}{gap}</ul>"

    def table(self, depth: int) -> str:
        """Return a table, with and without the tags that the parser adds."""
        rows = ""
        for _ in range(self._random.randint(0, 4)):
            cells = [f"<td>{self.text(depth)}</td>" for _ in range(self._random.randint(0, 3))]
            rows += f"<tr>{''.join(cells)}</tr>"
        body = self._random.choice([rows, f"<tbody>{rows}</tbody>", f"<thead>{rows}</thead>{rows}"])
        caption = self._random.choice(["", "<caption>c</caption>", "<colgroup><col></colgroup>"])
        stray = self._random.choice(["", "", "", "stray", "<b>stray</b>"])
        return f"<table>{caption}{stray}{body}</table>"

    def svg(self, depth: int) -> str:
        """Return an SVG with names and attributes whose case the parser repairs."""
        inner = self._random.choice(
            [
                '<path d="M0 0"/>',
                '<a xlink:href="#x" viewBox="0 0">t</a>',
                f"<foreignObject>{self.pieces(3, 1)}</foreignObject>",
                "<title>&amp;</title>",
                "<linearGradient/><style>a{}</style>",
            ]
        )
        return f'<svg viewBox="0 0 {self._random.randint(1, 3)} 1">{inner}</svg>'

    def math(self, depth: int) -> str:
        """Return MathML with an integration point."""
        inner = self._random.choice(
            [
                "<mi>x</mi><mo>+</mo>",
                "<mtext><b>t</b></mtext>",
                '<annotation-xml encoding="text/html"><p>t</p></annotation-xml>',
                '<mi definitionurl="u" xlink:href="h">x</mi>',
            ]
        )
        return f"<math>{inner}</math>"

    def template(self, depth: int) -> str:
        """Return a template, whose contents parse by rules of their own."""
        inner = self._random.choice(["<td>1</td>", "<li>x</li>", "t", "<template>2</template>"])
        return f"<template{self.attributes()}>{inner}{self.pieces(3, 1)}</template>"

    def form(self, depth: int) -> str:
        """Return controls with their state."""
        choice = self._random.choice
        options = "".join(f"<option{choice(['', ' selected'])}>{n}" for n in range(3))
        fields = [
            f'<input name="q" value="{self.value()}">',
            f'<input type="checkbox"{choice(["", " checked"])}>',
            f"<textarea>{choice(['', chr(10), 'a'])}{self.text(depth)}</textarea>",
            f"<select>{options}</select>",
            "<select multiple><optgroup label=g><option>1<hr><option selected>2</select>",
            f"<button{choice(['', ' disabled'])}>{self.text(depth)}</button>",
            "<details open><summary>s</summary>d</details>",
        ]
        return "".join(self._random.sample(fields, self._random.randint(1, 4)))

    def raw(self, depth: int) -> str:
        """Return elements whose text the parser does not read as markup."""
        name = self._random.choice(["style", "textarea", "noscript", "iframe", "xmp", "script"])
        inside = self._random.choice(["", "a < b", "<b>x</b>", "&amp;", "<!-- c -->"])
        kind = ' type="text/plain"' if name == "script" else ""
        return f"<{name}{kind}>{inside}</{name}>"


def change(page: str, random: random.Random) -> str:
    """Return the page with a few cuts, doublings and swaps of its text: markup often breaks."""
    for _ in range(random.randint(1, 3)):
        start, end = sorted(random.randrange(len(page) + 1) for _ in range(2))
        end = min(end, start + 60)
        kind = random.randrange(4)
        if kind == 0:
            page = page[:start] + page[end:]
        elif kind == 1:
            page = page[:end] + page[start:end] + page[end:]
        elif kind == 2:
            page = (
                page[:start] + random.choice([*WORDS, "<b>", "</p>", "<tr>", "<li>"]) + page[start:]
            )
        else:
            middle = (start + end) // 2
            page = page[:start] + page[middle:end] + page[start:middle] + page[end:]
    return page


def pairs(seed: int, count: int) -> list[tuple[str, str]]:
    """Return pairs of an old and a new page: related ones, and now and then strangers."""
    source = random.Random(seed)
    write = Page(source)
    found = []
    for _ in range(count):
        old = write.page()
        kind = source.randrange(5)
        if kind == 0:
            new = write.page()
        elif kind == 1:
            new = old + write.page()
        else:
            new = change(old, source)
        found.append((old, new))
    return found
