"""A tag library of every kind, for the tests of the parser."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context

register = template.Library()


@register.simple_tag
def plus(a: int, b: int = 1) -> int:
    """Return a sum."""
    return a + b


@register.simple_tag(takes_context=True)
def remember(context: Context, name: str, value: Any) -> str:
    """Put a value into the context."""
    context[name] = value
    return "<remembered>"


@register.inclusion_tag("badge.html")
def badge(label: str) -> dict[str, str]:
    """Show a label."""
    return {"label": label}


@register.inclusion_tag("badge.html", takes_context=True)
def badge_of(context: Context) -> Context:
    """Show what the context has."""
    return context


class WrapNode(template.Node):
    """Renders its body twice, the second time with a name of its own."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        """Return the body in square and in round brackets."""
        first = self.nodelist.render(context)
        with context.push(x="inner"):
            second = self.nodelist.render(context)
        return f"[{first}]({second})"


@register.tag
def wrap(parser: Parser, token: Token) -> WrapNode:
    """Compile a body by the parser."""
    nodelist = parser.parse(("endwrap",))
    parser.delete_first_token()
    return WrapNode(nodelist)


class CountNode(template.Node):
    """Counts its renders in the render context."""

    def render(self, context: Context) -> str:
        """Return how often this node was rendered in this template."""
        count = context.render_context.get(self, 0) + 1
        context.render_context[self] = count
        return str(count)


@register.tag
def count(parser: Parser, token: Token) -> CountNode:
    """Compile a node that keeps state."""
    return CountNode()


class DeeperNode(template.Node):
    """Leaves the context deeper than it was."""

    def render(self, context: Context) -> str:
        """Push a name and leave it there."""
        context.update({"deep": "yes"})
        return ""


@register.tag
def deeper(parser: Parser, token: Token) -> DeeperNode:
    """Compile a node that pushes without popping."""
    return DeeperNode()


@register.tag
def injected(parser: Parser, token: Token) -> template.Node:
    """Put a token of its own before the rest of the template."""
    parser.prepend_token(Token(token.token_type.VAR, "x", token.position, token.lineno))
    return CountNode()


@register.filter(name="upper")
def not_upper(value: Any) -> str:
    """Take the place of a built-in filter."""
    return f"not upper: {value}"
