"""Two live sessions, and what is around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path, re_path
from djust import LiveView
from djust.decorators import event_handler
from djust.routing import live_session

PAGE = """<!doctype html><html lang="en"><head><title>%(title)s</title>
<link rel="stylesheet" href="/static/%(sheet)s.css"></head><body><main><h1>%(title)s</h1>
<nav aria-label="Pages"><a href="/shop/" dj-navigate>Shop</a>
<a href="/shop/item/1/" dj-navigate dj-prefetch>Item 1</a>
<a href="/shop/item/30/#end" dj-navigate>End of item 30</a>
<a href="/shop/n2/" dj-navigate>Number 2</a> <a href="/shop/styled/" dj-navigate>Styled</a>
<a href="/shop/form/" dj-navigate>Form</a> <a href="/shop/plain/" dj-navigate>Plain</a>
<a href="/outside/" dj-navigate>Outside</a>
<a href="/office/" dj-navigate>Office</a></nav><div dj-flash></div>%(body)s</main></body></html>"""


class Page(LiveView):
    """A page of the shop."""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    def more(self) -> None:
        self.count += 1

    @event_handler
    def leave(self, to: str) -> None:
        self.put_flash("success", "Saved.")
        self.live_redirect(to)


MORE = '<p id="count">{{ count }}</p><button type="button" dj-click="more">More</button>'
LEAVE = """<button type="button" dj-click="leave('/shop/item/2/')">Save and go</button>
<button type="button" dj-click="leave('/shop/plain/')">Save and go out</button>
<button type="button" dj-click="leave('/shop/leaf/')">Save and go to the leaf</button>
<button type="button" dj-click="leave('/shop/styled/')">Save and go to styled</button>
<button type="button" dj-click="leave('/shop/loop/a/')">Go round</button>"""
LINKS = (
    "<ol>{% for n in numbers %}<li><a href='/shop/item/{{ n }}/' dj-navigate>"
    "Row {{ n }}</a></li>{% endfor %}</ol>"
)


class Shop(Page):
    page_title = None
    template = PAGE % {"title": "Shop", "sheet": "site", "body": MORE + LEAVE + LINKS}
    url_state = {"count": int}  # noqa: RUF012 - as users write it

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        super().mount(request)
        self.numbers = list(range(3, 60))


class Item(Page):
    body = MORE + "<p>{{ lines|linebreaks }}</p><h2 id='end'>End</h2>"
    template = PAGE % {"title": "Item {{ number }}", "sheet": "site", "body": body}

    def mount(self, request: HttpRequest, number: int, **kwargs: Any) -> None:
        super().mount(request)
        self.number = number
        self.lines = "\n\n".join(f"line {line}" for line in range(60))


class Styled(Page):
    template = PAGE % {"title": "Styled", "sheet": "other", "body": MORE}


class Leaf(Page):
    """Has no link of its own."""

    template = (
        "<!doctype html><html lang='en'><head><title>Leaf</title>"
        "<link rel='stylesheet' href='/static/site.css'></head><body><h1>Leaf</h1></body></html>"
    )


class Chapters(LiveView):
    """A long and a short page under one address."""

    template = """<!doctype html><html lang="en"><head><title>{{ page_title }}</title></head>
    <body><h1>{{ page_title }}</h1><a href="?part=2" dj-patch>Part 2</a>
    <a href="?part=1#%C3%BCber" dj-patch>About</a>
    {% if part == "1" %}<p>{{ lines|linebreaks }}</p><h2 id="über">About</h2>{% endif %}
    </body></html>"""

    def handle_params(self, params: Mapping[str, str], uri: str) -> None:
        self.part = params.get("part", "1")
        self.page_title = f"Part {self.part}"
        self.lines = "\n\n".join(f"line {line}" for line in range(90))


class Form(Page):
    body = (
        "<form dj-submit='more' dj-unsaved-guard><label>Name <input name='name' autofocus>"
        "</label></form>"
    )
    template = PAGE % {"title": "Form", "sheet": "site", "body": body}


class Loop(Page):
    """Sends the visitor on as soon as a browser is there."""

    template = PAGE % {"title": "Loop {{ side }}", "sheet": "site", "body": ""}

    def mount(self, request: HttpRequest, side: str, **kwargs: Any) -> None:
        self.side = side
        self.start_async(self.work)

    def work(self) -> None:
        """Nothing that takes time."""

    def handle_async_result(self, name: str, result: Any = None, error: Any = None) -> None:
        self.live_redirect(f"/shop/loop/{'b' if self.side == 'a' else 'a'}/")


class Office(Page):
    template = PAGE % {"title": "Office of {{ who }}", "sheet": "site", "body": MORE}

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        super().mount(request)
        self.who = request.user.get_username()


def plain(request: HttpRequest) -> HttpResponse:
    template = engines.all()[0].from_string(
        "<html lang='en'><head><title>Plain</title></head><body><h1>Plain</h1>"
        "{% for message in messages %}<p>{{ message }}</p>{% endfor %}</body></html>"
    )
    return HttpResponse(template.render({}, request))


def note(request: HttpRequest) -> HttpResponse:
    """Something that another page is to show."""
    messages.info(request, "Noted.")
    return HttpResponse()


urlpatterns = [
    path("outside/", plain),
    path("note/", note),
    path("chapters/", Chapters.as_view()),
    *live_session(
        "shop/",
        [
            path("", Shop.as_view()),
            path("item/<int:number>/", Item.as_view()),
            path("styled/", Styled.as_view()),
            path("form/", Form.as_view()),
            path("leaf/", Leaf.as_view()),
            path("plain/", plain),
            re_path(r"^n(?P<number>[0-9]+)/$", Item.as_view()),
            path("loop/", include([path("<str:side>/", Loop.as_view())])),
        ],
    ),
    *live_session("office/", [path("", Office.as_view())], login_required=True),
]
