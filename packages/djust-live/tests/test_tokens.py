from __future__ import annotations

import base64
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from djust_live import tokens
from djust_live.errors import BadNesting, ExpiredToken, InvalidToken
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


@pytest.mark.parametrize("steps", [(), (tokens.Step(b"outer", "app.Inner", {"n": 1}),)])
def test_a_page_with_a_long_address_attaches(steps: tuple[tokens.Step, ...]) -> None:
    made = token(path="/search/?q=" + "x" * 65_000, steps=steps)
    assert tokens.verify(tokens.sign(made), 60) == made


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


class Visitor:
    is_authenticated = True
    pk = 7

    def __init__(self, password: str = "a") -> None:
        self._password = password

    def get_session_auth_hash(self) -> str:
        return self._password


class Machine:
    """A user of an authentication of the project's own, without a password."""

    is_authenticated = True
    pk = 8


def bound(user: Any = None, session_key: str | None = None) -> tuple[bytes, bytes]:
    request = RequestFactory().get("/")
    request.session = SimpleNamespace(session_key=session_key)  # type: ignore[assignment]
    request.user = user
    return tokens.session_binding(request), tokens.auth_binding(request)


def test_a_binding_is_that_of_the_session() -> None:
    session, auth = bound(session_key="key")
    assert session == tokens.bind_session_key("key")
    assert auth == b""
    assert bound(session_key="")[0] == b""


def test_a_binding_changes_with_the_user_and_the_password() -> None:
    bindings = [bound(user)[1] for user in (Visitor(), Visitor("b"), Machine())]
    assert [len(binding) for binding in bindings] == [8, 8, 8]
    assert len(set(bindings)) == 3
    assert bound(Visitor())[1] == bindings[0]
    assert bound(SimpleNamespace(is_authenticated=False, pk=7))[1] == b""


def test_a_binding_of_a_session_depends_on_the_secret_key() -> None:
    binding = tokens.bind_session_key("key")
    with override_settings(SECRET_KEY="for-tests-other"):
        assert tokens.bind_session_key("key") != binding


def test_a_signature_is_for_mounting_and_nothing_else() -> None:
    payload = tokens._encoder.encode(token())
    for purpose, is_ours in (("mount", True), ("session", False)):
        digest = tokens._digest(payload, "tests-only", purpose)
        text = base64.urlsafe_b64encode(payload + digest).decode()
        if is_ours:
            assert tokens.verify(text, 60).view == b"abcdef"
        else:
            with pytest.raises(InvalidToken, match="signature"):
                tokens.verify(text, 60)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 1_000_000, "A token that is too long."),
        ("AAAA" * 32_769, "A token that is too long."),
        ("AAAA" * 32_768, "A token with a wrong signature."),
        ("x", "A token that is not base64."),
        ("\xe4" * 4, "A token that is not base64."),
        ("AA!AAA", "A token that is not base64."),
        ("AAAA" * 10, "A token with a wrong signature."),
    ],
)
def test_a_text_is_refused_for_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidToken) as refused:
        tokens.verify(text, 60)
    assert str(refused.value) == reason


def test_signed_data_of_another_shape_is_of_another_version() -> None:
    payload = b"\x93abc"
    text = base64.urlsafe_b64encode(payload + tokens._digest(payload, "tests-only")).decode()
    with pytest.raises(InvalidToken, match=r"^A token of another version\.$"):
        tokens.verify(text, 60)


def test_a_token_lives_as_long_as_it_may() -> None:
    made = token(issued_s=1_000)
    clock = pytest.MonkeyPatch()
    with clock.context() as patch:
        patch.setattr(tokens.time, "time", lambda: 1_060)
        assert tokens.verify(tokens.sign(made), 60) == made
        with pytest.raises(ExpiredToken, match=r"^A token that has expired\.$"):
            tokens.verify(tokens.sign(made), 59)


@pytest.mark.parametrize(("size", "is_refused"), [(10, False), (20_000, True)])
def test_what_nested_views_are_given_has_room(size: int, is_refused: bool) -> None:
    made = token(steps=(tokens.Step(b"abcdef", "x.Y", {"text": "x" * size}),))
    if is_refused:
        with pytest.raises(BadNesting, match="characters"):
            tokens.sign(made)
    else:
        assert tokens.verify(tokens.sign(made), 60) == made


def test_what_is_no_data_cannot_be_given_to_nested_views() -> None:
    with pytest.raises(BadNesting, match="no data"):
        tokens.sign(token(steps=(tokens.Step(b"abcdef", "x.Y", {"thing": object()}),)))


@given(st.integers(min_value=0), st.sampled_from("!*. \n%"))
def test_no_character_can_be_put_into_a_token(position: int, character: str) -> None:
    text = tokens.sign(token())
    position %= len(text) + 1
    with pytest.raises(InvalidToken, match="base64"):
        tokens.verify(text[:position] + character + text[position:], 60)


def test_a_page_is_named_by_nine_random_bytes() -> None:
    names = {tokens.new_page_id() for _ in range(100)}
    assert len(names) == 100
    assert {len(name) for name in names} == {9}


def test_signatures_and_bindings_are_the_same_in_every_release() -> None:
    made = token(page_id=b"123456789", issued_s=1_700_000_000)
    signature = base64.urlsafe_b64decode(tokens.sign(made))[-16:]
    assert signature.hex() == "7bb14cafe7b5873643279652fd056910"  # pragma: allowlist secret
    assert tokens.bind_session_key("key").hex() == "2254bbab32df135d"  # pragma: allowlist secret
    assert bound(Visitor())[1].hex() == "82d9d62baa6a7870"  # pragma: allowlist secret
    assert bound(Machine())[1].hex() == "077cf0b106d350cc"  # pragma: allowlist secret
