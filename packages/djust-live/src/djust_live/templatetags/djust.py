"""``{% load djust %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from djust_live.page import script_tag
from djust_live.rendering import VIEW_KEY

register = template.Library()


@register.simple_tag(takes_context=True)
def djust_scripts(context: Any) -> SafeString | str:
    """The browser client with the token of the page; without it the tag goes into the head.

    In a page that is no live view it is empty.
    """
    view = context.get(VIEW_KEY)
    if view is None:
        return ""
    view._mounted().script_rendered = True
    return script_tag(view, view.request)
