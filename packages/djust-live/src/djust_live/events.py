"""Find, check and call the handler that an event names."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Manager, QuerySet

from djust_live.coercion import ConversionError, Converter, converter_for, describe, is_model
from djust_live.decorators import Marks, marks_of
from djust_live.errors import BadParameter, DefinitionError, EventForbidden, UnknownEvent

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

# Arguments written in the template, as in `dj-click="remove(3)"`, travel under this key.
POSITIONAL = "_args"
# Names of parameters that the element sent by itself; a handler need not take them.
IMPLIED = "_extra"
# The hidden field with the id of the component whose form it stands in, for plain POSTs; no field
# of a form without a prefix can be called so.
WHOSE_FORM = "djust-component"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a handler."""

    name: str
    required: bool
    expected: str
    convert: Converter | None
    source: Any = None  # where model instances come from


@dataclass(frozen=True, slots=True)
class Handler:
    """One callable event of a view class.

    Attributes:
        name: As the browser says it.
        function: The plain function; called with the view first.
        is_async: Defined with ``async def``.
        touches_database: Checking the parameters needs a query.
    """

    name: str
    function: Callable[..., Any]
    marks: Marks
    is_async: bool
    parameters: tuple[Parameter, ...]
    accepts_extra: bool
    accepts_positional: bool
    touches_database: bool
    receiver: str = "self"

    def bind(self, view: Any, given: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments for a call.

        Raises:
            BadParameter: One is missing, unknown or of the wrong type (``DJL202``).
        """
        if not given and not self.parameters:
            return (), {}
        rest = dict(given)
        implied = rest.pop(IMPLIED, None)
        rest.pop(WHOSE_FORM, None)
        extra_positional = self._name_positional(rest)
        arguments: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.name in rest:
                arguments[parameter.name] = self._convert(view, parameter, rest.pop(parameter.name))
            elif parameter.required:
                raise BadParameter(
                    f"{self.name}: parameter {parameter.name!r} is missing; "
                    f"expected {parameter.expected}."
                )
        if rest and implied is not None and not self.accepts_extra:
            rest = self._without(rest, implied)
        if rest:
            if not self.accepts_extra or self.receiver in rest:
                names = ", ".join(repr(name[:80]) for name in sorted(rest))
                raise BadParameter(f"{self.name}: unknown parameter {names}; {self._signature()}.")
            arguments.update(rest)
        if extra_positional:
            # Python wants everything before *args by position.
            leading = [arguments.pop(p.name) for p in self.parameters if p.name in arguments]
            return (*leading, *extra_positional), arguments
        return (), arguments

    def _without(self, rest: dict[str, Any], implied: Any) -> dict[str, Any]:
        if not isinstance(implied, list):
            raise BadParameter(f"{self.name}: {IMPLIED} is not a list.")
        dropped = {name for name in implied if isinstance(name, str)}
        return {name: value for name, value in rest.items() if name not in dropped}

    def _name_positional(self, rest: dict[str, Any]) -> list[Any]:
        """Give arguments by position the names of the signature; return what is left over."""
        positional = rest.pop(POSITIONAL, None)
        if positional is None:
            return []
        if not isinstance(positional, list):
            raise BadParameter(f"{self.name}: arguments are not a list.")
        for parameter, value in zip(self.parameters, positional, strict=False):
            # What the template writes wins over what the element carries by itself.
            rest[parameter.name] = value
        left_over = positional[len(self.parameters) :]
        if left_over and not self.accepts_positional:
            raise BadParameter(
                f"{self.name}: {len(positional)} arguments given; {self._signature()}."
            )
        return left_over

    def _convert(self, view: Any, parameter: Parameter, value: Any) -> Any:
        if parameter.source is not None:
            return self._fetch(view, parameter, value)
        if parameter.convert is None:
            return value
        try:
            return parameter.convert(value)
        except ConversionError as error:
            detail = f" ({error})" if str(error) else ""
            raise self._mismatch(parameter, value, detail) from error

    def _fetch(self, view: Any, parameter: Parameter, value: Any) -> Any:
        source = parameter.source
        if not isinstance(source, (QuerySet, Manager)) and callable(source):
            source = source(view)
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise self._mismatch(parameter, value)
        queryset = source.all()
        try:
            return queryset.get(pk=value)
        except (queryset.model.DoesNotExist, ValueError, ValidationError, OverflowError) as error:
            raise self._mismatch(parameter, value) from error

    def _mismatch(self, parameter: Parameter, value: Any, detail: str = "") -> BadParameter:
        shown = repr(value)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        return BadParameter(
            f"{self.name}: parameter {parameter.name!r} expects {parameter.expected}, "
            f"got {shown}{detail}."
        )

    def _signature(self) -> str:
        if not self.parameters:
            return "the handler takes none"
        return "the handler takes " + ", ".join(p.name for p in self.parameters)

    def check_permissions(self, view: LiveView) -> None:
        """Raise :class:`EventForbidden` unless the user has the handler's permissions."""
        if not self.marks.permissions:
            return
        user = getattr(view.request, "user", None)
        if user is None or not user.has_perms(self.marks.permissions):
            raise EventForbidden(
                f"{self.name} needs the permission {', '.join(self.marks.permissions)}."
            )


def find_handlers(cls: type) -> dict[str, Handler]:
    """Return the handlers of a class by name; only methods marked with ``@event_handler``."""
    handlers = {}
    for name in dir(cls):
        function = inspect.getattr_static(cls, name, None)
        marks = marks_of(function)
        if marks is None or not inspect.isfunction(function):
            continue
        if not marks.is_event:
            raise DefinitionError(
                f"{cls.__qualname__}.{name} carries a handler's decorator but not @event_handler."
            )
        if name.startswith("_"):
            raise DefinitionError(
                f"{cls.__qualname__}.{name}: a private method cannot be an event."
            )
        handlers[name] = _describe(cls, name, function, marks)
    return handlers


def pick(handlers: Mapping[str, Handler], name: str, owner: str) -> Handler:
    """Return the handler called ``name``.

    Raises:
        UnknownEvent: There is none (``DJL201``).
    """
    handler = handlers.get(name)
    if handler is None:
        raise UnknownEvent(f"{owner} has no event handler called {name[:80]!r}.")
    return handler


def _describe(cls: type, name: str, function: Callable[..., Any], marks: Marks) -> Handler:
    signature = inspect.signature(function)
    hints = _hints(function)
    parameters = []
    accepts_extra = accepts_positional = False
    sources = marks.sources or {}
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            accepts_extra = True
        elif parameter.kind is parameter.VAR_POSITIONAL:
            accepts_positional = True
        else:
            annotation = hints.get(parameter.name, Any)
            parameters.append(_parameter(cls, name, parameter, annotation, marks))
    unknown = set(sources) - {parameter.name for parameter in parameters}
    if unknown:
        raise DefinitionError(
            f"{cls.__qualname__}.{name}: params names {', '.join(sorted(unknown))}, "
            "which the signature does not have."
        )
    _check_cache(cls, name, parameters, marks)
    return Handler(
        name=name,
        function=function,
        marks=marks,
        is_async=inspect.iscoroutinefunction(function),
        parameters=tuple(parameters),
        accepts_extra=accepts_extra,
        accepts_positional=accepts_positional,
        touches_database=bool(sources) or bool(marks.permissions),
        receiver=next(iter(signature.parameters), ""),
    )


def _check_cache(cls: type, name: str, parameters: list[Parameter], marks: Marks) -> None:
    if marks.cache is None:
        return
    if marks.is_background:
        raise DefinitionError(f"{cls.__qualname__}.{name}: background work cannot be cached.")
    unknown = (marks.cache[1] or frozenset()) - {parameter.name for parameter in parameters}
    if unknown:
        raise DefinitionError(
            f"{cls.__qualname__}.{name}: key_params names {', '.join(sorted(unknown))}, "
            "which the signature does not have."
        )


def _parameter(
    cls: type, name: str, parameter: inspect.Parameter, annotation: Any, marks: Marks
) -> Parameter:
    source = (marks.sources or {}).get(parameter.name)
    if source is None and is_model(annotation):
        raise DefinitionError(
            f"{cls.__qualname__}.{name}: parameter {parameter.name!r} is a {annotation.__name__}, "
            f"but @event_handler(params={{{parameter.name!r}: …}}) names no queryset for it."
        )
    return Parameter(
        name=parameter.name,
        required=parameter.default is parameter.empty,
        expected="any value" if annotation is Any else describe(annotation),
        convert=converter_for(annotation) if marks.coerce_types and source is None else None,
        source=source,
    )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except (NameError, TypeError, AttributeError) as error:
        # A name that exists only for type checkers. Without parameters nothing is lost.
        annotations = {
            key: value
            for key, value in getattr(function, "__annotations__", {}).items()
            if key != "return"
        }
        if not annotations:
            return {}
        raise DefinitionError(
            f"{function.__qualname__}: an annotation cannot be evaluated: {error}. "
            "Import what it names at run time."
        ) from error
