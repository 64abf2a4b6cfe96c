"""The nodes of ``{% live_component %}``, ``{% slot %}`` and ``{% live_render %}``."""

from __future__ import annotations

from typing import Any

from django.template import Node, NodeList, TemplateSyntaxError
from django.template.base import token_kwargs
from django.utils.safestring import SafeString

from djust_live import nested
from djust_live.component import component_class, show
from djust_live.rendering import VIEW_KEY


class SlotNode(Node):
    """Part of the body of a component, under a name."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Any) -> SafeString:
        """Return the content; a slot outside of a component is what it holds."""
        return self.nodelist.render(context)


class ComponentNode(Node):
    """A component in a template.

    Args:
        name: Expression for the class.
        is_literal: The name is written in the source.
        kwargs: Expressions for the id and the props.
        slots: Content by name.
    """

    child_nodelists = ()

    def __init__(
        self, name: Any, is_literal: bool, kwargs: dict[str, Any], slots: dict[str, NodeList]
    ) -> None:
        self.name = name
        self.is_literal = is_literal
        self.kwargs = kwargs
        self.slots = slots

    def render(self, context: Any) -> SafeString:
        """Return the HTML of the component."""
        view = context.get(VIEW_KEY)
        if view is None:
            raise TemplateSyntaxError("live_component works in the template of a live view only.")
        props = {name: value.resolve(context) for name, value in self.kwargs.items()}
        component_id = props.pop("id", None)
        if component_id is None or component_id == "":
            raise TemplateSyntaxError("live_component needs an id that is not empty.")
        cls = component_class(self.name.resolve(context), is_literal=self.is_literal)
        slots = {name: nodes.render(context) for name, nodes in self.slots.items()}
        return show(view, cls, str(component_id), props, slots)


def parse_component(parser: Any, token: Any) -> ComponentNode:
    """Compile ``{% live_component "name" id=… prop=… %}…{% endlive_component %}``."""
    tag, *bits = token.split_contents()
    if not bits:
        raise TemplateSyntaxError(f"{tag} needs the name of a component.")
    name = bits.pop(0)
    kwargs = token_kwargs(bits, parser)
    if bits or "id" not in kwargs:
        raise TemplateSyntaxError(f"{tag} takes a name, id=… and props as name=value.")
    nodelist = parser.parse((f"end{tag}",))
    parser.delete_first_token()
    slots = {node.name: node.nodelist for node in nodelist if isinstance(node, SlotNode)}
    # Without slots it stays the list that the parser made: an engine may have compiled it.
    rest = NodeList(node for node in nodelist if not isinstance(node, SlotNode))
    slots.setdefault("default", rest if slots else nodelist)
    return ComponentNode(parser.compile_filter(name), name[0] in "\"'", kwargs, slots)


def parse_slot(parser: Any, token: Any) -> SlotNode:
    """Compile ``{% slot "name" %}…{% endslot %}``."""
    bits = token.split_contents()
    if len(bits) != 2 or bits[1][0] not in "\"'":
        raise TemplateSyntaxError('slot takes one name, as in {% slot "title" %}.')
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(bits[1][1:-1], nodelist)


class NestedNode(Node):
    """A live view inside of another.

    Args:
        name: Expression for the class.
        is_literal: The name is written in the source.
        kwargs: Expressions for the id and what ``mount`` is given.
    """

    child_nodelists = ()

    def __init__(self, name: Any, is_literal: bool, kwargs: dict[str, Any]) -> None:
        self.name = name
        self.is_literal = is_literal
        self.kwargs = kwargs

    def render(self, context: Any) -> SafeString:
        """Return the element of the nested view."""
        view = context.get(VIEW_KEY)
        if view is None:
            raise TemplateSyntaxError("live_render works in the template of a live view only.")
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        name = self.name.resolve(context)
        path = nested.path_of(name, is_literal=self.is_literal)
        return nested.show(view, path, str(kwargs.pop("id", path)), kwargs)


def parse_nested(parser: Any, token: Any) -> NestedNode:
    """Compile ``{% live_render "path.to.View" id=… name=… %}``."""
    tag, *bits = token.split_contents()
    if not bits:
        raise TemplateSyntaxError(f"{tag} needs the name of a live view.")
    name = bits.pop(0)
    kwargs = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"{tag} takes a view, and what it is given as name=value.")
    return NestedNode(parser.compile_filter(name), name[0] in "\"'", kwargs)
