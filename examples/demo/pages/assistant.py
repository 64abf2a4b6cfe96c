"""An assistant that answers token by token; it is a demo and knows four sentences."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler
from djust.streaming import StreamingMixin

PAUSE_S = 0.04
ANSWER = """\
You asked: “{question}”. I am a demo: no model and no network stand behind me, only a generator \
in this file that yields one word after the other. What you see is how an answer of a real one \
would arrive, each piece once and in order. Press Stop, or switch your network off for a moment \
and on again: nothing is lost, and nothing comes twice."""


class AssistantView(StreamingMixin, LiveView):
    template_name = "pages/assistant.html"

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.asked = 0
        self.answering = False
        self.stream("turns", [], key="number", limit=-20)

    def restore(self) -> None:
        self.answering = False  # what wrote the answer ended with its process

    @event_handler
    def ask(self, question: str = "") -> None:
        question = question.strip()[:200]
        if question and not self.answering:
            self.asked += 1
            self.answering = True
            self.stream_insert("turns", {"number": self.asked, "question": question})
            self.start_async(self.answer, self.asked, question)

    async def answer(self, number: int, question: str) -> None:
        await self.stream_from(f"answer-{number}", tokens(question))

    @event_handler
    def stop(self) -> None:
        self.cancel_async("answer")
        self.answering = False

    def handle_async_result(self, name: str, result: object = None, error: object = None) -> None:
        self.answering = False


async def tokens(question: str) -> AsyncIterator[str]:
    """Stands in for a language model."""
    for token in re.findall(r"\S+\s*", ANSWER.format(question=question)):
        await asyncio.sleep(PAUSE_S)
        yield token
