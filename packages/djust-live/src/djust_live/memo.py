"""``{% memo %}``: a part of a page that depends on nothing but a value, by promise."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.template import Node, NodeList, TemplateSyntaxError
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from djust_live.component_tags import ComponentNode
from djust_live.errors import MemoValue
from djust_live.rendering import VIEW_KEY

CONSTANTS = (
    str, SafeString, int, float, bool, type(None), Decimal, uuid.UUID,
    datetime.datetime, datetime.date, datetime.time, datetime.timedelta,
)  # fmt: skip


class MemoNode(Node):
    """Its body is rendered once for each value.

    Args:
        value: Expression for the value.
        nodelist: The body.
    """

    def __init__(self, value: Any, nodelist: NodeList) -> None:
        self.value = value
        self.nodelist = nodelist

    def render(self, context: Any) -> SafeString:
        """Return what the body printed for this value.

        Raises:
            MemoValue: The value may change without becoming another one (``DJL506``).
        """
        value = self.value.resolve(context)
        if not is_constant(value):
            raise MemoValue(
                f"{{% memo {self.value} %}} got a {type(value).__qualname__}, which may change "
                f"without becoming another value."
            )
        view = context.get(VIEW_KEY)
        if view is None:
            return self.nodelist.render(context)
        memo = view._mounted().memo
        surroundings = (translation.get_language(), timezone.get_current_timezone_name())
        key = (self, type(value), value, surroundings, context.autoescape)
        text: SafeString | None = memo.get(key)
        if text is None:
            text = self.nodelist.render(context)
        memo.put(key, text)
        return text


def is_constant(value: Any) -> bool:
    """Tell whether a value can only become another one, never change."""
    if type(value) is tuple:
        return all(is_constant(item) for item in value)
    return type(value) in CONSTANTS


def parse_memo(parser: Any, token: Any) -> MemoNode:
    """Compile ``{% memo value %}…{% endmemo %}``."""
    words = token.split_contents()
    if len(words) != 2:
        raise TemplateSyntaxError("memo takes one value: {% memo board.version %}…{% endmemo %}.")
    value = parser.compile_filter(words[1])
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(ComponentNode):
        raise TemplateSyntaxError("memo cannot hold a live_component, which has a state.")
    return MemoNode(value, nodelist)
