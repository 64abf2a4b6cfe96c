"""``dj-model``: a control writes an attribute, when the template's source says that it may."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from djust_live.coercion import ConversionError, converter_for, describe
from djust_live.errors import BadParameter, UnknownEvent

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

# The client's own name of the event.
EVENT = "dj-model"

_BOUND = re.compile(r"""\bdj-model(?:\.[\w-]+)*\s*=\s*(?:"([^"{]*)"|'([^'{]*)'|([^\s"'>{]+))""")
_OTHER = re.compile(r"""\{%-?\s*(?:extends|include)\s+(?:"([^"]+)"|'([^']+)')""")
_MAX_TEMPLATES = 200


def write(view: LiveView, field: Any = None, value: Any = None, chosen: Any = None) -> None:
    """Give the attribute ``field`` what a control holds, as the type that it has now.

    Only names that stand in a ``dj-model`` in the source of the template can be written; what a
    page contains at run time does not count.

    Args:
        view: The view.
        field: The name of the attribute.
        value: What the control holds.
        chosen: Of a checkbox, the values of all that bind ``field`` and are checked; an attribute
            that holds several takes them.

    Raises:
        UnknownEvent: The template does not bind ``field`` (``DJL201``).
        BadParameter: The value does not fit the attribute's type (``DJL202``).
    """
    shown = repr(field)[:80]
    if not isinstance(field, str) or field not in bound_fields(view):
        raise UnknownEvent(f"No dj-model in the template of {type(view).__qualname__} is {shown}.")
    if field.startswith("_") or field in type(view)._djust_class.reserved:
        raise UnknownEvent(f"{type(view).__qualname__}.{field} cannot be bound.")
    if not hasattr(view, field):
        raise UnknownEvent(f"{type(view).__qualname__} has no attribute {shown}.")
    current = getattr(view, field)
    if chosen is not None and isinstance(current, (list, set, tuple, frozenset)):
        value = chosen
    setattr(view, field, _converted(field, current, value))


def bound_fields(view: LiveView) -> frozenset[str]:
    """Return the names that ``dj-model`` binds in the source of a view's template.

    Templates that it extends or includes by a constant name count too.
    """
    if settings.DEBUG:  # templates change while the server runs
        return _fields_of(view.template, _names(view), view.template_engine)
    return _cached_fields(view.template, _names(view), view.template_engine)


def _converted(field: str, current: Any, value: Any) -> Any:
    if current is None:
        if isinstance(value, (str, int, float, bool)) or value is None:
            return value
        raise BadParameter(f"{EVENT}: {field!r} got {type(value).__name__}.")
    several = isinstance(current, (list, set, tuple, frozenset))
    item = next(iter(current), None) if several else None
    kind: Any = type(current)
    if item is not None:
        kind = list[type(item)]  # type: ignore[misc]
    convert = converter_for(kind)
    try:
        converted = value if convert is None else convert(value)
    except ConversionError as error:
        raise BadParameter(
            f"{EVENT}: {field!r} expects {describe(type(current))}, got {repr(value)[:80]}."
        ) from error
    return type(current)(converted) if item is not None else converted


def _names(view: LiveView) -> tuple[str, ...]:
    name = view.template_name
    if name is None:
        return ()
    return (name,) if isinstance(name, str) else tuple(name)


def _fields_of(inline: str | None, names: tuple[str, ...], using: str | None) -> frozenset[str]:
    fields: set[str] = set()
    waiting: list[str] = []
    seen: set[str] = set()
    sources = [inline] if inline is not None else []
    if inline is None:
        waiting += names
    while sources or (waiting and len(seen) < _MAX_TEMPLATES):
        if not sources:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                sources.append(_source_of(name, using))
            continue
        source = sources.pop()
        fields.update(next(filter(None, groups), "") for groups in _BOUND.findall(source))
        waiting += [double or single for double, single in _OTHER.findall(source)]
    return frozenset(fields)


_cached_fields = functools.lru_cache(maxsize=1024)(_fields_of)


def _source_of(name: str, using: str | None) -> str:
    try:
        template: Any = get_template(name, using=using)
    except TemplateDoesNotExist:
        return ""
    inner = getattr(template, "template", None)
    source = getattr(inner, "source", None)
    if isinstance(source, str):
        return source
    path = Path(str(getattr(template.origin, "name", "")))
    return path.read_text(encoding="utf-8") if path.is_file() else ""
