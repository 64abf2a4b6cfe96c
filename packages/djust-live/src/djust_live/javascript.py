"""Commands that the browser carries out by itself, written in Python."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec

from djust_live.protocol import encode_json
from djust_live.state import portable

__all__ = ["JS"]

Arguments = ParamSpec("Arguments")
Where = str | Mapping[str, str] | None
Names = str | Iterable[str]


class _Chained(Generic[Arguments]):
    """A method that may be called on the class, too, where it starts a chain."""

    def __init__(self, function: Callable[Concatenate[JS, Arguments], JS]) -> None:
        self._function = function
        functools.update_wrapper(self, function)  # type: ignore[arg-type]

    def __get__(self, chain: JS | None, owner: type[JS]) -> Callable[Arguments, JS]:
        start = owner() if chain is None else chain
        return functools.wraps(self._function)(functools.partial(self._function, start))


@portable
@dataclass(frozen=True, slots=True)
class JS:
    """A chain of commands for an attribute such as ``dj-click``; each adds one and returns it all.

    Print it where the name of a handler would stand. It cannot be changed, so an attribute of the
    class may hold it. ``to`` says whom a command is about: a selector, ``{"closest": selector}``,
    ``{"inner": selector}``, or nothing for the element itself.

    Attributes:
        commands: Each as JSON.

    Example:
        >>> class Shop(LiveView):
        ...     open_menu = JS.show("#menu").add_class("is-open").focus("#menu")
        ...     template = '<main><button dj-click="{{ open_menu }}">Menu</button>…</main>'
    """

    commands: tuple[str, ...] = ()

    @_Chained
    def show(
        self,
        to: Where = None,
        *,
        transition: Names | None = None,
        time_ms: int | None = None,
        display: str | None = None,
    ) -> JS:
        """Show elements, with a transition if one is given."""
        return self._and("show", to, transition=transition, time=time_ms, display=display)

    @_Chained
    def hide(
        self, to: Where = None, *, transition: Names | None = None, time_ms: int | None = None
    ) -> JS:
        """Hide elements."""
        return self._and("hide", to, transition=transition, time=time_ms)

    @_Chained
    def toggle(
        self,
        to: Where = None,
        *,
        transition: Names | None = None,
        time_ms: int | None = None,
        display: str | None = None,
    ) -> JS:
        """Show elements that are hidden, and hide those that are not."""
        return self._and("toggle", to, transition=transition, time=time_ms, display=display)

    @_Chained
    def add_class(self, names: Names, to: Where = None) -> JS:
        """Give elements classes."""
        return self._and("add_class", to, names=_words(names))

    @_Chained
    def remove_class(self, names: Names, to: Where = None) -> JS:
        """Take classes from elements."""
        return self._and("remove_class", to, names=_words(names))

    @_Chained
    def toggle_class(self, names: Names, to: Where = None) -> JS:
        """Give elements the classes that they lack, and take those that they have."""
        return self._and("toggle_class", to, names=_words(names))

    @_Chained
    def set_attribute(self, name: str, value: str = "", to: Where = None) -> JS:
        """Set an attribute of elements."""
        return self._and("set_attribute", to, name=name, value=str(value))

    @_Chained
    def remove_attribute(self, name: str, to: Where = None) -> JS:
        """Remove an attribute of elements."""
        return self._and("remove_attribute", to, name=name)

    @_Chained
    def transition(self, transition: Names, to: Where = None, *, time_ms: int | None = None) -> JS:
        """Run a transition: classes while it runs, or ``[during, at the start, at the end]``."""
        return self._and("transition", to, transition=transition, time=time_ms)

    @_Chained
    def focus(self, to: Where = None) -> JS:
        """Focus an element, or the first in it that takes the focus."""
        return self._and("focus", to)

    @_Chained
    def dispatch(self, event: str, to: Where = None, *, detail: Any = None) -> JS:
        """Dispatch a DOM event at elements, with data for its listeners."""
        return self._and("dispatch", to, event=event, detail=detail)

    @_Chained
    def push(
        self, event: str, value: Mapping[str, Any] | None = None, *, target: str | None = None
    ) -> JS:
        """Call a handler of the view, or of the component ``target``, with parameters."""
        return self._and("push", None, event=event, value=value, target=target)

    @_Chained
    def navigate(self, href: str) -> JS:
        """Go to another page, as ``dj-navigate`` does."""
        return self._and("navigate", None, href=href)

    def _and(self, command: str, to: Where, **options: Any) -> JS:
        given = {key: value for key, value in options.items() if value is not None}
        if to is not None:
            given["to"] = to if isinstance(to, str) else dict(to)
        encoded = encode_json([command, given] if given else [command]).decode()
        return JS((*self.commands, encoded))

    def __str__(self) -> str:
        return f"[{','.join(self.commands)}]"


def _words(names: Names) -> str:
    return names if isinstance(names, str) else " ".join(names)
