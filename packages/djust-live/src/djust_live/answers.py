"""What handlers with ``@cache`` did, so that a repeat from the same state need not run them.

An answer is the change of the attributes together with what the handler returned, kept for one
page. It is used when parameters and *all* attributes are what they were before the call, so the
state behind it is the one that the handler would have led to. A call that did more than change
attributes is never kept: events, messages, other pages, topics, background work, extensions.
"""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass
from time import monotonic as now
from typing import TYPE_CHECKING, Any

from djust_live import state
from djust_live.component import COMPONENTS, components_of
from djust_live.digests import Digester, Opaque

if TYPE_CHECKING:
    from djust_live.events import Handler
    from djust_live.live_view import LiveView

logger = logging.getLogger(__name__)

# For one page.
_MAX_ANSWERS = 32

Place = tuple[str, str]


@dataclass(slots=True)
class _Picture:
    """All attributes at one moment, by component ("" is the view) and name."""

    digests: dict[Place, bytes]
    changeable: dict[Place, set[int]]


@dataclass(slots=True)
class Answer:
    """What one call led to.

    Attributes:
        until: When it is too old.
        values: Attributes that the call set, and the result.
        gone: Attributes that it deleted.
    """

    until: float
    values: dict[Place, Any]
    gone: list[Place]
    result: Any = None


@dataclass(slots=True)
class Recall:
    """One call of a handler: the answer that is known, or the way to remember it.

    Args:
        view: The view.
        handler: Marked with ``@cache``.
        owner: The view, or the component that has the handler.
        kwargs: The parameters as the handler gets them.
        args: Those by position.
    """

    view: LiveView
    handler: Handler
    owner: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    known: Answer | None = None
    _key: Any = None
    _before: _Picture | None = None
    _deeds: int = 0

    def __post_init__(self) -> None:
        runtime = self.view._mounted()
        self._deeds = runtime.deeds
        answers = runtime.answers
        try:
            self._before = _picture(self.view)
            self._key = self._key_of(self._before)
        except Opaque as reason:
            logger.debug("%s is not answered from memory: %s", self.handler.name, reason)
            return
        found = answers.pop(self._key, None)
        if found is not None and found.until > now():
            answers[self._key] = found  # used last
            self.known = found

    def repeat(self) -> Any:
        """Bring the view to where the call led, and return what it returned."""
        if self.known is None:
            raise RuntimeError("No answer is known.")
        # One copy of all, so that what was one object is one object again.
        values, result = copy.deepcopy((self.known.values, self.known.result))
        owners = _owners(self.view)
        for (owner, name), value in values.items():
            vars(owners[owner])[name] = value
        for owner, name in self.known.gone:
            vars(owners[owner]).pop(name, None)
        return result

    def keep(self, result: Any) -> None:
        """Remember what the call has led to, unless it did more than change attributes."""
        before, runtime = self._before, self.view._mounted()
        if before is None or runtime.effects or runtime.deeds != self._deeds:
            return
        try:
            answer = self._answer(before, result)
        except Opaque as reason:
            logger.debug("%s leads to what cannot be kept: %s", self.handler.name, reason)
            return
        if answer is not None:
            runtime.answers[self._key] = answer
            while len(runtime.answers) > _MAX_ANSWERS:
                del runtime.answers[next(iter(runtime.answers))]

    def _answer(self, before: _Picture, result: Any) -> Answer | None:
        after = _picture(self.view)
        changed = [
            place for place, digest in after.digests.items() if before.digests.get(place) != digest
        ]
        Digester().digest(result)
        kept: set[int] = set()
        for place, ids in after.changeable.items():
            if before.digests.get(place) == after.digests[place]:
                kept |= ids
        if any(kept & after.changeable[p] for p in changed):
            return None
        owners = _owners(self.view)
        values = {place: vars(owners[place[0]])[place[1]] for place in changed}
        ttl_s, _ = self.handler.marks.cache or (0.0, None)
        copied, result = copy.deepcopy((values, result))
        gone = [place for place in before.digests if place not in after.digests]
        return Answer(now() + ttl_s, copied, gone, result)

    def _key_of(self, before: _Picture) -> Any:
        _, names = self.handler.marks.cache or (0.0, None)
        parameters = {
            name: value for name, value in self.kwargs.items() if names is None or name in names
        }
        digest, _ = Digester().digest([self.args, sorted(parameters.items())])
        component = "" if self.owner is self.view else self.owner.id
        state_key = tuple(sorted(before.digests.items()))
        uri = self.view._mounted().uri
        return component, self.handler.name, digest, uri, state_key


def _owners(view: LiveView) -> dict[str, Any]:
    return {"": view, **components_of(view)}


def _picture(view: LiveView) -> _Picture:
    """Return all attributes as digests.

    Raises:
        Opaque: One of them is no data.
    """
    digester = Digester()
    picture = _Picture({}, {})
    for owner, thing in _owners(view).items():
        values = state.attributes_of(view) if thing is view else vars(thing)
        for name, value in values.items():
            if name != COMPONENTS:
                digest, ids = digester.digest(value)
                picture.digests[owner, name] = digest
                picture.changeable[owner, name] = ids
    return picture
