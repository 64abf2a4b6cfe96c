from __future__ import annotations

import re
from typing import Any, ClassVar

import pytest
from django.template import TemplateSyntaxError
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView, computed, event_handler
from djust_live.component import component_class, components_of
from djust_live.decorators import background
from djust_live.errors import BadProps, DefinitionError, UnknownComponent, UnknownTarget
from djust_live.joining import sessions
from djust_live.state import dump, load
from djust_testing import LiveViewTestClient
from djust_testing.client import EventFailed


class Stars(LiveComponent):
    name = "stars"
    props: ClassVar[Any] = {"count": int, "label": str, "tags": None}
    label = "Stars"
    tags = ()
    template = """<section class="stars"><b>{{ label }}: {{ count }}</b>{{ slots.default }}
    {{ slots.foot }}<i>{{ tags|join:"+" }}</i><button dj-click="more">+</button></section>"""

    @event_handler
    def more(self, by: int = 1) -> None:
        self.count = getattr(self, "count", 0) + by
        self.send_parent("rated", self.count)

    @event_handler
    async def more_async(self) -> None:
        self.count += 10

    @event_handler
    def fail(self) -> None:
        self.count = 99
        raise RuntimeError("no")

    @event_handler
    def break_page(self) -> None:
        self.count = 99
        self.label = None
        self.view.broken = True

    def secret(self) -> None: ...


class Frame(LiveComponent):
    template = """{% load djust %}<div><p>{{ title }}</p>
    {% live_component "stars" id="inner" count=5 %}{% endlive_component %}</div>"""


class Pure(LiveComponent):
    name = "pure"
    pure = True
    renders = 0
    template = "<p>{{ text }}{{ items|join:',' }}</p>"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        type(self).renders += 1
        return super().get_context_data(**kwargs)


class Page(LiveView):
    template = """{% load djust %}<main>
    {% live_component "stars" id="a" count=start tags=tags %}<u>{{ word }}</u>
      {% slot "foot" %}<small>{{ word }}!</small>{% endslot %}{% endlive_component %}
    {% for key in keys %}{% live_component "stars" id=key count=0 %}{% endlive_component %}{% endfor %}
    <output>{{ heard }}</output>{% if broken %}{{ boom }}{% endif %}
    </main>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.start = 1
        self.word = "hi"
        self.keys = ["x", "y"]
        self.tags = ["one"]
        self.heard: list[Any] = []
        self.broken = False

    @property
    def boom(self) -> str:
        raise RuntimeError("the template fails")

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        self.heard = [*self.heard, (component_id, name, payload)]

    @event_handler
    def put(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    @event_handler
    def tag(self) -> None:
        self.tags.append("two")

    @event_handler
    def hand_down(self, component_id: str) -> None:
        self.send_update(component_id, count=50)


class Nested(LiveView):
    template = """{% load djust %}{% live_component frame id="f" title="T" %}
    {% endlive_component %}"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.frame = f"{Frame.__module__}.Frame"


class Keeping(LiveView):
    template = """{% load djust %}{% live_component "pure" id="p" text=text items=items %}
    {% endlive_component %}<i>{{ other }}</i>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.text, self.items, self.other = "t", ["a"], 0

    @event_handler
    def put(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    @event_handler
    def grow(self) -> None:
        self.items.append("b")


urlpatterns = [path("p/", Page.as_view())]


@pytest.fixture
def page() -> Any:
    with LiveViewTestClient(Page) as client:
        client.mount()
        yield client


def shown(page: LiveViewTestClient) -> dict[str, str]:
    pattern = r'<section dj-target="(\w+)" dj-key="\w+" class="stars"><b>([^<]*)'
    return dict(re.findall(pattern, page.html))


def more(page: LiveViewTestClient, component_id: str) -> None:
    page.click(f'[dj-target="{component_id}"] button')


def test_events_find_their_component(page: LiveViewTestClient) -> None:
    more(page, "a")
    more(page, "y")
    assert shown(page) == {"a": "Stars: 2", "x": "Stars: 0", "y": "Stars: 1"}
    page.assert_state(heard=[("a", "rated", 2), ("y", "rated", 1)])


def test_slots_are_the_parents(page: LiveViewTestClient) -> None:
    assert "<u>hi</u>" in page.html
    page.send_event("put", name="word", value="yo")
    assert "<u>yo</u>" in page.html
    assert "<small>yo!</small>" in page.html


def test_props_that_change_are_handed_down_and_others_left_alone(page: LiveViewTestClient) -> None:
    more(page, "a")
    page.send_event("put", name="word", value="yo")
    assert shown(page)["a"] == "Stars: 2"
    page.send_event("tag")  # in place
    assert "<i>one+two</i>" in page.html
    assert shown(page)["a"] == "Stars: 2"
    page.send_event("put", name="start", value=7)
    assert shown(page)["a"] == "Stars: 7"


def test_send_update_lasts_until_the_prop_changes(page: LiveViewTestClient) -> None:
    page.send_event("hand_down", component_id="x")
    assert shown(page)["x"] == "Stars: 50"
    page.send_event("put", name="word", value="yo")
    assert shown(page)["x"] == "Stars: 50"
    with pytest.raises(EventFailed, match="DJL208"):
        page.send_event("hand_down", component_id="nobody")


def test_a_loop_keeps_components_by_id_and_forgets_what_is_gone(page: LiveViewTestClient) -> None:
    more(page, "y")
    page.send_event("put", name="keys", value=["y", "z", "x"])
    assert shown(page) == {"a": "Stars: 1", "y": "Stars: 1", "z": "Stars: 0", "x": "Stars: 0"}
    page.send_event("put", name="keys", value=["x"])
    assert set(components_of(page.view)) == {"a", "x"}
    page.send_event("put", name="keys", value=["x", "y"])
    assert shown(page)["y"] == "Stars: 0"


async def test_handlers_of_components_fail_and_are_refused_alone(browser: Any) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        await browser.load("/p/")
        await browser.join()

        async def event(name: str, target: str, /, **params: Any) -> Any:
            browser.ref += 1
            browser.send(["event", browser.ref, 0, name, params, target])
            return await browser.next(lambda f: f[0] == "reply" and f[1] == browser.ref)

        async def code(name: str, target: str, /, **params: Any) -> str:
            reply = await event(name, target, **params)
            return str(reply[4]["error"]["code"])

        view: Any = next(iter(sessions)).view
        assert await code("fail", "a") == "DJL203"
        assert components_of(view)["a"].count == 1
        assert await code("break_page", "a") == "DJL205"
        assert (components_of(view)["a"].count, components_of(view)["a"].label) == (1, "Stars")
        assert await code("secret", "a") == "DJL201"
        assert await code("put", "a", name="word", value="x") == "DJL201"
        assert await code("more", "nobody") == "DJL208"
        assert await code("more", "a", by="x") == "DJL202"
        await event("more_async", "x")
        assert components_of(view)["x"].count == 10
        await event("put", "", name="word", value="to the view")
        assert view.word == "to the view"


def test_state_of_components_travels(page: LiveViewTestClient) -> None:
    more(page, "a")
    state = dump(page.view)
    assert state.missing == []
    attributes = load(Page, state)
    assert attributes["_djust_components"]["a"].count == 2
    assert attributes["_djust_components"]["a"]._given["count"] == 1


def test_components_nest() -> None:
    with LiveViewTestClient(Nested) as page:
        page.mount()
        page.click('[dj-target="inner"] button')
        assert "Stars: 6" in page.html


def test_a_pure_component_is_rendered_when_what_it_shows_changed() -> None:
    with LiveViewTestClient(Keeping, verify=False) as page:
        page.mount()
        renders = Pure.renders
        page.send_event("put", name="other", value=1)
        assert Pure.renders == renders
        page.send_event("grow")
        assert "ta,b" in page.html
        page.send_event("put", name="text", value="u")
        assert "ua,b" in page.html


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ('"stars" id="a" count="x"', BadProps),
        ('"stars" id="a" count=1 nothing=1', BadProps),
        ('"stars" id="a"', BadProps),
        ('"nowhere.Nothing" id="a"', UnknownComponent),
        ('"django.http.HttpRequest" id="a"', UnknownComponent),
        ('user_input id="a"', UnknownComponent),
        ('"stars" id="" count=1', TemplateSyntaxError),
        ('"stars" count=1', TemplateSyntaxError),
        ("", TemplateSyntaxError),
    ],
)
def test_a_wrong_tag_says_what_is_wrong(source: str, error: type[Exception]) -> None:
    class Wrong(LiveView):
        template = "{% load djust %}{% live_component SOURCE %}{% endlive_component %}".replace(
            "SOURCE", source
        )
        user_input = "django.http.HttpRequest"

    with pytest.raises(error), LiveViewTestClient(Wrong) as page:
        page.mount()


def test_only_names_in_the_source_are_imported() -> None:
    with pytest.raises(UnknownComponent):
        component_class("this.module.would.be.imported", is_literal=False)
    assert component_class("stars", is_literal=False) is Stars
    assert component_class(Stars, is_literal=False) is Stars


def test_a_component_that_is_in_no_page_says_so() -> None:
    with pytest.raises(UnknownTarget):
        Stars("a").send_parent("x")


def test_background_work_is_refused() -> None:
    with pytest.raises(DefinitionError, match="no background work"):

        class Wrong(LiveComponent):
            @event_handler
            @background
            def slow(self) -> None: ...


def test_ids_and_values_are_escaped() -> None:
    class Hostile(LiveView):
        template = """{% load djust %}{% live_component "pure" id=bad text=bad items="" %}
        {% endlive_component %}"""
        bad = '"><script>x</script>'

    with LiveViewTestClient(Hostile) as page:
        page.mount()
        assert "<script>x" not in page.html


class Basket(LiveComponent):
    name = "basket"
    props: ClassVar[Any] = {"owner": str}
    sums: ClassVar[list[str]] = []
    template = "<p>{{ total }} {{ title }} {{ touched }}<button dj-click='add'>+</button></p>"

    def mount(self, **props: Any) -> None:
        super().mount(**props)
        self.prices, self.touched = [1], 0

    @computed("prices", "owner")
    def total(self) -> str:
        """The sum."""
        self.sums.append(self.owner)
        return f"{self.owner}={sum(self.prices)}"

    @computed
    def title(self) -> str:
        return self.owner.upper()

    @event_handler
    def add(self) -> None:
        self.prices.append(10)

    @event_handler
    def touch(self) -> None:
        self.touched += 1


class Baskets(LiveView):
    template = """{% load djust %}<main>{% for owner in owners %}
    {% live_component "basket" id=owner owner=owner %}{% endlive_component %}{% endfor %}</main>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.owners = ["ann", "bob"]


def test_a_computed_value_is_remembered_by_each_component() -> None:
    Basket.sums.clear()
    with LiveViewTestClient(Baskets) as page:
        page.mount()
        assert "ann=1 ANN 0" in page.html
        assert "bob=1 BOB 0" in page.html
        assert Basket.sums == ["ann", "bob"]
        page.send_event_to("ann", "touch")
        assert "ann=1 ANN 1" in page.html
        assert Basket.sums == ["ann", "bob"]
        page.click("[dj-target=bob] button")
        assert "bob=11 BOB 0" in page.html
        assert Basket.sums == ["ann", "bob", "bob"]
        [ann, bob] = load(Baskets, dump(page.view))["_djust_components"].values()
        assert (ann.total, bob.total) == ("ann=1", "bob=11")


def test_a_component_in_no_page_has_computed_values() -> None:
    basket = Basket("x")
    basket.owner, basket.prices = "eve", [3]
    assert basket.total == "eve=3"
    with pytest.raises(AttributeError):
        basket.total = "4"  # type: ignore[misc]
