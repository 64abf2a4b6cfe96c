"""Custom tags and filters of every kind that Django's ``Library`` registers."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def plain_mark(value: Any) -> str:
    """Return text that needs escaping."""
    return f"<{value}>"


@register.filter(is_safe=True)
def safe_mark(value: Any, argument: Any = "!") -> str:
    """Return text that is as safe as its input."""
    return f"{value}{argument}"


@register.filter(needs_autoescape=True)
def careful(value: Any, autoescape: bool = True) -> SafeString:
    """Escape only when asked to."""
    text = conditional_escape(value) if autoescape else str(value)
    return mark_safe(f"<u>{text}</u>")


@register.filter(expects_localtime=True)
def zone_name(value: Any) -> str:
    """Return the zone in which a moment arrives."""
    return str(getattr(value, "tzinfo", None))


@register.filter
@stringfilter
def doubled(value: str) -> str:
    """Return the text twice."""
    return value + value


@register.filter
def refuses(value: Any) -> str:
    """Raise."""
    raise ValueError(f"refused {type(value).__name__}")


@register.simple_tag
def joined(*args: Any, **kwargs: Any) -> str:
    """Return the arguments."""
    named = [f"{name}={value}" for name, value in kwargs.items()]
    return "|".join([*map(str, args), *named]) + "<"


@register.simple_tag(takes_context=True)
def seen(context: Any, name: str = "a") -> str:
    """Return whether the context has a name."""
    return "yes" if name in context else "no"


@register.simple_tag(takes_context=True)
def put(context: Any, value: Any) -> str:
    """Set a name in the context."""
    context["put"] = value
    return ""


@register.simple_tag
def formatted(text: Any) -> SafeString:
    """Return safe HTML."""
    return format_html("<em>{}</em>", text)


@register.inclusion_tag("inclusion.html")
def boxed(value: Any = "nothing") -> dict[str, Any]:
    """Render a template of its own."""
    return {"boxed": value}


@register.inclusion_tag("inclusion.html", takes_context=True)
def boxed_here(context: Any) -> dict[str, Any]:
    """Render a template with something of the context."""
    return {"boxed": context.get("a", "no a")}


class UpperNode(template.Node):
    """Renders its body in capitals."""

    def __init__(self, body: template.NodeList, name: str) -> None:
        self.body = body
        self.name = name

    def render(self, context: template.Context) -> str:
        with context.push(**{self.name: "pushed"}):
            return self.body.render(context).upper()


@register.tag
def shout(parser: Any, token: Any) -> UpperNode:
    """Compile ``{% shout name %}…{% endshout %}``."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("shout takes one name")
    body = parser.parse(("endshout",))
    parser.delete_first_token()
    return UpperNode(body, bits[1])


class CaptureNode(template.Node):
    """Leaves a level in the context, as some applications' tags do."""

    def __init__(self, body: template.NodeList, name: str) -> None:
        self.body = body
        self.name = name

    def render(self, context: template.Context) -> str:
        context.update({self.name: self.body.render(context)})
        return ""


@register.tag
def capture(parser: Any, token: Any) -> CaptureNode:
    """Compile ``{% capture name %}…{% endcapture %}``."""
    body = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(body, token.split_contents()[1])


class ValueNode(template.Node):
    """Renders a filter expression."""

    def __init__(self, expression: Any) -> None:
        self.expression = expression

    def render(self, context: template.Context) -> str:
        return f"({conditional_escape(self.expression.resolve(context, ignore_failures=True))})"


@register.tag
def show(parser: Any, token: Any) -> ValueNode:
    """Compile ``{% show expression %}``."""
    return ValueNode(parser.compile_filter(token.split_contents()[1]))


if hasattr(register, "simple_block_tag"):

    @register.simple_block_tag
    def wrapped(content: str, mark: str = "*") -> str:
        """Put marks around the rendered body."""
        return f"{mark}{content}{mark}"
