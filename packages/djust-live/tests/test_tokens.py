from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from djust_live import tokens
from djust_live.errors import ExpiredToken, InvalidToken
from hypothesis import given
from hypothesis import strategies as st


def token(**changes: Any) -> tokens.MountToken:
    values: dict[str, Any] = {
        "page_id": tokens.new_page_id(),
        "issued_s": int(time.time()),
        "view": b"abcdef",
        "session": b"",
        "auth": b"",
        "path": "/counter/?a=1",
        "language": "en",
    }
    return tokens.MountToken(**{**values, **changes})


def test_a_token_comes_back_as_it_was() -> None:
    made = token(time_zone="Europe/Berlin", urlconf="x.urls")
    assert tokens.verify(tokens.sign(made), 60) == made


def test_a_token_is_short() -> None:
    assert len(tokens.sign(token(session=b"12345678", auth=b"12345678"))) < 140


def test_another_secret_key_refuses_a_token() -> None:
    text = tokens.sign(token())
    with override_settings(SECRET_KEY="for-tests-other"), pytest.raises(InvalidToken):
        tokens.verify(text, 60)
    fallbacks = ["tests-only"]
    with override_settings(SECRET_KEY="for-tests-other", SECRET_KEY_FALLBACKS=fallbacks):
        tokens.verify(text, 60)


def test_an_old_token_has_expired() -> None:
    with pytest.raises(ExpiredToken):
        tokens.verify(tokens.sign(token(issued_s=int(time.time()) - 61)), 60)


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_no_character_of_a_token_can_be_changed(position: int, character: str) -> None:
    made = token()
    text = tokens.sign(made)
    position %= len(text)
    changed = text[:position] + character + text[position + 1 :]
    try:
        # The last character of base64 may carry bits that mean nothing.
        assert tokens.verify(changed, 60) == made
    except InvalidToken:
        assert changed != text


@given(st.text(max_size=300))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(InvalidToken):
        tokens.verify(text, 60)


def test_the_binding_does_not_tell_the_session_key() -> None:
    binding = tokens.bind_session_key("key")
    assert len(binding) == 8
    assert b"key" not in binding
    assert binding != tokens.bind_session_key("other")


def test_without_session_and_user_there_is_no_binding() -> None:
    request = RequestFactory().get("/")
    assert tokens.session_binding(request) == tokens.auth_binding(request) == b""
