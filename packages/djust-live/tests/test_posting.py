"""Forms of components in browsers without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from django.urls import path
from djust_live import (
    FormMixin,
    LiveComponent,
    LiveView,
    WizardMixin,
    event_handler,
    limits,
    permission_required,
    rate_limit,
)
from djust_live.joining import sessions
from djust_testing import LiveViewTestClient, wire
from live_project.browser import Browser

TARGET = re.compile(r'<input type="hidden" name="djust-component" value="(\w+)"')


class WordForm(forms.Form):
    word = forms.CharField(min_length=3)


class Ask(LiveComponent, FormMixin):
    name = "posting-ask"
    props = {"to": str}  # noqa: RUF012
    to = ""
    form_class = WordForm
    template = """{% load djust %}<form method="post" dj-submit="submit_form">{% csrf_token %}
    {% live_form %}<button>Ask</button><i>{{ said }}</i><b>{{ error_message }}</b></form>"""
    said = ""

    def get_prefix(self) -> str:
        return self.id

    def form_valid(self, form: Any) -> None:
        self.said = form.cleaned_data["word"]
        self.send_parent("asked", self.said)
        if self.to:
            self.view.put_flash("info", "Thank you.")
            self.view.redirect(self.to)


class Plain(LiveComponent):
    name = "posting-plain"
    template = "<p>No form.</p>"


class Guarded(FormMixin, LiveComponent):
    name = "posting-guarded"
    form_class = WordForm
    template = """{% load djust %}<form method="post">{% csrf_token %}{{ form_target }}{{ form.as_p }}
    <i>{{ said }}</i></form>"""
    said = ""

    @event_handler
    @permission_required("auth.add_user")
    @rate_limit(0.01, 1)
    async def submit_form(self, word: str, **fields: Any) -> None:
        self.said = f"{word} {sorted(fields)}"


class FileForm(forms.Form):
    file = forms.FileField()


class Sending(FormMixin, LiveComponent):
    name = "posting-file"
    form_class = FileForm
    template = "{% load djust %}<form method='post'>{% live_form %}<i>{{ said }}</i></form>"
    said = ""

    def form_valid(self, form: Any) -> None:
        self.said = form.cleaned_data["file"].read().decode()


class Steps(WizardMixin, LiveComponent):
    name = "posting-steps"
    steps = (("one", WordForm), ("two", WordForm))
    template = """{% load djust %}<form method="post">{% live_form %}<u>{{ current_step }}</u>
    <i>{{ said }}</i></form>"""
    said = ""

    def done(self, forms: dict[str, Any]) -> None:
        self.said = " ".join(form.cleaned_data["word"] for form in forms.values())


class Asking(LiveView):
    template = """{% load djust %}<main>{% for id in ids %}
    {% live_component "posting-ask" id=id to=to %}{% endlive_component %}{% endfor %}
    {% live_component "posting-plain" id="plain" %}{% endlive_component %}
    {% live_component "posting-guarded" id="guarded" %}{% endlive_component %}
    {% live_component "posting-file" id="file" %}{% endlive_component %}
    {% live_component "posting-steps" id="steps" %}{% endlive_component %}
    <p>{{ asked }}</p></main>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.ids, self.asked, self.to = ["a", "b"], "", request.GET.get("to", "")

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        self.asked = f"{component_id}: {payload}"


class Both(LiveView, FormMixin):
    template = """{% load djust %}<main><form method="post">{% csrf_token %}{% live_form %}</form>
    <i>{{ said }}</i><b>{{ error_message }}</b>
    {% live_component "posting-ask" id="a" %}{% endlive_component %}</main>"""
    form_class = WordForm
    said = ""

    def form_valid(self, form: Any) -> None:
        self.said = form.cleaned_data["word"]


class Away(FormMixin, LiveView):
    template = "{% load djust %}{% live_form %}"
    form_class = WordForm
    taken = False

    def handle_params(self, params: Any, uri: str) -> None:
        self.redirect("/elsewhere/")

    def form_valid(self, form: Any) -> None:
        raise AssertionError("A view that leads elsewhere takes nothing.")


class Closed(FormMixin, LiveView):
    template = "{% load djust %}{% live_form %}"
    form_class = WordForm

    @event_handler
    @permission_required("auth.add_user")
    def submit_form(self, **fields: Any) -> None:
        super().submit_form(**fields)


urlpatterns = [
    path("asking/", Asking.as_view()),
    path("both/", Both.as_view()),
    path("away/", Away.as_view()),
    path("closed/", Closed.as_view()),
    path("none/", type("None_", (LiveView,), {"template": "<p></p>"}).as_view()),
]

pytestmark = pytest.mark.urls(__name__)


def post(url: str, target: str, client: Client | None = None, **fields: Any) -> Any:
    named = {"djust-component": target} if target else {}
    return (client or Client()).post(url, {**named, **fields})


def forms_in(html: str) -> dict[str, str]:
    """Return the forms of a page by the id of their component."""
    found = re.findall(r"<form.*?</form>", html, re.DOTALL)
    return {target[1] if (target := TARGET.search(form)) else "": form for form in found}


def test_each_form_says_whose_it_is() -> None:
    page = Client().get("/asking/").content.decode()
    assert list(forms_in(page)) == ["a", "b", "guarded", "file", "steps"]
    assert list(forms_in(Client().get("/both/").content.decode())) == ["", "a"]


def test_the_component_takes_what_was_posted_from_its_form() -> None:
    answer = post("/asking/", "b", **{"b-word": "no"})
    assert answer.status_code == 200
    shown = forms_in(answer.content.decode())
    assert "at least 3 characters" in shown["b"]
    assert 'value="no"' in shown["b"]
    assert "Please correct" in shown["b"]
    assert "at least 3 characters" not in shown["a"]
    text = post("/asking/", "b", **{"b-word": "yes"}).content.decode()
    assert "<i>yes</i>" in forms_in(text)["b"]
    assert "<i></i>" in forms_in(text)["a"]
    assert "<p>b: yes</p>" in text


def test_it_leads_elsewhere() -> None:
    answer = post("/asking/?to=/thanks/", "a", **{"a-word": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/thanks/")
    assert "messages" in answer.cookies or "sessionid" in answer.cookies


@pytest.mark.parametrize("target", ["c", "plain", "live_project.views.Counter", "__class__", "a b"])
def test_only_forms_that_the_page_shows_take_anything(target: str) -> None:
    assert post("/asking/", target, **{"a-word": "yes"}).status_code == 404
    assert post("/both/", target, word="yes").status_code == 404


def test_a_page_without_a_form_of_its_own_takes_no_post() -> None:
    assert post("/asking/", "", word="yes").status_code == 405
    refusal = post("/none/", "")
    assert (refusal.status_code, refusal["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert post("/none/", "a").status_code == 404


def test_the_form_of_the_view_is_another_one() -> None:
    text = post("/both/", "", word="yes").content.decode()
    assert text.count("<i>yes</i>") == 1
    assert "<i></i>" in forms_in(text)["a"]
    text = post("/both/", "a", **{"a-word": "yes"}).content.decode()
    assert "<i>yes</i>" in forms_in(text)["a"]
    assert text.count("yes") == 2  # with the value of the control


def test_django_checks_that_the_page_is_ours() -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/asking/").content.decode()
    assert post("/asking/", "a", client, **{"a-word": "yes"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', forms_in(page)["a"])
    assert token is not None
    fields = {"a-word": "yes", "csrfmiddlewaretoken": token[1]}
    assert post("/asking/", "a", client, **fields).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("url", "target"), [("/asking/", "guarded"), ("/closed/", "")])
def test_who_may_not_send_the_event_may_not_post(url: str, target: str) -> None:
    user = User.objects.create_user("ada")
    client = Client()
    assert post(url, target, client, word="yes").status_code == 403
    client.force_login(user)
    assert post(url, target, client, word="yes").status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="add_user"))
    assert post(url, target, client, word="yes").status_code == 200


@pytest.mark.django_db
def test_a_handler_of_its_own_is_called_as_by_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", limits.RateLimiter())
    user = User.objects.create_superuser("bob")
    client = Client()
    client.force_login(user)
    text = post("/asking/", "guarded", client, word="yes", more="1").content.decode()
    assert "<i>yes [&#x27;more&#x27;]</i>" in text
    late = post("/asking/", "guarded", client, word="yes")
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 100
    other = User.objects.create_superuser("cid")
    client.force_login(other)
    assert post("/asking/", "guarded", client, more="1").status_code == 400


def test_files_come_with_it() -> None:
    file = SimpleUploadedFile("a.txt", b"hello from a file")
    assert "<i>hello from a file</i>" in post("/asking/", "file", file=file).content.decode()


def test_steps_go_on() -> None:
    def state_in(html: str) -> str:
        found = re.search(r'name="wizard_state" value="([^"]+)"', forms_in(html)["steps"])
        assert found is not None
        return found[1]

    page = Client().get("/asking/").content.decode()
    fields = {"one-word": "first", "wizard_state": state_in(page)}
    page = post("/asking/", "steps", **fields).content.decode()
    assert "<u>two</u>" in page
    fields = {"two-word": "second", "wizard_state": state_in(page)}
    assert "<i>first second</i>" in post("/asking/", "steps", **fields).content.decode()
    wrong = {"wizard_step": "nowhere", "wizard_state": state_in(page)}
    assert post("/asking/", "steps", **wrong).status_code == 400


def test_a_view_that_leads_elsewhere_takes_nothing() -> None:
    answer = post("/away/", "", word="yes")
    assert (answer.status_code, answer["Location"]) == (302, "/elsewhere/")


async def test_the_page_of_a_post_goes_on_live(browser: Browser) -> None:
    answer = await AsyncClient().post("/asking/", {"djust-component": "b", "b-word": "no"})
    browser.html = answer.content.decode()
    browser.cookies.update({k: v.value for k, v in answer.cookies.items()})
    browser.token = wire.token_of(browser.html)
    await browser.join()
    [session] = sessions
    component = session.view._djust_components["b"]
    assert list(component.field_errors) == ["word"]
    assert component._posted_files is None


def test_the_event_of_the_same_form_brings_no_more_than_its_fields() -> None:
    with LiveViewTestClient(Asking) as page:
        page.mount()
        page.submit("[dj-target=a]", **{"a-word": "no"})
        assert page.view._djust_components["a"].form_data == {"a-word": "no"}
