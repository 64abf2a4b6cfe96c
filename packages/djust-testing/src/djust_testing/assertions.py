"""What tests check of a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bs4 import Tag
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponseBase
from django.test.html import parse_html
from django.test.utils import CaptureQueriesContext
from djust_live import LiveView
from djust_live.state import attributes_of

from djust_testing.page import Heard


class Assertions:
    """The half of a test client that asks, and changes nothing.

    Attributes:
        response: What the view answered when the page was got.
    """

    response: HttpResponseBase | None

    @property
    def has_page(self) -> bool:
        """Whether the view answered with a page."""
        raise NotImplementedError

    @property
    def view(self) -> LiveView:
        """The view on the server."""
        raise NotImplementedError

    @property
    def html(self) -> str:
        """The page as the browser shows it."""
        raise NotImplementedError

    @property
    def heard(self) -> Heard:
        """What the server said besides changes of the page."""
        raise NotImplementedError

    def find(self, selector: str) -> Tag:
        """Return the only element that matches a CSS selector."""
        raise NotImplementedError

    def gesture(self, name: str, *args: Any, **options: Any) -> Any:
        """Do what an extension's stand-in has."""
        raise NotImplementedError

    def assert_state(self, **expected: Any) -> None:
        """Check attributes of the view."""
        view = self.view
        for name, value in expected.items():
            if not hasattr(view, name):
                known = ", ".join(sorted(attributes_of(view)))
                raise AssertionError(f"{name} is not set; it was to be {value!r}. Set: {known}.")
            actual = getattr(view, name)
            if actual != value:
                raise AssertionError(f"{name} is {actual!r}, not {value!r}.")

    def assert_html(self, expected: str, selector: str | None = None) -> None:
        """Check that the page contains some HTML; white space between tags does not count.

        Args:
            expected: HTML.
            selector: Look inside this element only.
        """
        shown = self.html if selector is None else str(self.find(selector))
        if not parse_html(shown).count(parse_html(expected)):
            raise AssertionError(f"This is not in the page:\n{expected}\nThe page:\n{shown}")

    def assert_push_event(self, name: str, payload: Any = ...) -> None:
        """Check that an event was pushed to the browser, with this payload when one is given."""
        payloads = [sent for event, sent in self.heard.events if event == name]
        if not payloads or (payload is not ... and payload not in payloads):
            raise AssertionError(f"No such event was pushed: {name!r}. Pushed: {self.heard.events}")

    def assert_flash(self, text: str, level: str | None = None) -> None:
        """Check that a message was shown."""
        shown = [one for one in self.heard.flash if text in one[1] and level in (None, one[0])]
        if not shown:
            raise AssertionError(f"No such message was shown: {text!r}. Shown: {self.heard.flash}")

    def assert_stream_insert(self, name: str, expected: str = "", at: int | None = None) -> None:
        """Check that a row was added to a stream, or replaced, since the page was mounted.

        Args:
            name: Of the stream.
            expected: HTML or text that the row contains.
            at: Its place among the rows now, counted from 0; -1: the last.

        Raises:
            Impossible: The view does not stream.
        """
        self.gesture("assert_stream_insert", name, expected, at)

    def assert_stream_text(self, name: str, text: str, state: str | None = None) -> None:
        """Check what a streamed text is by now.

        Args:
            name: Of the stream.
            text: All of it.
            state: ``streaming``, ``done`` or ``error``; None: any.

        Raises:
            Impossible: The view does not stream.
        """
        self.gesture("assert_stream_text", name, text, state)

    def assert_redirect(self, url: str) -> None:
        """Check that the page was sent elsewhere, by the response or by the socket."""
        urls = [] if not self.has_page else list(self.heard.redirects)
        location = None if self.response is None else self.response.headers.get("Location")
        urls += [location] if location else []
        if url not in urls:
            raise AssertionError(f"No redirect to {url!r}. Redirects: {urls}")

    def assert_patch(self, url: str | None = None) -> None:
        """Check that the page got another address and stayed: ``live_patch``, ``url_state``.

        Args:
            url: The path and query that it got; None: any.
        """
        urls = self.heard.patches
        if not urls or (url is not None and url not in urls):
            raise AssertionError(f"The page was not patched to {url!r}. Addresses: {urls}")

    @contextmanager
    def assert_max_queries(self, most: int, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
        """Check that what happens inside makes at most so many database queries."""
        with CaptureQueriesContext(connections[using]) as captured:
            yield
        if len(captured) > most:
            lines = "\n".join(query["sql"] for query in captured.captured_queries)
            raise AssertionError(f"{len(captured)} queries, not {most} or fewer:\n{lines}")

    @contextmanager
    def assert_max_patch_bytes(self, most: int) -> Iterator[None]:
        """Check that what happens inside sends at most so many bytes of ops."""
        before = len(self.heard.patch_bytes)
        yield
        total = sum(self.heard.patch_bytes[before:])
        if total > most:
            raise AssertionError(f"{total} bytes of ops were sent, not {most} or fewer.")
