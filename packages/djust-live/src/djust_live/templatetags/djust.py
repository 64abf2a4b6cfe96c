"""``{% load djust %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib import messages
from django.forms import BoundField
from django.forms.utils import RenderableMixin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from djust_live import carrying
from djust_live.component_tags import parse_component, parse_nested, parse_slot
from djust_live.forms import FormMixin
from djust_live.memo import parse_memo
from djust_live.page import script_tag
from djust_live.rendering import VIEW_KEY

register = template.Library()
register.tag("live_component", parse_component)
register.tag("slot", parse_slot)
register.tag("live_render", parse_nested)
register.tag("memo", parse_memo)


@register.simple_tag(takes_context=True)
def djust_scripts(context: Any) -> SafeString | str:
    """The browser client with the token of the page; without it the tag goes into the head.

    In a page that is no live view, and in a nested view, it is empty.
    """
    view = context.get(VIEW_KEY)
    if view is None or view._mounted().steps:
        return ""
    view._mounted().script_rendered = True
    return script_tag(view, view.request)


@register.simple_tag(takes_context=True)
def djust_flash(context: Any) -> SafeString:
    """The place where messages of ``put_flash`` appear, with those that Django has for the page.

    Its inside belongs to the browser, so a message stays until it is cleared.
    """
    view, request = context.get(VIEW_KEY), context.get("request")
    if view is not None and view._mounted().session is None:
        carrying.add(view.request, view._mounted().effects)
    elif view is not None:
        carrying.pass_on(view)
    items = messages.get_messages(request) if request is not None else ()
    return format_html(
        '<div class="dj-flash-place" role="status" aria-live="polite" dj-flash dj-ignore>{}</div>',
        format_html_join(
            "",
            '<p class="dj-flash dj-flash-{}">{}</p>',
            ((each.level_tag, each.message) for each in items),
        ),
    )


@register.simple_tag(takes_context=True)
def live_form(context: Any, form: Any = None) -> Any:
    """The fields of a form with their labels, errors and bindings; without form tag and button.

    Rendered by the form's own renderer. A formset brings its management form, the form of a
    component what leads a plain POST there.

    Args:
        context: Of the template.
        form: The form of the view by default.
    """
    owner = _owner_of(context)
    chosen = _form_of(context, form)
    hidden = SafeString("")
    if owner is not None and chosen is owner.form_instance:
        hidden = owner.form_target + getattr(owner, "wizard_state", SafeString(""))
    return format_html("{}{}", hidden, chosen.render()) if hidden else _shown(context, chosen)


@register.simple_tag(takes_context=True)
def live_field(context: Any, field: Any, form: Any = None) -> Any:
    """One field with its label, help, errors and bindings.

    Args:
        context: Of the template.
        field: Its name, or a bound field.
        form: The form of the view by default.
    """
    bound = _form_of(context, form)[field] if isinstance(field, str) else field
    if _is_of(BoundField, bound, "as_field_group", "render"):
        return _shown(context, FieldGroup(bound))
    return bound.as_field_group()


@register.simple_tag(takes_context=True)
def live_errors(context: Any, field: Any = None, form: Any = None) -> Any:
    """The errors of one field, or without a field those of the form as a whole.

    Args:
        context: Of the template.
        field: The name of a field, or a bound field.
        form: The form of the view by default.
    """
    if field is not None:
        bound = _form_of(context, form)[field] if isinstance(field, str) else field
        return _shown(context, bound.errors)
    form = _form_of(context, form)
    errors = form.non_form_errors() if hasattr(form, "forms") else form.non_field_errors()
    return _shown(context, errors)


class FieldGroup(RenderableMixin):
    """A field with its label, help and errors, as ``as_field_group`` prints it."""

    def __init__(self, field: BoundField) -> None:
        self._field = field
        self.renderer = field.renderer
        self.template_name = field.template_name

    def get_context(self) -> dict[str, Any]:
        """Return what the template of the field prints."""
        return self._field.get_context()


def _shown(context: Any, renderable: Any) -> Any:
    """Return what a tag is to print: the object itself where that is the same, which costs less."""
    is_same = _is_of(RenderableMixin, renderable, "render", "__html__")
    return renderable if context.autoescape and is_same else renderable.render()


def _is_of(owner: Any, instance: Any, *names: str) -> bool:
    """Return whether methods are those of ``owner``."""
    return all(
        getattr(getattr(instance, name), "__func__", None) is getattr(owner, name) for name in names
    )


def _form_of(context: Any, form: Any) -> Any:
    if form is not None:
        return form
    owner = _owner_of(context)
    if owner is None:
        raise template.TemplateSyntaxError("This view has no form; give one to the tag.")
    return owner.form_instance


def _owner_of(context: Any) -> FormMixin | None:
    """Return the component that is rendered, or its view, whichever has a form."""
    for owner in (context.get("component"), context.get(VIEW_KEY)):
        if isinstance(owner, FormMixin):
            return owner
    return None
