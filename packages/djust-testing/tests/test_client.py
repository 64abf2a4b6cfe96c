"""The test client against small views, and against views that are wrong."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponseRedirect
from django.test import TestCase
from djust_live import LiveView
from djust_live.decorators import background, event_handler
from djust_testing import EventFailed, Impossible, LiveViewTestClient, OutOfStep


class Counter(LiveView):
    template = """<main><p>{{ count }}</p>
      <button id="more" dj-click="add(2)" data-why="test">+</button>
      <button id="off" dj-click="add" disabled>+</button>
      <button id="dead">nothing</button></main>"""

    def mount(self, request: HttpRequest, start: int = 0, **kwargs: Any) -> None:
        self.count = start

    @event_handler
    def add(self, step: int = 1) -> int:
        self.count += step
        return self.count

    @event_handler
    async def add_later(self) -> None:
        self.count += 10

    @event_handler
    def fail(self) -> None:
        self.count = 99
        raise ZeroDivisionError("on purpose")

    @event_handler
    def tell(self) -> None:
        self.push_event("told", {"count": self.count})
        self.put_flash("success", "All told.")

    @event_handler
    def hush(self) -> None:
        self.clear_flash()

    @event_handler
    def leave(self) -> None:
        self.redirect("/elsewhere/")

    @event_handler
    @background
    def slow(self) -> None:
        self.count = 50

    def handle_info(self, message: int) -> None:
        self.count = message

    @event_handler
    def listen(self) -> None:
        self.subscribe("numbers")

    @event_handler
    def say(self, number: int) -> None:
        self.broadcast("numbers", number)


class Form(LiveView):
    template = """<form dj-submit="save" dj-change="check">
      <input name="title" required value="{{ title }}"><input name="tags" type="checkbox" value="a">
      <input name="tags" type="checkbox" value="b"><textarea name="note">{{ note }}</textarea>
      <select name="size"><option>S</option><option value="m">M</option></select>
      <input name="secret" type="hidden" value="7"><button name="how" value="now">Save</button>
      </form><input id="model" dj-model="word"><p>{{ word }} {{ saved }}</p>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.title = self.note = self.word = ""
        self.saved: dict[str, Any] = {}
        self.checked: list[str] = []

    @event_handler
    def check(self, field_name: str = "", value: Any = None, **fields: Any) -> None:
        self.checked.append(f"{field_name}={value}")

    @event_handler
    def save(self, **fields: Any) -> None:
        self.saved = fields


class Unsteady(LiveView):
    template = "<p>{{ number }}</p>"
    numbers = itertools.count()

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        pass

    @property
    def number(self) -> int:
        return next(self.numbers)

    @event_handler
    def again(self) -> None:
        pass


def test_a_click_calls_the_handler_and_patches_the_page(live_client: Any) -> None:
    page = live_client(Counter, kwargs={"start": 5})

    reply = page.click("#more")

    assert reply.value == 7
    assert page.find("p").get_text() == "7"
    page.assert_state(count=7)
    page.assert_html("<p>7</p>", "main")


def test_coroutines_run_on_the_loop_of_the_engine(live_client: Any) -> None:
    page = live_client(Counter)

    page.send_event("add_later")

    page.assert_state(count=10)


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("#off", "disabled"),
        ("#dead", "Nothing happens"),
        ("#none", "No element"),
        ("button", "3 elements"),
    ],
)
def test_what_no_visitor_could_click_is_refused(live_client: Any, selector: str, why: str) -> None:
    page = live_client(Counter)

    with pytest.raises(Impossible, match=why):
        page.click(selector)


def test_a_failing_handler_fails_the_test_with_its_cause(live_client: Any) -> None:
    page = live_client(Counter)

    with pytest.raises(EventFailed) as failure:
        page.send_event("fail")

    assert isinstance(failure.value.__cause__, ZeroDivisionError)
    page.assert_state(count=0)


def test_a_refused_event_names_the_code(live_client: Any) -> None:
    page = live_client(Counter)

    with pytest.raises(EventFailed) as failure:
        page.send_event("unmount")

    assert failure.value.code.startswith("DJL")


def test_what_the_server_says_is_heard(live_client: Any) -> None:
    page = live_client(Counter)

    page.send_event("tell")
    page.send_event("leave")

    page.assert_push_event("told", {"count": 0})
    page.assert_flash("All told", "success")
    page.assert_redirect("/elsewhere/")
    with pytest.raises(AssertionError, match="No such event"):
        page.assert_push_event("told", {"count": 1})


def test_messages_that_were_cleared_are_gone(live_client: Any) -> None:
    page = live_client(Counter)
    page.send_event("tell")

    page.send_event("hush")

    with pytest.raises(AssertionError, match="No such message"):
        page.assert_flash("All told")


def test_state_survives_a_drop(live_client: Any) -> None:
    page = live_client(Counter)
    page.click("#more")

    page.drop()
    with pytest.raises(Impossible, match="not connected"):
        page.click("#more")
    page.reconnect()
    page.click("#more")

    page.assert_state(count=4)


def test_nothing_can_be_clicked_offline(live_client: Any) -> None:
    page = live_client(Counter)

    with page.offline(), pytest.raises(Impossible, match="not connected"):
        page.click("#more")
    page.click("#more")

    page.assert_state(count=2)


def test_clicks_on_a_slow_line_are_answered_in_order(live_client: Any) -> None:
    page = live_client(Counter)

    with page.latency() as replies:
        page.click("#more")
        page.click("#more")
        assert page.find("p").get_text() == "0"

    assert [reply.value for reply in replies] == [2, 4]
    assert page.find("p").get_text() == "4"


def test_a_restarted_server_mounts_again_when_nothing_was_saved(live_client: Any) -> None:
    page = live_client(Counter, kwargs={"start": 3}, path="/count/")
    page.click("#more")

    page.restart_server()
    page.reconnect()

    page.assert_state(count=3)
    assert page.find("p").get_text() == "3"


def test_background_work_can_be_waited_for(live_client: Any) -> None:
    page = live_client(Counter)

    page.send_event("slow")
    page.render_async()

    page.assert_state(count=50)
    assert page.find("p").get_text() == "50"


def test_a_broadcast_reaches_the_page_of_another_visitor(live_client: Any) -> None:
    speaker, listener = live_client(Counter), live_client(Counter)
    listener.send_event("listen")

    speaker.send_event("say", number=8)
    listener.settle()

    assert listener.find("p").get_text() == "8"


def test_a_form_sends_what_a_browser_would(live_client: Any) -> None:
    page = live_client(Form)

    page.submit("form", title="Milk", tags=["b"], size="m")

    page.assert_state(
        saved={
            "title": "Milk", "tags": ["b"], "note": "", "size": "m", "secret": "7"
        }
    )  # fmt: skip


def test_a_button_submits_its_form_with_its_own_name(live_client: Any) -> None:
    page = live_client(Form)
    page.change("[name=title]", "Bread")

    page.click("button")

    assert page.view.saved["how"] == "now"
    assert page.view.checked == ["title=Bread"]


def test_forms_refuse_what_a_browser_would_not_send(live_client: Any) -> None:
    page = live_client(Form)

    with pytest.raises(Impossible, match="is empty"):
        page.submit("form", note="x")
    with pytest.raises(Impossible, match="no field called 'colour'"):
        page.submit("form", colour="red")
    with pytest.raises(Impossible, match="no choice 'xl'"):
        page.change("select", "xl")
    with pytest.raises(Impossible, match="is hidden"):
        page.change("[name=secret]", "8")


def test_typed_text_stays_until_the_server_says_otherwise(live_client: Any) -> None:
    page = live_client(Form)

    page.change("[name=title]", "typed")

    assert page.value("[name=title]") == "typed"


def test_a_model_is_bound(live_client: Any) -> None:
    page = live_client(Form)

    page.change("#model", "word")

    page.assert_state(word="word")


def test_a_view_that_shows_something_else_each_time_is_found_out(live_client: Any) -> None:
    with pytest.raises(OutOfStep, match="fresh render"):
        live_client(Unsteady)


def test_the_size_of_patches_is_bounded(live_client: Any) -> None:
    page = live_client(Counter)

    with page.assert_max_patch_bytes(20):
        page.click("#more")
    with pytest.raises(AssertionError, match="bytes"), page.assert_max_patch_bytes(3):
        page.click("#more")


class Groups(LiveView):
    template = "<ul>{% for g in groups %}<li>{{ g.name }}</li>{% endfor %}</ul>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return HttpResponseRedirect("/login/")
        self.load()
        return None

    def load(self) -> None:
        self.groups = list(Group.objects.order_by("name"))

    @event_handler
    def add(self, name: str) -> None:
        Group.objects.create(name=name)
        self.load()

    @event_handler
    async def add_later(self, name: str) -> None:
        await Group.objects.acreate(name=name)
        self.groups = [group async for group in Group.objects.order_by("name")]


class Printed(LiveView):
    """Asks the database in each render."""

    template = """<p>{{ count }}</p><ul>{% for group in groups %}<li>{{ group.name }}</li>{% endfor %}
        </ul><button dj-click="add">+</button>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0

    @property
    def groups(self) -> Any:
        return Group.objects.all()

    @event_handler
    def add(self) -> None:
        self.count += 1


class InATransaction(TestCase):
    def test_the_queries_of_the_view_are_counted_and_not_those_of_the_client(self) -> None:
        with LiveViewTestClient(Printed) as page:
            with self.assertNumQueries(1):
                page.mount()
            with self.assertNumQueries(1):
                page.click("button")
            with page.assert_max_queries(0), self.assertNumQueries(0):
                page.settle()
            with (
                pytest.raises(AssertionError, match="1 queries, not 0 or fewer:\nSELECT"),
                page.assert_max_queries(0),
            ):
                page.click("button")

    """What unittest users do; the transaction of the test is seen everywhere."""

    def setUp(self) -> None:
        self.user = User.objects.create(username="ada")
        Group.objects.create(name="one")

    def test_handlers_see_the_rows_of_the_test(self) -> None:
        with LiveViewTestClient(Groups, self.user) as page:
            page.mount()
            with page.assert_max_queries(2):
                page.send_event("add", name="two")
            page.send_event("add_later", name="zwei")

            assert [one.get_text() for one in page.find_all("li")] == ["one", "two", "zwei"]
        assert Group.objects.count() == 3

    def test_rows_of_other_tests_are_gone(self) -> None:
        assert Group.objects.count() == 1

    def test_an_anonymous_visitor_is_sent_away(self) -> None:
        with LiveViewTestClient(Groups) as page:
            page.mount()

            page.assert_redirect("/login/")
            with pytest.raises(Impossible, match="no page"):
                page.click("li")


def test_the_order_of_attributes_means_nothing() -> None:
    class Turned(Counter):
        template = """<main>{% if count %}<p a="1" b="2">x</p>{% else %}<p b="2">x</p>{% endif %}
        <button id="more" dj-click="add">+</button></main>"""

    with LiveViewTestClient(Turned) as page:
        page.mount()
        page.click("#more")
        assert page.find("p")["a"] == "1"


class Search(LiveView):
    template = '<p>{{ q }}</p><a dj-click="find">find</a>'
    q = ""

    def handle_params(self, params: Any, uri: str) -> None:
        self.q = params.get("q", "")

    @event_handler
    def find(self) -> None:
        self.live_patch(params={"q": "tea"})


def test_a_new_address_is_asserted(live_client: Any) -> None:
    page = live_client(Search, path="/search/")
    with pytest.raises(AssertionError, match="not patched"):
        page.assert_patch()
    page.click("a")
    page.assert_patch("/search/?q=tea")
    page.assert_patch()
    page.assert_html("<p>tea</p>")
    with pytest.raises(AssertionError, match="Addresses: "):
        page.assert_patch("/search/?q=coffee")


class Keys(LiveView):
    template = """<p>{{ pressed }}</p><input id="a" dj-keydown.enter="down" dj-keyup="up">
      <input id="b"><input id="c" disabled dj-keydown="down">"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.pressed = ""

    @event_handler
    def down(self, key: str) -> None:
        self.pressed += f"{key} down "

    @event_handler
    def up(self, key: str) -> str:
        self.pressed += f"{key} up "
        return key


def test_a_key_goes_down_and_comes_up(live_client: Any) -> None:
    page = live_client(Keys)

    assert page.press("#a", "Enter").value == "Enter"
    page.assert_state(pressed="Enter down Enter up ")
    page.press("#a", "ctrl+x")
    page.assert_state(pressed="Enter down Enter up x up ")
    assert page.press("#b", "Enter") is None
    with pytest.raises(Impossible, match="disabled"):
        page.press("#c", "Enter")


def test_a_view_without_the_extension_has_none_of_its_gestures(live_client: Any) -> None:
    page = live_client(Keys)
    for gesture in (
        lambda: page.upload("#a", "a.txt", b""),
        lambda: page.join_presence("ann"),
        lambda: page.leave_presence("ann"),
    ):
        with pytest.raises(Impossible, match="No extension of Keys can"):
            gesture()


class Rooted(LiveView):
    """Its root comes as another element, which no op can say."""

    template = "<{{ name }} dj-root>{{ count }}<b dj-click='change'>x</b></{{ name }}>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.name, self.count = "main", 0

    @event_handler
    def change(self) -> None:
        self.count += 1
        self.name = "section" if self.count == 1 else "main"


def test_a_change_that_cannot_be_said_brings_the_root_as_a_browser_asks_for_it() -> None:
    with LiveViewTestClient(Rooted) as page:
        page.mount()
        page.click("b")
        assert page.html.startswith("<section")
        page.click("b")
        page.click("b")
        page.assert_html("<main dj-root>3<b dj-click='change'>x</b></main>")


class Boxes(LiveView):
    template = """{% for name, is_on in boxes %}<input type="checkbox" name="{{ name }}" dj-change="tick"
        {% if is_on %}checked{% endif %}>{% endfor %}"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.boxes = [["a", False], ["b", False]]

    @event_handler
    def tick(self, name: str, value: bool) -> None:
        self.boxes = [[each, value if each == name else is_on] for each, is_on in self.boxes]

    @event_handler
    def swap(self) -> None:
        self.boxes = [["a", self.boxes[1][1]], ["b", self.boxes[0][1]]]

    @event_handler
    def nothing(self, **values: Any) -> None:
        """The page stays as it is."""


def test_what_the_server_has_taken_and_taken_back_is_not_typed_any_more(live_client: Any) -> None:
    page = live_client(Boxes)
    page.change("[name=a]", True)
    page.send_event("nothing")
    assert page.view.boxes == [["a", True], ["b", False]]
    page.send_event("swap")
    assert [page.value(f"[name={name}]") for name in "ab"] == [False, True]


def test_an_attribute_that_is_not_there_is_named_with_those_that_are(live_client: Any) -> None:
    page = live_client(Search)
    with pytest.raises(AssertionError, match=r"words is not set; it was to be 3\. Set: .*q"):
        page.assert_state(words=3)
