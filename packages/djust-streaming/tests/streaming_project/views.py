"""Pages of the test project."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import Any

from django import forms
from django.urls import path
from django.utils.safestring import SafeString, mark_safe
from djust_live import FormMixin, LiveComponent, LiveView, event_handler
from djust_streaming import StreamingMixin

GO_ON = threading.Event()
DONE = threading.Event()


class Unprintable:
    """A row that cannot be rendered."""

    id = 6

    @property
    def text(self) -> str:
        """Fail."""
        raise ValueError("It cannot be printed.")


class Chat(StreamingMixin, LiveView):
    """Rows."""

    template = (
        '<h1 title="a > b">{{ note }}</h1><ul class="x" dj-stream="messages">'
        "{% for item in streams.messages %}<li>{{ item.id }} {{ item.text }}</li>{% endfor %}</ul>"
        '{% if asides %}<p dj-stream="aside">{% for item in streams.aside %}<b>{{ item }}</b>'
        "{% endfor %}</p>{% endif %}"
        '<div dj-stream="html"></div>'
    )
    note = ""
    asides = False

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Show two rows."""
        self.stream("messages", [_row(1, "one"), _row(2, "<two>")], key="id")

    @event_handler
    def add(self, ids: list[int], at: int = -1, limit: int | None = None) -> None:
        """Add rows."""
        for number in ids:
            self.stream_insert("messages", _row(number, f"new {number}"), at, limit)

    @event_handler
    def update(self, number: int, update_only: bool = True) -> None:
        """Replace a row."""
        row = _row(number, "updated")
        self.stream_insert("messages", row, update_only=update_only)

    @event_handler
    def remove(self, number: int) -> None:
        """Take a row away by its key, and another by its item."""
        self.stream_delete("messages", number)
        self.stream_delete("messages", _row(number + 1, ""))

    @event_handler
    def reset(self) -> None:
        """Show others."""
        self.stream_reset("messages", [_row(7, "seven"), _row(8, "eight")])

    @event_handler
    async def anew(self, limit: int) -> None:
        """Show others, from async code, with a limit."""
        rows = [_row(number, "x") for number in range(10, 15)]
        self.stream("messages", rows, key=lambda row: row["id"], limit=limit, reset=True)

    @event_handler
    def fail(self, kind: str) -> None:
        """Change streams, and then fail."""
        self.stream_insert("messages", _row(3, "never"))
        self.stream_delete("messages", 1)
        self.stream("fresh", ["x"], key=str)
        self.stream_to("html", "never")
        if kind == "raise":
            raise ValueError("It broke.")
        self.stream_insert("messages", Unprintable())

    @event_handler
    def work(self) -> None:
        """Wait in the background for the next handler."""
        GO_ON.clear()
        DONE.clear()
        self.start_async(self._add_when_told)

    def _add_when_told(self) -> None:
        GO_ON.wait(10)
        self.stream_insert("messages", _row(4, "kept"))
        DONE.set()

    @event_handler
    def fail_around_work(self) -> None:
        """Change a collection before and after background work does, and fail."""
        self.stream_insert("messages", _row(3, "never"))
        GO_ON.set()
        DONE.wait(10)
        self.stream_insert("messages", _row(5, "never"))
        raise ValueError("It broke.")

    @event_handler
    def unknown(self) -> None:
        """Change what does not exist."""
        self.stream_insert("nothing", 1)

    @event_handler
    def hidden(self) -> None:
        """Add rows to what the template does not show."""
        self.stream("aside", ["x"], key=str)

    @event_handler
    def unhide(self) -> None:
        """Show the element."""
        self.asides = True

    @event_handler
    def html(self, safe: bool) -> None:
        """Put HTML somewhere."""
        text = "<b>bold</b>"
        self.stream_to("html", mark_safe(text) if safe else text)

    @event_handler
    def rename(self) -> None:
        """Change something else."""
        self.note = "changed"


class Story(StreamingMixin, LiveView):
    """Text."""

    template = '<p dj-stream="story"></p><i>{{ state }}</i>'
    state = ""

    @event_handler
    async def tell(self, pieces: list[str]) -> None:
        """Say pieces in an async handler."""
        for piece in pieces:
            self.stream_text("story", piece)

    @event_handler
    def tell_sync(self, pieces: list[str]) -> None:
        """Say pieces in a sync handler."""
        for piece in pieces:
            self.stream_text("story", piece)

    @event_handler
    def replace(self, text: str) -> None:
        """Say something else."""
        self.stream_text("story", text, mode="replace")

    @event_handler
    def odd(self) -> None:
        """Ask for a mode that does not exist."""
        self.stream_text("story", "x", mode="odd")  # type: ignore[arg-type]

    @event_handler
    def end(self, error: str = "") -> None:
        """Finish."""
        if error:
            self.stream_error("story", error)
        else:
            self.stream_done("story")

    @event_handler
    def count(self, to: int, piece: str = "{} ") -> None:
        """Count in a thread of its own."""
        self.start_async(self._count, to, piece, name="count")

    def _count(self, to: int, piece: str) -> None:
        self.stream_start("story")
        for number in range(to):
            self.stream_text("story", piece.format(number))
        self.stream_done("story")

    @event_handler
    def generate(self, to: int, failing: bool = False) -> None:
        """Count with an async generator."""
        self.start_async(self._generate, to, failing, name="generate")

    async def _generate(self, to: int, failing: bool) -> None:
        await self.stream_from("story", _numbers(to, failing))
        self.state = "over"

    @event_handler
    def watch(self) -> None:
        """Work in two steps."""
        GO_ON.clear()
        self.start_async(self._watch)

    @event_handler
    def go_on(self) -> None:
        """Let the second step begin."""
        GO_ON.set()

    def _watch(self) -> None:
        self.state = "half"
        self.push_state()
        GO_ON.wait(10)
        self.state = "whole"

    @event_handler
    def stop(self) -> None:
        """Stop the generator."""
        self.cancel_async("generate")

    def handle_async_result(self, name: str, result: Any = None, error: Any = None) -> None:
        """Show why it ended."""
        if error is not None:
            self.state = type(error).__name__


class Notes(StreamingMixin, LiveView):
    """Rows with forms inside, and a text that is rendered once it is there."""

    template = (
        '<ul dj-stream="items">{% for item in streams.items %}<li><b>{{ item.text }}</b>'
        '<form dj-submit="keep"><input type="hidden" name="number" value="{{ item.id }}">'
        '<input name="note" aria-label="Note on {{ item.id }}"></form></li>{% endfor %}</ul>'
        '<div dj-stream="answer"></div><p>{{ note }}</p>'
    )
    note = ""

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Show two rows."""
        self.stream("items", [_row(1, "one"), _row(2, "two")], key="id")

    @event_handler
    def rename(self, number: int) -> None:
        """Replace a row."""
        self.stream_insert("items", _row(number, "changed"))

    @event_handler
    def keep(self, number: int, note: str) -> None:
        """Take what was typed."""
        self.note = f"{number}: {note}"

    @event_handler
    def answer(self) -> None:
        """Say something, then show it rendered."""
        self.stream_text("answer", "*loud*")
        self.stream_done("answer")
        self.stream_to("answer", SafeString("<em>loud</em>"))


async def _numbers(to: int, failing: bool) -> AsyncIterator[str]:
    for number in range(to):
        yield f"{number} "
    if failing:
        raise ValueError("The model broke.")


def _row(number: int, text: str) -> dict[str, Any]:
    return {"id": number, "text": text}


class WordForm(forms.Form):
    """One word."""

    word = forms.CharField()


class Say(FormMixin, LiveComponent):
    """Says something to its page."""

    name = "streaming-say"
    template = "{% load djust %}<form method='post'>{% live_form %}</form>"
    form_class = WordForm

    def form_valid(self, form: Any) -> None:
        """Hand the word up."""
        self.send_parent("said", form.cleaned_data["word"])


class Saying(Chat):
    """Rows beside the form of a component."""

    template = Chat.template + (
        "{% load djust %}{% live_component 'streaming-say' id='say' %}{% endlive_component %}"
    )

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        """Show the word as a row."""
        self.stream_insert("messages", _row(3, payload))


urlpatterns = [
    path("chat/", Chat.as_view()),
    path("story/", Story.as_view()),
    path("notes/", Notes.as_view()),
    path("saying/", Saying.as_view()),
]
