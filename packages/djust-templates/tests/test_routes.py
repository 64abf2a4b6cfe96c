"""``{% url %}`` leads where Django's does, whatever URLconf, arguments and surroundings there are."""

from __future__ import annotations

import types
import uuid
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from django.urls import (
    include,
    path,
    re_path,
    register_converter,
    set_script_prefix,
    set_urlconf,
)
from django.urls.converters import StringConverter
from django.utils import translation
from django.utils.safestring import mark_safe
from djust_templates import DjustTemplates, routes
from hypothesis import given, settings
from hypothesis import strategies as st

PARAMS: dict[str, Any] = {"NAME": "routes", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}


class OddConverter(StringConverter):
    """A converter of a project, with a mind of its own."""

    regex = "[a-z]+"

    def to_url(self, value: Any) -> str:
        return f"{value}x"


register_converter(OddConverter, "odd")


def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer nothing; the templates only need its address."""
    return HttpResponse()


PARTS = [
    "a/", "b-c/", "50%/", "ü/", "sp ace/", "x.y/", "<int:n>/", "<str:s>/", "<slug:g>/", "<uuid:u>/",
    "<path:p>/", "<odd:o>/", "<int:m>", "+(&)/", "",
]  # fmt: skip
NAMES = ["one", "two", "three"]
REGEXES = [
    r"^r/(?P<n>[0-9]+)/$",
    r"^r/([0-9]{4})/$",
    r"^(?!bad)w/(?P<s>\w+)/$",
    r"^plain/$",
    r"^o?p/$",
]
DEFAULTS: list[dict[str, Any]] = [{}, {}, {}, {"n": 1}, {"extra": "e"}]


@st.composite
def patterns(draw: st.DrawFn, depth: int = 0) -> list[Any]:
    """Return the patterns of a URLconf, or of one that is included."""
    found: list[Any] = []
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(NAMES))
        kind = draw(st.integers(0, 5 if depth < 2 else 3))
        extra = draw(st.sampled_from(DEFAULTS))
        if kind <= 2:
            parts = draw(st.lists(st.sampled_from(PARTS), max_size=3, unique=True))
            found.append(path("".join(parts), view, extra, name=name))
        elif kind == 3:
            found.append(re_path(draw(st.sampled_from(REGEXES)), view, extra, name=name))
        else:
            inner = draw(patterns(depth + 1))
            before = draw(st.sampled_from(["in/", "<int:k>/", "<odd:q>/", "", "%s/"]))
            named = draw(st.sampled_from([None, "app", "app", "other"]))
            if named is None:
                found.append(path(before, include(inner)))
            else:
                instance = draw(st.sampled_from(["app", "first", "second"]))
                found.append(path(before, include((inner, named), namespace=instance)))
    return found


ARGUMENTS: list[Any] = [
    0, 7, -3, 10**30, True, 1.5, None, "", "word", "two words", "a/b", "ü", "-_", "12", "٣", "50%",
    "?#&=", "line\n", mark_safe("<safe>"), uuid.UUID(int=5), str(uuid.UUID(int=5)), "\ud800",
]  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> str:
    """Return a tag, with its arguments as variables."""
    spaces = draw(st.sampled_from(["", "", "app:", "first:", "app:app:", "other:second:", "no:"]))
    name = draw(st.sampled_from([*NAMES, "nowhere"]))
    if draw(st.booleans()):
        args = " ".join(f"v{draw(st.integers(0, 4))}" for _ in range(draw(st.integers(0, 2))))
    else:
        params = draw(st.lists(st.sampled_from("nmsgupokq"), max_size=2, unique=True))
        args = " ".join(f"{param}=v{draw(st.integers(0, 4))}" for param in params)
    kept = draw(st.sampled_from(["", "", " as kept"]))
    shown = "[{{ kept }}]" if kept else ""
    return f"{{% url '{spaces}{name}' {args}{kept} %}}{shown}"


def outcome(template: Any, values: dict[str, Any], request: HttpRequest | None) -> str:
    """Return what is printed, or which error there is."""
    try:
        return str(template.render(dict(values), request))
    except Exception as error:  # noqa: BLE001 - whatever it is, Django's has to be the same
        return f"{type(error).__name__}: {error}"


@pytest.fixture(autouse=True)
def _surroundings() -> Any:
    yield
    set_script_prefix("/")
    set_urlconf(None)


@settings(max_examples=400, deadline=None)
@given(
    found=patterns(),
    tags=st.lists(calls(), min_size=1, max_size=6),
    values=st.lists(st.sampled_from(ARGUMENTS), min_size=5, max_size=5),
    prefix=st.sampled_from(["/", "/", "/sub/", "/%20/", "/ü/"]),
    current=st.sampled_from([None, None, "app", "first", "second:app"]),
    is_translated=st.booleans(),
    language=st.sampled_from(["en", "fr", None]),
    off=st.booleans(),
)
def test_addresses_are_those_of_django(
    found: list[Any],
    tags: list[str],
    values: list[Any],
    prefix: str,
    current: str | None,
    is_translated: bool,
    language: str | None,
    off: bool,
) -> None:
    if is_translated:
        translated = [one for one in found if getattr(one, "app_name", None) is None]
        found = [*found, *i18n_patterns(*translated)]
    source = "".join(tags)
    if off:
        source = "{% autoescape off %}" + source + "{% endautoescape %}"
    # Twice, and in another language between: what was found is kept.
    source = f"{source}{{% load i18n %}}{{% language 'de' %}}{source}{{% endlanguage %}}{source}"
    module = types.ModuleType("generated")
    module.urlpatterns = found  # type: ignore[attr-defined]
    request = HttpRequest()
    if current is not None:
        request.current_app = current  # type: ignore[attr-defined]
    given_values = {f"v{at}": value for at, value in enumerate(values)}
    ours, theirs = DjustTemplates(PARAMS), DjangoTemplates(PARAMS)
    with override_settings(ROOT_URLCONF=module), translation.override(language):
        set_script_prefix(prefix)
        for one in [*tags, source]:
            expected = outcome(theirs.from_string(one), given_values, request)
            assert outcome(ours.from_string(one), given_values, request) == expected


def test_an_ordinary_route_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("ordinary")
    module.urlpatterns = [path("a/<int:n>/<slug:g>/", view, name="one")]  # type: ignore[attr-defined]
    monkeypatch.setattr("djust_templates._support.django_reverse", lambda *args, **kwargs: 1 / 0)
    source = "{% for n in numbers %}{% url 'one' n=n g='x' %} {% endfor %}"
    with override_settings(ROOT_URLCONF=module):
        text = DjustTemplates(PARAMS).from_string(source).render({"numbers": [1, 20]})
    assert text == "/a/1/x/ /a/20/x/ "


def test_what_is_known_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MAX_ROUTES", 3)
    module = types.ModuleType("bounded")
    module.urlpatterns = [path("a/", view, name="one")]  # type: ignore[attr-defined]
    with override_settings(ROOT_URLCONF=module):
        found = routes.routes(HttpRequest())
        assert found is not None
        for at in range(10):
            assert found.route(f"no{at}", 0, ()) is None
        assert found.route("one", 0, ()) == (["/a/"], [])
        assert len(found._known) <= 3
