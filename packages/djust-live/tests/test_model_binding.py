from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.joining import sessions
from live_project.browser import Browser


class Bound(LiveView):
    template = """<input dj-model="name"><input dj-model.debounce-300='age'>
    <input dj-model=tags><input dj-model="untyped"><input dj-model="request">
    <input dj-model="_secret"><input dj-model="absent"><input dj-model="template_name">
    <input dj-model="increment"><input type="checkbox" dj-model="sizes"><input type="checkbox"
    dj-model="open"><p>{{ name }}|{{ age }}|{{ html|safe }}</p>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.name = "a"
        self.age = 1
        self.tags = ["x"]
        self.untyped = None
        self.sizes: frozenset[int] = frozenset()
        self.open = False
        self.admin = False
        self._secret = "s"
        self.html = '<input dj-model="admin">'


class FromFile(Bound):
    template = None  # type: ignore[assignment]
    template_name = "bound.html"


urlpatterns = [path("bound/", Bound.as_view()), path("file/", FromFile.as_view())]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def view() -> Any:
    return next(iter(sessions)).view


async def joined(browser: Browser, page: str = "/bound/") -> Browser:
    await browser.load(page)
    await browser.join()
    return browser


async def test_an_attribute_that_holds_several_takes_all_checked_boxes(browser: Browser) -> None:
    await joined(browser)
    await browser.event("dj-model", field="tags", value=False, chosen=["y"])
    await browser.event("dj-model", field="sizes", value=True, chosen=["1", "2"])
    await browser.event("dj-model", field="open", value=True, chosen=["on"])
    assert (view().tags, view().sizes, view().open) == (["y"], {"1", "2"}, True)
    await browser.event("dj-model", field="tags", value=False, chosen=[])
    assert view().tags == []


async def test_a_control_writes_the_attribute_that_the_template_binds(browser: Browser) -> None:
    await joined(browser)
    reply = await browser.event("dj-model", field="name", value="b")
    assert "b|1|" in str(reply[3])
    await browser.event("dj-model", field="age", value="7")
    await browser.event("dj-model", field="tags", value=["y", "z"])
    await browser.event("dj-model", field="untyped", value=True)
    assert (view().age, view().tags, view().untyped) == (7, ["y", "z"], True)


@pytest.mark.parametrize(
    "field", ["admin", "_secret", "request", "absent", "template_name", "__class__", "", None, 3]
)
async def test_nothing_else_can_be_written(browser: Browser, field: Any) -> None:
    await joined(browser)
    before = dict(vars(view()))
    reply = await browser.event("dj-model", field=field, value="x")
    assert reply[4]["error"]["code"] == "DJL201"
    assert vars(view()) == before


async def test_a_value_of_another_type_is_refused(browser: Browser) -> None:
    await joined(browser)
    for field, value in [("age", "x"), ("name", []), ("tags", {}), ("untyped", [])]:
        reply = await browser.event("dj-model", field=field, value=value)
        assert reply[4]["error"]["code"] == "DJL202"


async def test_templates_that_are_extended_or_included_bind_too(browser: Browser) -> None:
    await joined(browser, "/file/")
    await browser.event("dj-model", field="name", value="b")
    await browser.event("dj-model", field="age", value="3")
    assert (view().name, view().age) == ("b", 3)
    assert (await browser.event("dj-model", field="tags", value="x"))[4]["error"]
