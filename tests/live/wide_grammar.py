"""More of Django's language and of HTML's oddities than the first grammar has.

It stands apart so that seeds of the first one go on to mean the templates that they were kept for.
"""

from __future__ import annotations

from random import Random

import django

from tests.live.grammar import Grammar

# What browsers let go on behind the element around it, or ignore, or close.
UNCLOSED = ["b", "a href=x", "form", "nobr", "span", "li", "td", "select", "x-y", "button"]
REGROUPED = (
    "{% regroup rows by f as gs %}{% for g in gs %}<div>{{ g.grouper }}"
    '{% for r in g.list %}<i dj-key="{{ r.id }}">{{ r.a }}</i>{% endfor %}</div>{% endfor %}'
)


class WideGrammar(Grammar):
    """Writes templates.

    Args:
        random: Where choices come from.
    """

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.parts = 0

    def attributes(self, looped: bool = False, key: bool = False) -> str:
        out = super().attributes(looped, key)
        if self.chance(0.1):
            variable = self.var(looped)
            out += self.random.choice(
                [" hidden", " lang=x{{ t }}", " DIR=x dir=y", f" lang = '{variable}'"]
            )
        return out

    def element(self, depth: int, looped: bool, inline: bool) -> str:
        if inline or self.chance(0.85):
            return super().element(depth, looped, inline)
        attributes = self.attributes(True, self.chance(0.7))
        inner = self.nodes(depth - 2, True)
        return self.random.choice(
            [
                f"<ruby>{self.var(looped)}<rt{attributes}>{self.var(looped)}</rt></ruby>",
                f"<dl>{self.each(f'<dt{attributes}>{self.var(True)}</dt><dd>{inner}</dd>')}</dl>",
                f"<details><summary{attributes}>{self.var(looped)}</summary>{inner}</details>",
                "<select><optgroup>"
                + self.each(f"<option{attributes}>{self.var(True)}</option>")
                + "</optgroup></select>",
                f"<x-y{attributes}><math><mi>{self.var(looped)}</mi></math></x-y>",
            ]
        )

    def tag(self, depth: int, looped: bool, inline: bool) -> str:
        if self.chance(0.5):
            return super().tag(depth, looped, inline)
        inner = self.nodes(depth - 1, looped, inline)
        self.parts += 1
        kinds = [
            "{% verbatim %}{{ a }}<s>v</s>{% endverbatim %}",
            "{% comment %}<p>{% endcomment %}{# <p> #}",
            "{% widthratio 1 2 100 %}{% templatetag openblock %}",
            "{% firstof a b as z %}{{ z }}",
            "{% with rows=rows2 %}" + inner + "{% endwith %}",
            REGROUPED,
        ]
        if django.VERSION >= (6,):
            name = f"part{self.parts}"
            shown = f"{{% with a=b %}}{{% partial {name} %}}{{% endwith %}}{{% partial {name} %}}"
            kinds.append(f"{{% partialdef {name} inline %}}{inner}{{% endpartialdef %}}{shown}")
        if looped:
            kinds += [
                "{% cycle a 'y' as y silent %}{{ y }}{% resetcycle y %}",
                "{% ifchanged r.f %}c{% else %}" + inner + "{% endifchanged %}",
                "{% for r in rows2 %}<u>{{ forloop.parentloop.counter }}{{ r.a }}</u>{% endfor %}",
            ]
        return self.random.choice(kinds)

    def awkward(self, depth: int, looped: bool) -> str:
        """Markup that no plan holds, or that belongs to somebody else."""
        if self.chance(0.3):
            return super().awkward(depth, looped)
        inner, variable = self.nodes(depth - 1, looped), self.var(looped)
        return self.random.choice(
            [
                f"<div><{self.random.choice(UNCLOSED)}>{variable}</div>{inner}",
                f"<div><{self.random.choice(UNCLOSED)}>t</div>{inner}",
                f"<table><svg><path d='{variable}'/></svg>{inner}</table>",
                f"<select><option>{variable}<hr><input></option></select>",
                f"<p>{variable}<div><td>t</td>{inner}</div></p>",
            ]
        )
