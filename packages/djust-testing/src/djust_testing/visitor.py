"""What a person does on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bs4 import Tag
from djust_live import LiveView
from djust_live.extensions import StandIn

from djust_testing.assertions import Assertions
from djust_testing.clicks import Deed, Go, Submit, Toggle, deed, prevents
from djust_testing.elements import Call, Elements
from djust_testing.page import Reply
from djust_testing.reach import Impossible, check_reach


class Visitor(Assertions):
    """The half of a test client that acts, as far as a person could.

    Attributes:
        view_class: The view that is visited.
    """

    view_class: type[LiveView]
    _stand_ins: dict[str, StandIn]

    def _elements(self) -> Elements:
        """Return the elements of the page as it is now."""
        raise NotImplementedError

    def _send(self, call: Call) -> Reply:
        """Send an event and return its answer."""
        raise NotImplementedError

    def _go(self, to: Go) -> Reply:
        """Follow a link."""
        raise NotImplementedError

    def _take(self) -> Reply | None:
        """Take what the server has sent meanwhile."""
        raise NotImplementedError

    def settle(self) -> None:
        """Take what the server sends by itself."""
        raise NotImplementedError

    def click(self, selector: str) -> Reply:
        """Click an element.

        What it or something around it is bound to by ``dj-click`` is called; then the browser does
        what it does by itself: submit a form, tick a box, follow a link.

        Returns:
            The answer to the last event that this caused. A link to another page, of which
            :meth:`assert_redirect` knows, causes none: it is empty then.

        Raises:
            Impossible: It is missing, hidden, inert or disabled, or nothing happens.
        """
        elements = self._elements()
        element = elements.one(selector)
        check_reach(element)
        bound, by_itself = elements.bound(element, "click"), deed(elements, element)
        if isinstance(by_itself, Toggle):
            elements.toggle(by_itself.control)
        if bound is not None:
            reply = self._send(elements.call(*bound, element))
            if by_itself is None or prevents(bound[0]):
                return reply
            elements = self._elements()
            if len(elements.soup.select(selector)) != 1:
                return reply  # it is gone, and what it would have done
            by_itself = deed(elements, elements.one(selector))
            return self._do(by_itself, elements) or reply
        done = self._do(by_itself, elements)
        if done is None:
            raise Impossible(f"Nothing happens when {selector!r} is clicked: no dj-click.")
        return done

    def change(self, selector: str, value: Any) -> Reply | None:
        """Go to a control, enter a value and leave it.

        Args:
            selector: The control.
            value: Text, True or False for a box, a list for a multiple choice.

        Returns:
            The answer to the last event that this caused; None when nothing listens.
        """
        elements = self._elements()
        check_reach(elements.one(selector))
        reply = self._hear("focus", lambda page: page.one(selector))
        elements = self._elements()
        elements.enter(elements.one(selector), value)
        for event in ("input", "change", "blur"):
            found = self._elements().soup.select(selector)
            if len(found) != 1:
                break  # a handler has taken it away
            reply = self._hear(event, lambda page: page.one(selector)) or reply
        return reply

    def submit(self, selector: str = "form", **fields: Any) -> Reply:
        """Fill in a form and submit it.

        Args:
            selector: The form.
            **fields: What to enter, by the names of the controls.

        Raises:
            Impossible: There is no such form or field, a required field is empty, or nothing
                listens to the form.
        """
        elements = self._elements()
        form = elements.one(selector)
        check_reach(form)
        for name, value in fields.items():
            controls = [one for one in elements.controls(form) if one.get("name") == name]
            if not controls:
                raise Impossible(f"The form {selector!r} has no field called {name!r}.")
            for control in controls:
                choice = control.get("type") in ("radio", "checkbox") and len(controls) > 1
                wanted = value if isinstance(value, (list, tuple)) else [value]
                elements.enter(control, control.get("value") in wanted if choice else value)
        return self._submit(elements, form)

    def press(self, selector: str, key: str) -> Reply | None:
        """Press a key in an element.

        Args:
            selector: The element.
            key: As ``KeyboardEvent.key`` names it, such as ``Enter`` or ``ctrl+k``.

        Returns:
            The answer to the last event that this caused; None when nothing listens.
        """
        reply = None
        for event in ("keydown", "keyup"):
            elements = self._elements()
            element = elements.one(selector)
            check_reach(element)
            bound = elements.bound(element, event, key)
            if bound is not None:
                pressed = key.rpartition("+")[2] or key
                reply = self._send(elements.call(*bound, element, pressed))
        return reply

    def send_event(self, name: str, /, **params: Any) -> Reply:
        """Call a handler, as a hook in the browser does.

        Args:
            name: Of the handler.
            **params: What it gets.

        Raises:
            EventFailed: It was refused, or it raised.
        """
        return self._send(Call(name, params))

    def send_event_to(self, component: str, name: str, /, **params: Any) -> Reply:
        """Call a handler of a component, as a hook inside of it does.

        Args:
            component: Its id.
            name: Of the handler.
            **params: What it gets.

        Raises:
            EventFailed: It was refused, or it raised.
        """
        return self._send(Call(name, params, component))

    def upload(self, selector: str, name: str, data: bytes, **options: Any) -> None:
        """Choose a file in an input with ``dj-upload``, or drop it into a zone with ``dj-drop``.

        Returns when the file is done, refused or gone.

        Args:
            selector: The input or the zone.
            name: Of the file.
            data: Its content.
            **options: ``content_type``, as the browser says it.

        Raises:
            Impossible: There is no such element, or the view takes no files.
        """
        self.gesture("upload", selector, name, data, **options)

    def join_presence(self, user: Any, meta: Mapping[str, Any] | None = None) -> Any:
        """Let somebody else open the same page, as far as presence tells; until the test ends.

        Args:
            user: A user, or what stands for one: what ``get_presence_user_id`` returns for them.
            meta: What the others know of them.

        Returns:
            The presence, as ``list_presences`` has it.

        Raises:
            Impossible: The view has no presence.
        """
        return self.gesture("join_presence", user, meta)

    def leave_presence(self, user: Any) -> None:
        """Let somebody leave who came with :meth:`join_presence`."""
        self.gesture("leave_presence", user)

    def gesture(self, name: str, *args: Any, **options: Any) -> Any:
        """Do what an extension's module does for a visitor; its stand-in says what there is.

        Args:
            name: Of the gesture.
            *args: What the stand-in takes.
            **options: The same.

        Raises:
            Impossible: No extension of the view has it.
        """
        self._take()
        for stand_in in self._stand_ins.values():
            if name in stand_in.gestures:
                answer = getattr(stand_in, name)(*args, **options)
                self.settle()
                return answer
        raise Impossible(f"No extension of {self.view_class.__qualname__} can {name!r}.")

    def _do(self, by_itself: Deed | None, elements: Elements) -> Reply | None:
        """Do what a browser does by itself; None when nothing happens then."""
        if isinstance(by_itself, Submit):
            return self._submit(elements, by_itself.form, by_itself.button)
        if isinstance(by_itself, Go):
            return self._go(by_itself)
        if by_itself is None:
            return None
        key, reply = elements.key(by_itself.control), None
        for event in ("input", "change"):
            reply = self._hear(event, lambda page: page.by_key(key)) or reply
        return reply

    def _hear(self, event: str, find: Callable[[Elements], Tag | None]) -> Reply | None:
        """Send what an event of a control leads to; None when nothing listens."""
        elements = self._elements()
        control, reply = find(elements), None
        bound = None if control is None else elements.bound(control, event)
        if control is not None and bound is not None:
            reply = self._send(elements.call(*bound, control))
        model = elements.model(control) if control is not None and event == "change" else None
        return reply if model is None else self._send(model)

    def _submit(self, elements: Elements, form: Tag, submitter: Tag | None = None) -> Reply:
        elements.check_valid(form, submitter)
        binding = form.get("dj-submit")
        if not binding:
            raise Impossible("Nothing listens when the form is submitted: no dj-submit.")
        call = elements.call(form, str(binding), submitter or form)
        fields = elements.fields(form, submitter)
        elements.forget(form)
        return self._send(Call(call.name, {**fields, **call.params}, call.target))
