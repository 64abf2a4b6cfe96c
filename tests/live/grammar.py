"""Random templates, with every construct that is hard for live templates, and values for them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from django.utils.safestring import SafeString

TEXTS = ["x", "hello ", "  ", "\n", "&amp;", "&lt;b", "a&b", "é", "\r\n", "1 &lt; 2"]
PLAIN = ["", "", "v", "w", "<b>", "a&b", '"q"', "it's", "  ", "\n", "\r", "--", "&amp;", "</p>"]
OTHER: list[Any] = [0, 1, 7, None, True, False, 1.5, "dj-key"]
# Safe strings may hold markup that stays in its place, and markup that does not.
SAFE = [
    "<i>s</i>", "<i>s</i>t", "&lt;", "u", "<p>p</p>", "<li>l</li>", "<!--c-->", "</div>", 'x" y',
    "<b>", "checked", "<b>b</b><!--c-->t", "<table><tr><td>f</table>",
]  # fmt: skip
VOID = {"input", "br"}
# Elements that hold only text, and phrases.
TEXT_ONLY = {"textarea", "script", "title"}
BLOCKS = {"div", "p", "ul", "table", "h1", "form", "section", "pre"}
NAMES = [
    "div", "p", "span", "b", "ul", "table", "h1", "a", "form", "section", "button", "input", "br",
    "textarea", "select", "svg", "pre", "script", "template", "em",
]  # fmt: skip
INCLUDED = "<em>{{ a }}</em>{% if u %}<s>u</s>{% endif %}"


@dataclass(frozen=True)
class Row:
    """A row that cannot change."""

    id: int
    a: Any
    b: Any
    f: bool


def value(random: Random) -> Any:
    if random.random() < 0.3:
        return random.choice(["v", "w", "z", random.randrange(100)])
    return random.choice([*PLAIN, *OTHER, *map(SafeString, SAFE)])


def rows(random: Random, keys: list[int]) -> list[dict[str, Any]]:
    return [
        {"id": key, "a": value(random), "b": value(random), "f": random.random() < 0.5}
        for key in keys
    ]


def context(random: Random) -> dict[str, Any]:
    return {
        **{name: value(random) for name in "abc"},
        "t": random.random() < 0.5,
        "u": random.random() < 0.5,
        # Keys may come twice in one list and not in the other.
        "rows": rows(random, [random.randrange(6) for _ in range(random.randrange(5))]),
        "rows2": rows(random, random.sample(range(8), random.randrange(6))),
        "n": random.choice(["b", "i"]),
    }


def freeze(values: dict[str, Any]) -> dict[str, Any]:
    """Make rows frozen dataclasses in tuples."""
    lists = {name: tuple(Row(**row) for row in values[name]) for name in ("rows", "rows2")}
    return {**values, **lists}


def thaw(values: dict[str, Any]) -> dict[str, Any]:
    """The reverse."""
    return {**values, **{name: [vars(row) for row in values[name]] for name in ("rows", "rows2")}}


def mutate_frozen(random: Random, before: dict[str, Any]) -> dict[str, Any]:
    """Change something; tuples that are not changed stay the same objects."""
    thawed = thaw(before)
    # Each row has a dictionary of its own, so that nothing is changed in place.
    lists = {name: [dict(row) for row in thawed[name]] for name in ("rows", "rows2")}
    after = freeze(mutate(random, {**thawed, **lists}))
    kept = {name: before[name] for name in ("rows", "rows2") if after[name] == before[name]}
    return {**after, **kept}


def mutate(random: Random, before: dict[str, Any]) -> dict[str, Any]:
    """Change something; lists and rows are changed in place as often as not."""
    after = dict(before)
    kind = random.choice(
        ["value", "flag", "name", "rows", "cell", "move", "insert", "drop", "turn"]
    )
    if kind == "value":
        after[random.choice("abc")] = value(random)
    elif kind == "flag":
        name = random.choice("tu")
        after[name] = not after[name]
    elif kind == "name":
        after["n"] = random.choice("bi")
    else:
        _mutate_rows(random, after, kind)
    return after


def _mutate_rows(random: Random, after: dict[str, Any], kind: str) -> None:
    name = random.choice(["rows", "rows2"])
    if kind == "rows":
        after[name] = context(random)[name]
        return
    in_place = random.random() < 0.5
    items = after[name] if in_place else [dict(row) for row in after[name]]
    if kind == "insert":
        items.insert(random.randrange(len(items) + 1), rows(random, [random.randrange(20)])[0])
    elif kind == "turn":
        items.reverse()
    elif items:
        at = random.randrange(len(items))
        if kind == "cell":
            items[at][random.choice("ab")] = value(random)
        elif kind == "move":
            row = items.pop(at)
            items.insert(random.randrange(len(items) + 1), row)
        else:
            items.pop(at)
    after[name] = items


class Grammar:
    """Writes templates.

    Args:
        random: Where choices come from.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.blocks = 0

    def template(self) -> str:
        """A fragment, a marked root with things around it, or a document."""
        body = self.nodes(6)
        kind = self.random.random()
        if kind < 0.35:
            return body
        if kind < 0.6:
            attributes = self.attributes()
            head = f"<header>{{{{ a }}}}</header><main dj-root{attributes}>"
            return f"{head}{body}</main>\n<p>{{{{ b }}}}</p>"
        head = "<title>{{ a }}</title>{% if t %}<meta name=x>{% endif %}"
        return (
            f"<!DOCTYPE html>\n<html>\n<head>{head}</head>\n"
            f'<body class="{{{{ b }}}}">{body}</body>\n</html>\n'
        )

    def var(self, looped: bool = False) -> str:
        names = ["a", "b", "c"]
        if looped:
            names += ["r.a", "r.b", "r.id", "forloop.counter"]
        filters = ["", "", "", "|upper", "|default:'d'", "|safe" if self.chance(0.2) else ""]
        return "{{ " + self.random.choice(names) + self.random.choice(filters) + " }}"

    def condition(self, looped: bool = False) -> str:
        names = ["t", "u", "a", "b"]
        return self.random.choice([*names, "r.f", "r.a", "forloop.first"] if looped else names)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def attributes(self, looped: bool = False, key: bool = False) -> str:
        out = ""
        if key:
            out += ' dj-key="{{ r.id }}"' if self.chance(0.7) else ' id="r{{ r.id }}"'
        names = ["class", "title", "data-x", "value", "style"]
        for name in self.random.sample(names, self.random.choice([0, 0, 1, 1, 2])):
            quote = self.random.choice('""\'')
            out += f" {name}={quote}{self.attribute_value(looped)}{quote}"
        if self.chance(0.12):
            condition = self.condition(looped)
            out += f' {{% if {condition} %}}checked data-y="1"{{% endif %}}'
        return out + (" {{ c }}" if self.chance(0.04) else "")

    def attribute_value(self, looped: bool) -> str:
        part = "a {% if " + self.condition(looped) + " %}b{% endif %}"
        variable = self.var(looped)
        return self.random.choice(["s", variable, part, f"p {variable} q"])

    def nodes(self, depth: int, looped: bool = False, inline: bool = False) -> str:
        count = self.random.choice([0, 1, 1, 2, 2, 3] if depth < 4 else [1, 2, 3])
        return "".join(self.node(depth, looped, inline) for _ in range(count))

    def node(self, depth: int, looped: bool, inline: bool) -> str:
        kind = self.random.random()
        if depth <= 0 or kind < 0.18:
            return self.random.choice(TEXTS)
        if kind < 0.38:
            return self.var(looped)
        if kind < 0.60:
            return self.element(depth, looped, inline)
        if kind < 0.72:
            return self.if_tag(depth, looped, inline)
        if kind < 0.80:
            return self.loop(depth, inline)
        if kind < 0.84:
            return f"<!--{self.random.choice(['c', self.var(looped)])}-->"
        if kind < 0.96:
            return self.tag(depth, looped, inline)
        return self.awkward(depth, looped)

    def element(self, depth: int, looped: bool, inline: bool) -> str:
        name = self.random.choice(NAMES)
        if inline and name in BLOCKS and self.chance(0.9):
            name = "span"
        attributes = self.attributes(looped)
        if name in VOID:
            return f"<{name}{attributes}>"
        if name in TEXT_ONLY:
            part = "{% if " + self.condition(looped) + " %}z{% endif %}"
            inner = self.random.choice(["", "t"])
            inner += self.random.choice(["", self.var(looped), part])
        elif name == "svg":
            attributes = ' viewBox="0 0 1 1"'
            inner = f'<circle r="{self.random.choice(["1", self.var(looped)])}"/>'
        elif name in {"ul", "table", "select"}:
            inner = getattr(self, f"{name}_rows")(depth)
        else:
            phrases = inline or name in {"p", "a", "button", "form", "h1"}
            inner = self.nodes(depth - 1, looped, phrases)
        return f"<{name}{attributes}>{inner}</{name}>"

    def each(self, inner: str, empty: str = "") -> str:
        name = self.random.choice(["rows", "rows2"])
        return "{% for r in " + name + " %}" + inner + empty + "{% endfor %}"

    def ul_rows(self, depth: int) -> str:
        item = f"<li{self.attributes(True, self.chance(0.7))}>{self.nodes(depth - 2, True)}</li>"
        space = self.random.choice(["", "\n"])
        return space + self.each(item + space)

    def table_rows(self, depth: int) -> str:
        cell = "{% if r.f %}<td>f</td>{% endif %}"
        more = self.random.choice(["", f"<td>{self.var(True)}</td>", cell])
        row = f"<td>{self.nodes(depth - 2, True)}</td>{more}"
        row = f"<tr{self.attributes(True, self.chance(0.7))}>{row}</tr>"
        return f"<tbody>{self.each(row, '{% empty %}<tr><td>e</td></tr>')}</tbody>"

    def select_rows(self, depth: int) -> str:
        selected = "{% if r.f %}selected{% endif %}"
        return self.each(f'<option value="{{{{ r.id }}}}" {selected}>{self.var(True)}</option>')

    def if_tag(self, depth: int, looped: bool, inline: bool) -> str:
        condition = self.condition(looped)
        other = "{% else %}" + self.nodes(depth - 1, looped, inline) if self.chance(0.5) else ""
        return f"{{% if {condition} %}}{self.nodes(depth - 1, looped, inline)}{other}{{% endif %}}"

    def loop(self, depth: int, inline: bool) -> str:
        if self.chance(0.5):
            return self.each(self.nodes(depth - 1, True, inline))
        if inline:
            return self.each(f"<span>{self.nodes(depth - 2, True, True)}</span>")
        attributes = self.attributes(True, self.chance(0.6))
        return self.each(f"<div{attributes}>{self.nodes(depth - 1, True)}</div>")

    def tag(self, depth: int, looped: bool, inline: bool) -> str:
        inner = self.nodes(depth - 1, looped, inline)
        self.blocks += 1
        kinds = [
            "{% with z=a %}" + inner + "{% endwith %}",
            '{% include "included.html" %}',
            "{% firstof a b 'f' %}",
            "{% autoescape off %}" + inner + "{% endautoescape %}",
            "{% spaceless %}" + inner + "{% endspaceless %}",
            "{% filter lower %}" + inner + "{% endfilter %}",
            "{% block b" + str(self.blocks) + " %}" + inner + "{% endblock %}",
        ]
        if looped:
            kinds += [
                "{% cycle 'x' 'y' %}",
                "{% ifchanged %}" + inner + "{% endifchanged %}",
                "{% ifchanged a %}" + inner + "{% endifchanged %}",
            ]
        return self.random.choice(kinds)

    def awkward(self, depth: int, looped: bool) -> str:
        """Markup that no plan holds, or that belongs to somebody else."""
        condition = self.condition(looped)
        inner = self.nodes(depth - 1, looped)
        opened = f'{{% if {condition} %}}<div>{{% else %}}<div class="o">{{% endif %}}'
        checked = self.random.choice(["", "{% if t %}checked{% endif %}"])
        return self.random.choice(
            [
                f"{opened}{inner}</div>",
                f'<span dj-ignore class="{self.var(looped)}" {checked}>k</span>',
                "<{{ n }}>x</{{ n }}>",
                f"{{% if {condition} %}}<p>unclosed{{% endif %}}",
            ]
        )
