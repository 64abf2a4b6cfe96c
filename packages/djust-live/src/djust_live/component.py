"""Parts of a live view with attributes, handlers and a template of their own."""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from djust_live.errors import BadProps, DefinitionError, UnknownComponent, UnknownTarget
from djust_live.events import Handler, find_handlers
from djust_live.registry import data_of, rules_of
from djust_live.rendering import context_of, render_template, template_of
from djust_live.state import is_computed, portable

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

__all__ = ["LiveComponent"]

# Where a view keeps its components; the name reads like no attribute of a user's.
COMPONENTS = "_djust_components"

_ROOT = re.compile(r"\s*<[a-zA-Z][^\s/>]*")
_PLAIN = (
    bool,
    bytes,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    float,
    int,
    str,
    type(None),
    uuid.UUID,
)
# Comparing more than this costs what a render costs.
_MAX_COMPARED = 2000

_classes: dict[str, type[LiveComponent]] = {}


class LiveComponent:
    """A part of a page with attributes, handlers and a template of its own.

    It lives as long as it stands in the page under its ``id``. Its attributes are saved with those
    of the view and are put back with them when something fails. The template has one root element.

    Attributes:
        template_name: Template file, for any configured engine.
        template: Source of the template, instead of a file.
        template_engine: Name of the engine; None asks all in order.
        name: Short name for templates; else the dotted path.
        props: Names of the props with their types, None for any; a class attribute of the same
            name is the default. Without it all names are taken.
        pure: The template shows nothing but attributes and slots, so its HTML is kept while these
            stay equal.

    Example:
        >>> class Stars(LiveComponent):
        ...     name = "stars"
        ...     props = {"count": int}
        ...     template = "<p><button dj-click='more'>{{ count }} stars</button></p>"
        ...     @event_handler
        ...     def more(self):
        ...         self.count += 1
        ...         self.send_parent("rated", self.count)
    """

    __slots__ = ("__dict__", "_computed", "_given", "_id", "_kept", "_view", "slots")

    template_name: str | list[str] | None = None
    template: str | None = None
    template_engine: str | None = None
    name: ClassVar[str] = ""
    props: ClassVar[Mapping[str, Any] | None] = None
    pure: ClassVar[bool] = False

    _handlers: ClassVar[Mapping[str, Handler]] = {}
    _properties: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[Mapping[str, Any]] = {}
    _rules: ClassVar[SafeString] = SafeString("")

    def __init__(self, component_id: str) -> None:
        self._id = component_id
        self._view: LiveView | None = None
        self._given: dict[str, Any] = {}
        self._kept: tuple[Any, SafeString] | None = None
        # Memory of `@computed`.
        self._computed: dict[str, tuple[list[Any], Any]] = {}
        self.slots: dict[str, SafeString] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._handlers = find_handlers(cls)
        for handler in cls._handlers.values():
            if handler.marks.is_background:
                raise DefinitionError(
                    f"{cls.__qualname__}.{handler.name}: components have no background work; "
                    "let the view do it and hand the result down as a prop."
                )
        cls._properties, cls._defaults = data_of(cls, _RESERVED)
        cls._rules = rules_of(cls._handlers)
        _classes[f"{cls.__module__}.{cls.__qualname__}"] = cls
        if "name" in cls.__dict__ and cls.name:
            _classes[cls.name] = cls
        portable(dump=_dump, load=lambda data: _load(cls, data))(cls)

    # Hooks

    def mount(self, **props: Any) -> None:
        """Set the first attributes; called once. By default each prop becomes one."""
        for name, value in props.items():
            setattr(self, name, value)

    def update(self, **props: Any) -> None:
        """Take props that changed, or those of ``send_update``; by default as attributes."""
        for name, value in props.items():
            setattr(self, name, value)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the template may use: all public attributes, properties and ``slots``."""
        context = {**self._defaults, **{name: getattr(self, name) for name in self._properties}}
        context.update((name, value) for name, value in vars(self).items() if name[0] != "_")
        return {**context, "id": self.id, "slots": self.slots, **kwargs}

    # What components may call

    @property
    def id(self) -> str:
        """The name of the component in its page."""
        return self._id

    @property
    def view(self) -> LiveView:
        """The view that the component stands in."""
        if self._view is None:
            raise UnknownTarget(f"The component {self._id!r} is in no page.")
        return self._view

    @property
    def request(self) -> HttpRequest:
        """The request of the page."""
        return self.view.request

    def send_parent(self, name: str, payload: Any = None) -> None:
        """Call ``handle_component_event`` of the view; for handlers, not for ``mount``.

        Args:
            name: What happened.
            payload: More about it.
        """
        self.view.handle_component_event(self.id, name, payload)


_RESERVED = frozenset(dir(LiveComponent))


def components_of(view: Any) -> dict[str, LiveComponent]:
    """Return the components of a view by id."""
    found: dict[str, LiveComponent] = vars(view).get(COMPONENTS) or {}
    return found


def component_at(view: LiveView, target: str) -> LiveComponent:
    """Return the component that an event is for.

    Raises:
        UnknownTarget: None of that id is on the page (``DJL208``).
    """
    component = components_of(view).get(target)
    if component is None:
        raise UnknownTarget(f"No component is called {target[:80]!r}.")
    component._view = view
    return component


def component_class(name: Any, *, is_literal: bool) -> type[LiveComponent]:
    """Return the class that a template names.

    Args:
        name: A class, its dotted path or its short name.
        is_literal: It stands in the source of the template; only then is a module imported.

    Raises:
        UnknownComponent: It leads to no component (``DJL211``).
    """
    found = _classes.get(name) if isinstance(name, str) else name
    if found is None and is_literal and "." in name:
        try:
            found = import_string(name)
        except ImportError as error:
            raise UnknownComponent(f"The component {name!r} cannot be imported.") from error
    if not (isinstance(found, type) and issubclass(found, LiveComponent)):
        raise UnknownComponent(f"No component is called {str(name)[:80]!r}.")
    return found


def show(
    view: LiveView,
    cls: type[LiveComponent],
    component_id: str,
    props: dict[str, Any],
    slots: dict[str, SafeString],
) -> SafeString:
    """Return the HTML of a component; it is mounted, updated and rendered as needed."""
    seen = view._mounted().components_seen
    seen.add(component_id)
    component = components_of(view).get(component_id)
    if type(component) is not cls:
        component = cls(component_id)
        component._view = view
        component.slots = slots
        component.mount(**_checked(cls, props))
        setattr(view, COMPONENTS, {**components_of(view), component_id: component})
    else:
        component._view = view
        component.slots = slots
        changed = _changed(component._given, props)
        if changed:
            component.update(**_checked(cls, changed, is_partial=True))
    component._given = props
    return _html(component, view, seen)


def update(view: LiveView, component_id: str, props: dict[str, Any]) -> None:
    """Hand props to a component from its view.

    Raises:
        UnknownTarget: None of that id is on the page (``DJL208``).
    """
    component = component_at(view, component_id)
    component.update(**_checked(type(component), props, is_partial=True))


def sweep(view: LiveView) -> None:
    """Forget components that the last render did not show, and begin to count anew."""
    runtime = view._mounted()
    components = components_of(view)
    seen, runtime.components_seen = runtime.components_seen, set()
    if len(components) > len(seen):
        setattr(view, COMPONENTS, {key: one for key, one in components.items() if key in seen})


def _checked(
    cls: type[LiveComponent], props: dict[str, Any], *, is_partial: bool = False
) -> dict[str, Any]:
    declared = cls.props
    if declared is None:
        return props
    for name, value in props.items():
        if name not in declared:
            raise BadProps(f"{cls.__qualname__} has no prop {name!r}.")
        kind = declared[name]
        if kind is not None and not isinstance(value, kind):
            raise BadProps(
                f"{cls.__qualname__}: prop {name!r} got {type(value).__name__}, expected {kind}."
            )
    missing = [name for name in declared if name not in props and not hasattr(cls, name)]
    if missing and not is_partial:
        raise BadProps(f"{cls.__qualname__} needs the prop {', '.join(missing)}.")
    return props


def _html(component: LiveComponent, view: LiveView, seen: set[str]) -> SafeString:
    key = _key_of(component) if component.pure else None
    if key is not None and component._kept is not None and component._kept[0] == key:
        return component._kept[1]
    others = len(seen)
    context = {"component": component, **context_of(component)}
    text = render_template(template_of(component), context, view)
    html = _with_target(text, component.id, component._rules)
    # Components inside may change while this one does not.
    component._kept = None if key is None or len(seen) > others else (key, html)
    return html


def _with_target(text: str, component_id: str, rules: SafeString) -> SafeString:
    """Let events of the root element and all in it find the component."""
    root = _ROOT.match(text)
    if root is None:
        inside = SafeString(text)
        return format_html('<div dj-target="{}"{}>{}</div>', component_id, rules, inside)
    marks = format_html(' dj-target="{}" dj-key="{}"{}', component_id, component_id, rules)
    return SafeString(text[: root.end()]) + marks + SafeString(text[root.end() :])


def _key_of(component: LiveComponent) -> Any:
    """Return all that a pure component shows, to compare; None: too much, or no plain data."""
    state = [vars(component), component.slots, translation.get_language()]
    budget = [_MAX_COMPARED]
    try:
        return (*(_frozen(part, budget) for part in state), timezone.get_current_timezone_name())
    except TypeError:
        return None


def _frozen(value: Any, budget: list[int]) -> Any:
    budget[0] -= 1
    if budget[0] < 0:
        raise TypeError("too much")
    if isinstance(value, _PLAIN):
        return (type(value), value)
    if type(value) is dict:
        return tuple((key, _frozen(item, budget)) for key, item in value.items())
    if type(value) in (list, tuple):
        return (type(value), *(_frozen(item, budget) for item in value))
    raise TypeError(type(value).__name__)


def _changed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the props that are not the same for sure: what can change in place never is."""
    return {
        name: value
        for name, value in new.items()
        if not (
            name in old
            and isinstance(value, _PLAIN)
            and type(value) is type(old[name])
            and value == old[name]
        )
    }


def _dump(component: LiveComponent) -> Any:
    given = component._given.items()
    plain = {name: value for name, value in given if isinstance(value, _PLAIN)}
    cls: Any = type(component)
    attributes = {
        name: value for name, value in vars(component).items() if not is_computed(cls, name)
    }
    return [component._id, plain, attributes]


def _load(cls: type[LiveComponent], data: Any) -> LiveComponent:
    component_id, given, attributes = data
    component = cls(component_id)
    component._given = given
    vars(component).update(attributes)
    return component
