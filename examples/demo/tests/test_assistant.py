"""The assistant's answer, without a browser."""

from __future__ import annotations

import asyncio

import pytest
from pages import assistant


def test_the_tokens_are_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "PAUSE_S", 0)

    async def collect() -> list[str]:
        return [token async for token in assistant.tokens("Why?")]

    pieces = asyncio.run(collect())
    assert "".join(pieces) == assistant.ANSWER.format(question="Why?")
    assert len(pieces) > 50
