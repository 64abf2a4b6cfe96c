"""Streams in a test client: what a user's tests can ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.safestring import SafeString
from djust_live import LiveView, event_handler
from djust_streaming import StreamingMixin
from djust_testing import EventFailed, Impossible, LiveViewTestClient
from streaming_project.views import Chat, Story


class Plain(LiveView):
    template = "<p></p>"


class Brief(StreamingMixin, LiveView):
    template = (
        '<ul dj-stream="rows">{% for row in streams.rows %}<li>{{ row.n }}</li>{% endfor %}</ul>'
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.stream("rows", [{"n": 1}], key="n")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"title": "nothing of rows, and no super()"}

    @event_handler
    def add(self) -> None:
        self.stream_insert("rows", {"n": 2})


class Answer(StreamingMixin, LiveView):
    """Text, then what it is once rendered, in the same element."""

    template = '<p dj-stream="answer"></p>'

    @event_handler
    def finish(self) -> None:
        self.stream_text("answer", "*loud*")
        self.stream_done("answer")
        self.stream_to("answer", SafeString("<em>loud</em>"))

    @event_handler
    def begin_anew(self) -> None:
        self.stream_to("answer", SafeString("<i>wait</i>"))
        self.stream_text("answer", "soft")

    @event_handler
    def interrupt(self) -> None:
        self.stream_to("answer", "stopped")

    @event_handler
    def fail(self) -> None:
        self.stream_to("answer", "wrong")
        raise ValueError("wrong")


@pytest.fixture
def chat() -> Iterator[LiveViewTestClient]:
    with LiveViewTestClient(Chat) as page:
        yield page.mount()


def rows(page: LiveViewTestClient) -> list[str]:
    return [row.get_text() for row in page.find_all("[dj-stream=messages] li")]


def test_rows_are_in_the_page(chat: LiveViewTestClient) -> None:
    chat.send_event("add", ids=[3])
    chat.assert_stream_insert("messages", "<li>3 new 3</li>", at=-1)
    assert rows(chat) == ["1 one", "2 <two>", "3 new 3"]
    chat.send_event("remove", number=1)
    chat.send_event("update", number=3)
    chat.assert_stream_insert("messages", "3 updated", at=0)
    assert rows(chat) == ["3 updated"]
    chat.send_event("reset")
    chat.assert_stream_insert("messages")
    assert rows(chat) == ["7 seven", "8 eight"]


def test_rows_need_no_super_in_get_context_data() -> None:
    with LiveViewTestClient(Brief) as page:
        page.mount()
        assert [row.get_text() for row in page.find_all("li")] == ["1"]
        page.send_event("add")
        page.assert_stream_insert("rows", "<li>2</li>", at=-1)


def test_what_is_streamed_last_into_an_element_is_what_it_shows() -> None:
    with LiveViewTestClient(Answer) as page:
        page.mount()
        page.send_event("finish")
        page.assert_stream_text("answer", "")
        page.assert_html("<em>loud</em>", "[dj-stream=answer]")
        page.reconnect()
        page.assert_stream_text("answer", "")
        page.assert_html("<em>loud</em>", "[dj-stream=answer]")
        page.send_event("begin_anew")
        page.assert_stream_text("answer", "soft", "streaming")
        page.send_event("interrupt")
        page.assert_stream_text("answer", "")
        page.assert_html("stopped", "[dj-stream=answer]")
        page.send_event("begin_anew")
        page.assert_stream_text("answer", "soft", "streaming")
        page.reconnect()
        page.assert_stream_text("answer", "soft")


def test_text_stays_when_html_for_its_element_is_taken_back() -> None:
    with LiveViewTestClient(Answer) as page:
        page.mount()
        page.send_event("begin_anew")
        with pytest.raises(EventFailed):
            page.send_event("fail")
        page.assert_stream_text("answer", "soft", "streaming")


def test_what_was_not_inserted_fails_with_what_was(chat: LiveViewTestClient) -> None:
    with pytest.raises(AssertionError, match="1 one"):
        chat.assert_stream_insert("messages", "1 one")  # it came with the page
    chat.send_event("add", ids=[3])
    with pytest.raises(AssertionError, match="new 3"):
        chat.assert_stream_insert("messages", "4 new 4")
    with pytest.raises(AssertionError, match="at 0"):
        chat.assert_stream_insert("messages", "3 new 3", at=0)


def test_html_that_is_streamed_is_in_the_page(chat: LiveViewTestClient) -> None:
    chat.send_event("html", safe=True)
    chat.settle()
    chat.gesture("assert_stream_text", "none", "")
    chat.assert_html("<b>bold</b>", "[dj-stream=html]")


def test_streams_go_on_after_a_drop_and_a_restart(chat: LiveViewTestClient) -> None:
    chat.drop()
    chat.reconnect()
    chat.send_event("add", ids=[3])
    chat.assert_stream_insert("messages", "3 new 3")
    chat.reconnect()
    chat.send_event("add", ids=[4])
    chat.assert_stream_insert("messages", "4 new 4", at=-1)
    assert rows(chat) == ["1 one", "2 <two>", "3 new 3", "4 new 4"]


def test_text_is_in_the_page() -> None:
    with LiveViewTestClient(Story) as page:
        page.mount()
        page.send_event("tell", pieces=["a <", "\U0001f600 b"])
        page.assert_stream_text("story", "a <\U0001f600 b", "streaming")
        assert page.find("[dj-stream=story]").get_text() == "a <\U0001f600 b"
        page.send_event("end")
        page.assert_stream_text("story", "a <\U0001f600 b", "done")
        with pytest.raises(AssertionError, match="is done"):
            page.assert_stream_text("story", "a")


def test_long_text_comes_whole() -> None:
    with LiveViewTestClient(Story) as page:
        page.mount()
        for _ in range(5):  # more than may be on its way at once
            page.send_event("tell", pieces=["x" * 50_000])
        page.assert_stream_text("story", "x" * 250_000)


def test_a_view_without_streams_has_no_such_assertion() -> None:
    with LiveViewTestClient(Plain) as page:
        page.mount()
        with pytest.raises(Impossible, match="assert_stream_insert"):
            page.assert_stream_insert("messages")
