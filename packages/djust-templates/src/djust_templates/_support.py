"""What the native renderer asks of Django: everything that is not worth a native path."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import lru_cache
from inspect import signature
from types import MemberDescriptorType, NoneType, SimpleNamespace
from typing import Any

from django import VERSION
from django.conf import LazySettings, settings
from django.db.models.query_utils import DeferredAttribute
from django.template import (
    Node,
    Origin,
    TemplateSyntaxError,
    defaultfilters,
    defaulttags,
    library,
)
from django.template import base as template_base
from django.template.base import FilterExpression, Template
from django.template.context import Context, RequestContext
from django.template.context import make_context as django_context
from django.template.defaulttags import GroupedResult
from django.template.engine import Engine
from django.template.loader_tags import construct_relative_path
from django.templatetags import i18n, l10n, static, tz
from django.test.signals import template_rendered
from django.urls import NoReverseMatch
from django.urls import reverse as django_reverse
from django.utils import dates, timezone, translation
from django.utils.formats import get_format
from django.utils.html import strip_spaces_between_tags, urlizer
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.text import add_truncation_text
from django.utils.translation import trans_real

from djust_templates.errors import RenderTooDeep
from djust_templates.routes import current_app_of
from djust_templates.routes import routes as routes

LOCALIZABLE = (Decimal, float, int, datetime.datetime, datetime.date, datetime.time)
LOOKUP_LOGGER = template_base.logger
ORIGINAL_RENDER: Any = vars(Template)["_render"]

# LazySettings keeps what was read in its own dictionary and drops it when settings change.
KNOWN_SETTINGS = vars(settings) if type(settings) is LazySettings else None


class _NoSuchNode(Node):
    """Stands for node classes that this Django does not have."""


SimpleBlockNode: type[Node] = getattr(library, "SimpleBlockNode", _NoSuchNode)

PartialTemplate: type[Any] = getattr(template_base, "PartialTemplate", _NoSuchNode)

# Whether loops know their length (Django 6.0).
LOOP_LENGTH = VERSION >= (6, 0)

# The node classes that the compiler takes apart. Subclasses render themselves.
_KINDS: dict[type[Node], str] = {
    i18n.TranslateNode: "translate",
    i18n.BlockTranslateNode: "blocktranslate",
    i18n.LanguageNode: "language",
    l10n.LocalizeNode: "localize",
    tz.LocalTimeNode: "localtime",
    tz.TimezoneNode: "timezone",
    static.StaticNode: "static",
    getattr(defaulttags, "PartialNode", _NoSuchNode): "partial",
    getattr(defaulttags, "PartialDefNode", _NoSuchNode): "inline",
}


class Refused(Exception):
    """The native compiler did not accept a template.

    Args:
        kind: ``syntax``, ``host``, ``unsupported``, ``depth`` or ``size``.
        message: What was refused.
        token: The index of the refused token, when there is one.
    """

    def __init__(self, kind: str, message: str, token: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.token = token


def refused(kind: str, message: str, token: int | None) -> Refused:
    """Return the exception for a refusal of the native compiler."""
    return Refused(kind, message, token)


def is_unsupported(error: BaseException) -> bool:
    """Return whether ``error`` says that only the reference engine can render the template."""
    return isinstance(error, Refused) and error.kind == "unsupported"


# Compiling


def lazy_translation(text: str) -> Any:
    """Return ``_("text")`` of a template: translated whenever it is shown."""
    return translation.gettext_lazy(mark_safe(text.replace("%", "%%")))  # noqa: S308


def check_filter_arguments(name: str, function: Any, argument: bool) -> None:
    """Raise as Django does when a filter gets too few or too many arguments."""
    FilterExpression.args_check(name, function, [(False, "")] if argument else [])


def shows_nothing(node: Node) -> bool:
    """Return whether a node of a built-in tag has no output and no effect."""
    if type(node) in {defaulttags.LoadNode, defaulttags.CommentNode}:
        return True
    return _KINDS.get(type(node)) == "inline" and not getattr(node, "inline", False)


def known_kind(node: Node) -> str | None:
    """Return the kind of a node whose class the compiler takes apart."""
    kind = _KINDS.get(type(node))
    if kind == "static" and vars(type(node)).get("url") is not static.StaticNode.url:
        return None
    return kind


# Contexts


def make_context(
    values: Any, request: Any, processed: Any, template: Any, autoescape: bool
) -> Context:
    """Return the bound context that Django would render ``template`` with."""
    context = django_context(values, request, autoescape=autoescape)
    if isinstance(context, RequestContext) and processed is not None:
        context.dicts[vars(context)["_processors_index"]] = processed
    context.template = template
    context.template_name = template.name
    return context


def unbind_context(context: Context) -> None:
    """Undo the binding of a context, as ``Context.bind_template`` does at its end."""
    context.template = None
    if isinstance(context, RequestContext):
        context.dicts[vars(context)["_processors_index"]] = {}


def update_context(processed: dict[str, Any], values: Any, processor: Any) -> None:
    """Merge the answer of a context processor that is not a plain dictionary."""
    try:
        processed.update(values)
    except TypeError as error:
        raise TypeError(
            f"Context processor {processor.__qualname__} didn't return a dictionary."
        ) from error


def announce(template: Template, context: Context) -> None:
    """Send the signal by which tests see rendered templates."""
    template_rendered.send(sender=template, template=template, context=context)


# Look-ups


def needs_arguments(function: Any) -> bool:
    """Return whether a call without arguments failed because ``function`` needs some."""
    try:
        parameters = signature(function)
    except ValueError:
        return True
    try:
        parameters.bind()
    except TypeError:
        return True
    return False


def log_lookup(name: str, context: Context, error: BaseException) -> None:
    """Log a failed look-up as Django does."""
    template_name = getattr(context, "template_name", None) or "unknown"
    LOOKUP_LOGGER.debug(
        "Exception while resolving variable '%s' in template '%s'.",
        name,
        template_name,
        exc_info=error,
    )


def invalid_text(string_if_invalid: str, variable: str) -> str:
    """Return what is shown for a variable that does not exist."""
    if "%s" in string_if_invalid:
        return string_if_invalid % variable
    return string_if_invalid


# Errors


def too_deep(depth: int) -> RenderTooDeep:
    """Return the error for a render that would go deeper than ``depth`` bodies."""
    return RenderTooDeep(f"The template renders more than {depth} nested bodies.")


def annotate(
    error: Exception, template: Template, origin: Origin, start: int, end: int, line: int
) -> None:
    """Give an exception of a render its place in the template, as debug pages show it.

    Args:
        error: The exception.
        template: The template that is rendering where the exception passes by.
        origin: The template of the tag that raised.
        start: First character of the tag in its source.
        end: The character after it.
        line: Its line.
    """
    if not hasattr(error, "_culprit_node"):
        token = SimpleNamespace(position=(start, end), lineno=line)
        error._culprit_node = SimpleNamespace(  # type: ignore[attr-defined]
            origin=origin, token=token
        )
    culprit = error._culprit_node  # type: ignore[attr-defined]
    if hasattr(error, "template_debug") or template.origin != culprit.origin:
        return
    error.template_debug = template.get_exception_info(  # type: ignore[attr-defined]
        error, culprit.token
    )


def encode(text: str) -> bytes:
    """Return a text with lone surrogates as bytes."""
    return text.encode("utf-8", "surrogatepass")


# Numbers and dates


def number_formats(use_l10n: bool | None) -> tuple[bool, str]:
    """Return whether numbers are grouped, and the decimal separator."""
    localized = use_l10n is not False
    language = translation.get_language() if localized else None
    grouping = get_format("NUMBER_GROUPING", language, use_l10n=use_l10n)
    groups = bool(localized and settings.USE_THOUSAND_SEPARATOR and grouping != 0)
    return groups, str(get_format("DECIMAL_SEPARATOR", language, use_l10n=use_l10n))


def language() -> str | None:
    """Return the code of the active language; None when translations are off."""
    return translation.get_language()


def date_format(name: str, use_l10n: bool | None) -> str:
    """Return the format that ``name`` stands for in this language, or ``name`` itself."""
    return str(get_format(name, use_l10n=use_l10n))


def catalog() -> Any:
    """Return what translates now, as an object; None where the names are in no catalog."""
    if not settings.USE_I18N:
        return None
    real: Any = trans_real
    return getattr(real._active, "value", None) or real._default


def date_names() -> list[list[str]]:
    """Return the names that this language has for dates and times, in the renderer's order."""
    months = range(1, 13)
    days = range(7)
    short = [str(dates.MONTHS_3[month]) for month in months]
    return [
        [str(dates.MONTHS[month]) for month in months],
        short,
        [name.title() for name in short],
        [str(dates.MONTHS_AP[month]) for month in months],
        [str(dates.MONTHS_ALT[month]) for month in months],
        [str(dates.WEEKDAYS[day]) for day in days],
        [str(dates.WEEKDAYS_ABBR[day]) for day in days],
        [translation.gettext(name) for name in ("a.m.", "p.m.", "AM", "PM", "midnight", "noon")],
    ]


def has_plain_ellipsis() -> bool:
    """Return whether this language ends shortened text with nothing but an ellipsis."""
    return add_truncation_text("") == "…"


def size_units() -> list[str]:
    """Return the patterns for kilobytes, megabytes, gigabytes and terabytes."""
    return [translation.gettext(name) for name in ("%s KB", "%s MB", "%s GB", "%s TB")]


def urlize_word(word: str, safe_input: bool, autoescape: bool) -> Any:
    """Return one word of a text with links made of addresses."""
    return urlizer.handle_word(word, safe_input=safe_input, nofollow=True, autoescape=autoescape)


def yes_no_maybe() -> str:
    """Return the words that ``yesno`` chooses from in this language."""
    return translation.gettext("yes,no,maybe")


def current_moment() -> datetime.datetime:
    """Return the moment that ``{% now %}`` shows."""
    tzinfo = timezone.get_current_timezone() if settings.USE_TZ else None
    return datetime.datetime.now(tz=tzinfo)


def format_date(moment: datetime.datetime, format_string: str) -> Any:
    """Return a moment as the ``date`` filter shows it."""
    return defaultfilters.date(moment, format_string)


def width_ratio(value: Any, max_value: Any, max_width: Any) -> str:
    """Return what ``{% widthratio %}`` shows."""
    try:
        max_width = int(max_width)
    except (ValueError, TypeError):
        raise TemplateSyntaxError("widthratio final argument must be a number") from None
    try:
        ratio = (float(value) / float(max_value)) * max_width
        return str(round(ratio))
    except ZeroDivisionError:
        return "0"
    except (ValueError, TypeError, OverflowError):
        return ""


# Tags


def group(key: Any, members: list[Any]) -> GroupedResult:
    """Return one group of ``{% regroup %}``."""
    return GroupedResult(grouper=key, list=members)


def spaceless(text: str) -> str:
    """Return what ``{% spaceless %}`` leaves of ``text``."""
    return strip_spaces_between_tags(text.strip())


def csrf_input(token: Any) -> str:
    """Return what ``{% csrf_token %}`` shows."""
    return defaulttags.CsrfTokenNode().render(Context({"csrf_token": token}))


def find_partial(node: Any) -> Any:
    """Return the template that ``{% partial %}`` names."""
    try:
        return node.partial_mapping[node.partial_name]
    except KeyError:
        raise TemplateSyntaxError(
            f"Partial '{node.partial_name}' is not defined in the current template."
        ) from None


def reverse(view: Any, args: list[Any], kwargs: dict[str, Any], request: Any, quiet: bool) -> str:
    """Return the URL of a view; "" when there is none and ``quiet`` is set."""
    current_app = current_app_of(request)
    try:
        return django_reverse(view, args=args, kwargs=kwargs, current_app=current_app)
    except NoReverseMatch:
        if quiet:
            return ""
        raise


# Templates


def find_parent(engine: Engine, parent: Any, source: str | None, history: list[Origin]) -> Any:
    """Return the template that ``{% extends %}`` names; ``history`` gains its origin."""
    if not parent:
        # A tuple makes the formatting itself fail, as it does in Django.
        message = "Invalid template name in 'extends' tag: %r." % parent  # noqa: UP031
        if source is not None:
            message += f" Got this from the '{source}' variable."
        raise TemplateSyntaxError(message)
    if isinstance(parent, Template):
        return parent
    if isinstance(getattr(parent, "template", None), Template):
        return parent.template
    template, origin = engine.find_template(parent, skip=history)
    history.append(origin)
    return template


def find_included(engine: Any, target: Any, origin: Any) -> Any:
    """Return the template that ``{% include %}`` means."""
    if callable(getattr(target, "render", None)):
        return target.template if hasattr(target, "template") else target
    names = target or ()
    if isinstance(names, str):
        names = (construct_relative_path(origin.template_name, names),)
    return engine.select_template(tuple(names))


def inclusion_template(engine: Any, node: Any) -> Any:
    """Return the template of an inclusion tag."""
    filename = node.filename
    if isinstance(filename, Template):
        return filename
    if isinstance(getattr(filename, "template", None), Template):
        return filename.template
    if not isinstance(filename, str) and isinstance(filename, Iterable):
        return engine.select_template(filename)
    return engine.get_template(filename)


def render_reference(template: Template, context: Context) -> str:
    """Render with Django's engine what cannot be rendered natively."""
    with context.render_context.push_state(template):
        return template.nodelist.render(context)


# Translations


def language_override(language: str | None) -> AbstractContextManager[None]:
    """Return the manager under which ``{% language %}`` renders."""
    return translation.override(language)


def timezone_override(zone: Any) -> AbstractContextManager[None]:
    """Return the manager under which ``{% timezone %}`` renders."""
    return timezone.override(zone)


def _message_id(message: Any) -> Any:
    safe = isinstance(message, SafeData)
    message_id = message.replace("%", "%%")
    return mark_safe(message_id) if safe else message_id  # noqa: S308


def translate(message: Any, context: Any) -> str:
    """Return the translation of a message, percent signs doubled."""
    if context:
        return translation.pgettext(context, _message_id(message))
    return translation.gettext(_message_id(message))


def translate_lazily(message: Any, context: Any) -> Any:
    """Return the lazy translation of a message, percent signs doubled."""
    if context:
        return translation.pgettext_lazy(context, _message_id(message))
    return translation.gettext_lazy(_message_id(message))


def translate_message(message: str, context: Any) -> str:
    """Return the translation of a ``{% blocktranslate %}`` message."""
    if context:
        return translation.pgettext(context, message)
    return translation.gettext(message)


def translate_counted(singular: str, plural: str, count: Any, context: Any) -> Any:
    """Return the translation of a message that depends on a number."""
    if context:
        return translation.npgettext(context, singular, plural, count)
    return translation.ngettext(singular, plural, count)


def check_count(counter: str, tag_name: str, count: Any) -> None:
    """Refuse a counter that is not a number."""
    if not isinstance(count, (Decimal, float, int)):
        raise TemplateSyntaxError(f"{counter!r} argument to {tag_name!r} tag must be a number.")


def format_message(message: str, data: Mapping[str, str]) -> str | None:
    """Put the values into a translated message; ``None`` when the translation is broken."""
    try:
        return message % data
    except (KeyError, ValueError):
        return None


def unformattable(tag_name: str, message: str, data: Mapping[str, str]) -> TemplateSyntaxError:
    """Return the error for a message that does not fit its variables in any language."""
    return TemplateSyntaxError(
        f"{tag_name!r} is unable to format string returned by gettext: {message!r} using {data!r}"
    )


_CONSTANTS = (str, SafeString, int, bool, NoneType, float)


def is_frozen(items: tuple[Any, ...], paths: list[tuple[str, ...]]) -> bool:
    """Tell whether what is found below each item can never change.

    Args:
        items: What a loop goes over.
        paths: What it reads of each item, name by name.
    """
    return all(_is_frozen(item, path) for item in items for path in paths)


def _is_frozen(value: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        cls: Any = type(value)
        if not _has_frozen(cls, name):
            return False
        value = getattr(value, name)
    return type(value) in _CONSTANTS


# How a look-up of an attribute can go without running code.
_NOT_HELD, _HELD, _HELD_IN_DICT = range(3)


@lru_cache(maxsize=1024)
def held(cls: Any, name: str) -> int:
    """Tell how to look ``name`` up in objects of a class so that no code runs.

    Returns:
        0: there is no way; 1: as an attribute; 2: in ``__dict__``, since a model may not have
        loaded it.
    """
    if cls.__getattribute__ is not object.__getattribute__ or hasattr(cls, "__getitem__"):
        return _NOT_HELD
    for base in cls.__mro__:
        if "__getattr__" in vars(base):
            return _NOT_HELD
        if name in vars(base):
            kind = type(vars(base)[name])
            if kind is DeferredAttribute:
                return _HELD_IN_DICT
            passive = kind is MemberDescriptorType or not hasattr(kind, "__get__")
            return _HELD if passive else _NOT_HELD
    return _HELD


@lru_cache(maxsize=1024)
def _has_frozen(cls: Any, name: str) -> bool:
    """Tell whether a look-up of ``name`` gives a field of a frozen dataclass."""
    parameters = getattr(cls, "__dataclass_params__", None)
    return (
        parameters is not None
        and parameters.frozen
        and name in cls.__dataclass_fields__
        and not hasattr(cls, "__getitem__")
        and cls.__getattribute__ is object.__getattribute__
    )
