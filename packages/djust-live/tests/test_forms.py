from __future__ import annotations

import re
from typing import Any, ClassVar

import pytest
from django import forms
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.test import AsyncClient, Client, override_settings
from django.urls import path
from djust_live import FormMixin, LiveComponent, LiveView, event_handler
from djust_live.errors import DefinitionError
from djust_live.joining import sessions
from djust_live.state import attributes_of, dump, load
from djust_testing import EventFailed, LiveViewTestClient, wire
from live_project.browser import Browser

TEMPLATE = """{% load djust %}<form method="post" dj-submit="submit_form">{% csrf_token %}
{% live_errors %}{% live_form %}<button>Send</button></form>
<p id="said">{{ success_message }}</p><p id="wrong">{{ error_message }}</p>
<p id="email">{{ field_errors.email }}</p><p>{{ is_dirty }} {{ is_valid }}</p>"""


class ContactForm(forms.Form):
    email = forms.EmailField(help_text="Yours.")
    again = forms.EmailField(initial="a@example.org")
    topics = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], required=False, widget=forms.CheckboxSelectMultiple
    )
    when = forms.SplitDateTimeField(required=False)
    news = forms.BooleanField(required=False, initial=True)

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("email") and data["email"] != data.get("again"):
            raise forms.ValidationError("They differ.")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.startswith("spam"):
            raise forms.ValidationError("Not this one.")
        return email


class Contact(FormMixin, LiveView):
    template = TEMPLATE
    form_class = ContactForm

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.sent: dict[str, Any] = {}

    def form_valid(self, form: Any) -> None:
        self.sent = dict(form.cleaned_data)
        self.success_message = "Thank you."


class Reversed(LiveView, FormMixin):
    template = TEMPLATE
    form_class = ContactForm
    success_url = "/thanks/"


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("username", "email")


class EditUser(LiveView, FormMixin):
    template = "{% load djust %}{{ object.username }}{% live_form %}"
    form_class = UserForm
    prefix = "u"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.object = User.objects.first()


class FileForm(forms.Form):
    name = forms.CharField()
    file = forms.FileField()


class Upload(FormMixin, LiveView):
    template = TEMPLATE
    form_class = FileForm

    def form_valid(self, form: Any) -> None:
        self.success_message = form.cleaned_data["file"].read().decode()


class LineForm(forms.Form):
    text = forms.CharField()
    count = forms.IntegerField(initial=1)


class Lines(FormMixin, LiveView):
    template = """{% load djust %}<form dj-submit="submit_form">{% live_form %}</form>
    {% for row in form %}<i>{{ row.text.value }}</i>{% endfor %}"""
    form_class = forms.formset_factory(LineForm, extra=1, max_num=3)
    initial = None


class Ordered(Lines):
    form_class = forms.formset_factory(LineForm, extra=0, can_order=True, can_delete=True)
    initial = [{"text": "one"}, {"text": "two"}]  # noqa: RUF012


class CardForm(forms.Form):
    card = forms.CharField()
    name = forms.CharField()


class Pay(FormMixin, LiveView):
    """Learns from others that a form that seemed right is not."""

    template = TEMPLATE
    form_class = CardForm
    prefix = "p"

    def form_valid(self, form: Any) -> None:
        if form.cleaned_data["card"] == "1":
            form.add_error("card", "Declined.")
        if form.cleaned_data["name"] == "x":
            form.add_error(None, forms.ValidationError("No %(who)s.", params={"who": "strangers"}))
        if form.errors:
            self.form_invalid(form)
        else:
            self.success_message = "Paid."


class AsInDjango(LiveView, FormMixin):
    """Does what views of Django do."""

    template = TEMPLATE
    form_class = UserForm
    success_url = "/users/{id}/"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["email"].help_text = "Ours."
        form.fields["email"].widget = forms.TextInput({"class": "ours"})
        return form

    def form_valid(self, form: Any) -> Any:
        if form.cleaned_data["username"] == "eve":
            return redirect("/eve/")
        if form.cleaned_data["username"] == "adam":
            return HttpResponse("Not this way.")
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> Any:
        if form.data.get("email") == "give up":
            return HttpResponseRedirect("/help/")
        return super().form_invalid(form)


urlpatterns = [
    path("as-in-django/", AsInDjango.as_view()),
    path("pay/", Pay.as_view()),
    path("contact/", Contact.as_view()),
    path("reversed/", Reversed.as_view()),
    path("upload/", Upload.as_view()),
]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def the_view() -> Any:
    return next(iter(sessions)).view


def mounted(view_class: Any) -> LiveViewTestClient:
    page = LiveViewTestClient(view_class)
    try:
        return page.mount()
    except BaseException:
        page.close()
        raise


COMPLETE = {"email": "a@example.org", "again": "a@example.org", "news": "on"}


async def test_only_touched_fields_show_errors(browser: Browser) -> None:
    await browser.load("/contact/")
    assert "errorlist" not in browser.html
    assert 'dj-change="validate_field"' in browser.html
    await browser.join()
    reply = await browser.event("validate_field", field_name="email", value="x", name="email")
    assert "Enter a valid email address." in str(reply[3])
    view = the_view()
    assert list(view.field_errors) == ["email"]
    assert str(view.field_errors["email"]) == "Enter a valid email address."
    assert view.form_data["email"] == "x"
    assert not view.is_valid
    assert view.is_dirty


async def test_the_whole_form_is_bound_with_first_values(browser: Browser) -> None:
    await browser.load("/contact/")
    await browser.join()
    await browser.event("validate_field", field_name="email", value="b@example.org")
    view = the_view()
    assert view.form_data == {
        "email": "b@example.org",
        "again": "a@example.org",
        "topics": [],
        "news": "on",
    }
    assert not view.is_valid  # clean() ran
    assert view.form_errors == []  # and waits until all fields were touched
    await browser.event("submit_form", **view.form_data)
    assert the_view().form_errors == ["They differ."]
    await browser.event("validate_field", field_name="email", value="spam@example.org")
    assert the_view().field_errors == {"email": ["Not this one."]}


async def test_controls_of_many_values(browser: Browser) -> None:
    await browser.load("/contact/")
    await browser.join()
    await browser.event("validate_field", field_name="topics", value=["a", "b"])
    await browser.event("validate_field", field_name="when_0", value="yesterday")
    await browser.event("validate_field", field_name="news", value=False)
    view = the_view()
    assert view.form_data["topics"] == ["a", "b"]
    assert "news" not in view.form_data
    assert list(view.field_errors) == ["when"]
    await browser.event("validate_field", field_name="topics", value=True)
    assert view.form_data["topics"] == ["a", "b"]


@pytest.mark.parametrize(
    "params",
    [
        {"field_name": "nothing", "value": "x"},
        {"field_name": "email", "value": {"a": 1}},
        {"field_name": "email", "value": [[]]},
    ],
)
async def test_what_no_control_says_is_refused(browser: Browser, params: dict[str, Any]) -> None:
    await browser.load("/contact/")
    await browser.join()
    reply = await browser.event("validate_field", **params)
    assert reply[4]["error"]["code"] == "DJL202"
    assert the_view().form_data == {}


async def test_a_valid_form_is_taken_and_is_clean_then(browser: Browser) -> None:
    await browser.load("/contact/")
    await browser.join()
    await browser.event("submit_form", **COMPLETE)
    view = the_view()
    assert view.sent["email"] == "a@example.org"
    assert view.success_message == "Thank you."
    assert not view.is_dirty
    await browser.event("reset_form")
    assert (view.form_data, view.success_message, view.is_valid) == ({}, "", False)


async def test_an_invalid_form_shows_every_error(browser: Browser) -> None:
    await browser.load("/contact/")
    await browser.join()
    reply = await browser.event("submit_form", again="")
    assert "Please correct the errors below." in str(reply[3])
    assert list(the_view().field_errors) == ["email", "again"]


async def test_what_was_filled_in_travels_and_the_form_does_not(browser: Browser) -> None:
    await browser.load("/contact/")
    await browser.join()
    await browser.event("validate_field", field_name="email", value="x")
    view = the_view()
    assert "_checked" not in attributes_of(view)
    state = dump(view)
    assert state.missing == []
    assert load(type(view), state)["form_data"]["email"] == "x"


@pytest.mark.parametrize("page", ["/contact/", "/reversed/"])
def test_without_scripts_errors_come_back_with_the_values(page: str) -> None:
    client = Client(enforce_csrf_checks=True)
    html = client.get(page).content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[0]
    assert client.post(page, {"email": "x"}).status_code == 403
    answer = client.post(page, {"email": "x", "csrfmiddlewaretoken": token})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Enter a valid email address." in text
    assert "This field is required." in text
    assert 'value="x"' in text


def test_without_scripts_a_valid_form_is_taken() -> None:
    assert "Thank you." in Client().post("/contact/", COMPLETE).content.decode()
    answer = Client().post("/reversed/", COMPLETE)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/thanks/")


async def test_the_page_of_a_post_goes_on_live(browser: Browser) -> None:
    client = AsyncClient()
    answer = await client.post("/contact/", {"email": "x"})
    browser.html = answer.content.decode()
    browser.token = wire.token_of(browser.html)
    await browser.join()
    await browser.event("validate_field", field_name="email", value="a@example.org")
    assert list(the_view().field_errors) == ["again"]


def test_files_come_with_the_plain_post() -> None:
    file = SimpleUploadedFile("a.txt", b"hello from a file")
    answer = Client().post("/upload/", {"name": "n", "file": file})
    assert "hello from a file" in answer.content.decode()


@pytest.mark.django_db
def test_a_model_form_validates_a_copy_and_saves() -> None:
    User.objects.create(username="ada")
    User.objects.create(username="bob")
    with mounted(EditUser) as page:
        page.send_event("validate_field", field_name="u-username", value="bob")
        view = page.view
        assert view.field_errors == {"username": ["A user with that username already exists."]}
        assert view.object.username == "ada"
        page.send_event("submit_form", **{"u-username": "eve", "u-email": ""})
        assert page.view.object.username == "eve"
    assert set(User.objects.values_list("username", flat=True)) == {"eve", "bob"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"username": "ada"}, "/users/{}/"),
        ({"username": "eve"}, "/eve/"),
        ({"email": "give up"}, "/help/"),
        ({"email": "nothing"}, None),
    ],
)
def test_hooks_are_those_of_django(fields: dict[str, str], url: str | None) -> None:
    with mounted(AsInDjango) as page:
        assert "Ours." in page.html
        assert page.find(".ours")["dj-change"] == "validate_field"
        page.send_event("submit_form", **fields)
        made = User.objects.first()
        assert page.heard.redirects == ([url.format(made and made.pk)] if url else [])
    User.objects.all().delete()
    answer = Client().post("/as-in-django/", fields)
    made = User.objects.first()
    assert answer.headers.get("Location") == (url.format(made and made.pk) if url else None)


@pytest.mark.django_db
def test_other_answers_of_hooks_are_refused() -> None:
    with mounted(AsInDjango) as page, pytest.raises(EventFailed, match="DJL203") as failed:
        page.send_event("submit_form", username="adam")
    assert "not HttpResponse" in str(failed.value.__cause__)


def test_a_view_without_a_form_class_says_so() -> None:
    class Formless(FormMixin, LiveView):
        template = "{{ form }}"

    with pytest.raises(ImproperlyConfigured, match="needs a form_class"):
        mounted(Formless)


def rows(page: LiveViewTestClient) -> list[str]:
    return [str(row["text"].value() or "") for row in page.view.form_instance.forms]


def test_rows_are_added_and_taken_away() -> None:
    with mounted(Lines) as page:
        page.send_event("validate_field", field_name="form-0-text", value="one")
        for _ in range(4):
            page.send_event("add_row")
        assert rows(page) == ["one", "", ""]  # max_num
        assert page.view.form_data["form-2-count"] == "1"  # the field's first value
        page.send_event("validate_field", field_name="form-2-text", value="three")
        page.send_event("validate_field", field_name="form-2-count", value="x")
        page.send_event("remove_row", index=1)
        assert rows(page) == ["one", "three"]
        assert list(page.view.field_errors) == ["form-1-count"]
        page.send_event("move_row", index=1, by=-1)
        assert rows(page) == ["three", "one"]
        assert list(page.view.field_errors) == ["form-0-count"]


def test_saved_rows_are_marked_and_numbered() -> None:
    with mounted(Ordered) as page:
        page.send_event("move_row", index=0, by=1)
        assert rows(page) == ["two", "one"]
        page.send_event("remove_row", index=0)
        form = page.view.get_form()
        assert form.is_valid()
        assert [row["text"].value() for row in form.ordered_forms] == ["one"]
        assert [row["text"].value() for row in form.deleted_forms] == ["two"]


RIGHTS = {"fields": ("name", "codename"), "extra": 0, "can_delete": True}


class Rights(FormMixin, LiveView):
    """An inline formset: rows that belong to an object."""

    template = TEMPLATE
    form_class = forms.inlineformset_factory(ContentType, Permission, **RIGHTS)

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.object = ContentType.objects.get(model="group")


class AllRights(FormMixin, LiveView):
    """A model formset: rows of a queryset."""

    template = TEMPLATE
    form_class = forms.modelformset_factory(Permission, **RIGHTS)

    def get_form_kwargs(self) -> dict[str, Any]:
        found = Permission.objects.filter(content_type__model="group").order_by("pk")
        return {**super().get_form_kwargs(), "queryset": found}

    def form_valid(self, form: Any) -> None:
        for right in form.save(commit=False):
            right.content_type = ContentType.objects.get(model="group")
            right.save()
        for right in form.deleted_objects:
            right.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("view", [Rights, AllRights])
def test_rows_of_the_database_come_change_and_go(view: Any) -> None:
    def codes() -> list[str]:
        found = Permission.objects.filter(content_type__model="group").order_by("pk")
        return list(found.values_list("codename", flat=True))

    before = codes()
    with mounted(view) as page:
        [prefix, *_] = page.view.form_instance.prefix.split("-")
        page.send_event("validate_field", field_name=f"{prefix}-0-codename", value="changed")
        page.send_event("add_row")
        new = f"{prefix}-{len(before)}"
        page.send_event("validate_field", field_name=f"{new}-codename", value="fly_group")
        page.send_event("remove_row", index=1)
        assert codes() == before
        page.submit(**{f"{new}-name": ""})
        assert list(page.view.field_errors) == [f"{new}-name"]
        page.submit(**{f"{new}-name": "Can fly group"})
    assert codes() == ["changed", *before[2:], "fly_group"]


@pytest.mark.django_db
def test_a_row_that_is_saved_and_a_new_one_stay_apart() -> None:
    class Groups(FormMixin, LiveView):
        template = "{% load djust %}<form dj-submit='submit_form'>{% live_form %}</form>"
        form_class = forms.modelformset_factory(
            Group, fields=("name",), extra=2, can_order=True, can_delete=True
        )

    for name in ("one", "two"):
        Group.objects.create(name=name)
    with mounted(Groups) as page:
        page.send_event("validate_field", field_name="form-2-name", value="three")
        before = page.view.form_data
        with pytest.raises(EventFailed, match="DJL202"):
            page.send_event("move_row", index=2, by=-1)
        assert page.view.form_data == before
        page.send_event("move_row", index=0, by=1)
        page.send_event("move_row", index=2, by=1)
        page.send_event("submit_form", **page.view.form_data)
        assert page.view.field_errors == {}
    assert set(Group.objects.values_list("name", flat=True)) == {"one", "two", "three"}


def test_an_async_hook_is_refused() -> None:
    with pytest.raises(DefinitionError, match="form_valid is async"):

        class Wrong(FormMixin, LiveView):
            async def form_valid(self, form: Any) -> None: ...  # type: ignore[override]


def test_a_form_that_depends_on_the_view_is_made_anew() -> None:
    class Depends(LiveView, FormMixin):
        template = "{{ form.as_p }}"
        form_class = LineForm

        def mount(self, request: Any, **kwargs: Any) -> None:
            self.start = "a"

        def get_initial(self) -> dict[str, str]:
            return {"text": self.start}

        @event_handler
        def change(self) -> None:
            self.start = "b"

    with mounted(Depends) as page:
        assert 'value="a"' in page.html
        page.send_event("change")
        assert 'value="b"' in page.html


def test_a_form_is_made_anew_for_a_view_with_a_context_of_its_own() -> None:
    class Told(LiveView, FormMixin):
        template = "{% load djust %}{% live_form %}"
        form_class = LineForm

        def mount(self, request: Any, **kwargs: Any) -> None:
            self.start = "a"
            self.subscribe("starts")

        def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
            return {}

        def get_initial(self) -> dict[str, str]:
            return {"text": self.start}

        def handle_info(self, message: str) -> None:
            assert not self.is_valid
            self.start = message

    with mounted(Told) as page:
        page.view.broadcast("starts", "b")
        page.settle()
        assert 'value="b"' in page.html


def test_errors_that_the_view_adds_are_shown_until_the_field_changes() -> None:
    with LiveViewTestClient(Pay) as page:
        page.mount()
        page.submit("form", **{"p-card": "1", "p-name": "x"})
        assert page.view.field_errors == {"card": ["Declined."]}
        assert page.view.form_errors == ["No strangers."]
        assert (page.view.is_valid, page.view.success_message) == (False, "")
        assert "Declined." in page.html
        assert load(Pay, dump(page.view))["_added"] == page.view._added
        page.change("#id_p-name", "y")
        assert page.view.form_errors == []
        assert page.view.field_errors == {"card": ["Declined."]}
        page.change("#id_p-card", "2")
        assert page.view.field_errors == {}
        page.submit("form")
        assert page.view.success_message == "Paid."
        page.submit("form", **{"p-card": "1"})
        assert page.view.field_errors == {"card": ["Declined."]}
        page.send_event("reset_form")
        assert page.view.field_errors == {}


def test_errors_that_the_view_adds_are_shown_without_scripts() -> None:
    text = Client().post("/pay/", {"p-card": "1", "p-name": "y"}).content.decode()
    assert "Declined." in text


class Cards(FormMixin, LiveView):
    template = (
        "{% load djust %}<form dj-submit='submit_form'>{% live_errors %}{% live_form %}"
        "<button>x</button></form>"
    )
    form_class = forms.formset_factory(CardForm, extra=2)

    def form_valid(self, form: Any) -> None:
        form.forms[1].add_error("card", "Declined.")


def test_errors_that_the_view_adds_belong_to_their_row() -> None:
    with LiveViewTestClient(Cards) as page:
        page.mount()
        fields = {f"form-{row}-{name}": "1" for row in (0, 1) for name in ("card", "name")}
        page.submit("form", **fields)
        assert page.view.field_errors == {"form-1-card": ["Declined."]}
        page.send_event("add_row")
        assert page.view.field_errors["form-1-card"] == ["Declined."]
        page.send_event("remove_row", index=2)
        page.send_event("move_row", index=1, by=-1)
        assert page.view.field_errors == {"form-0-card": ["Declined."]}
        page.send_event("remove_row", index=0)
        assert page.view.field_errors == {}


def appended(formset: Any) -> None:
    formset.non_form_errors().append("No more today.")


def refused(formset: Any) -> None:
    formset.non_form_errors().append(
        forms.ValidationError("No more %(when)s.", params={"when": "today"})
    )


def replaced(formset: Any) -> None:
    formset._non_form_errors = formset.error_class(["No more today."])


@pytest.mark.parametrize("way", [appended, refused, replaced])
def test_errors_that_the_view_adds_to_a_formset_are_shown_until_something_changes(way: Any) -> None:
    class Today(Cards):
        form_class = forms.formset_factory(CardForm, extra=2)

        def form_valid(self, form: Any) -> None:
            way(form)

    with LiveViewTestClient(Today) as page:
        page.mount()
        fields = {f"form-{row}-{name}": "1" for row in (0, 1) for name in ("card", "name")}
        for change in (
            lambda: page.change("#id_form-0-card", "2"),
            lambda: page.send_event("add_row"),
            lambda: page.send_event("remove_row", index=1),
        ):
            page.submit("form", **fields)
            assert page.view.form_errors == ["No more today."]
            assert not page.view.is_valid
            assert page.html.count("No more today.") == 1
            assert load(Today, dump(page.view))["_added"] == page.view._added
            change()
            assert page.view.form_errors == []


class Checking(Pay):
    """Finds errors in other handlers than that of the submit."""

    @event_handler
    def check(self, field: str | None = None) -> None:
        self.add_error(field, forms.ValidationError("Wrong %(n)s.", params={"n": 1}))


@pytest.mark.parametrize("form_class", [CardForm, forms.formset_factory(CardForm, extra=2)])
def test_any_handler_may_add_an_error(monkeypatch: pytest.MonkeyPatch, form_class: Any) -> None:
    is_formset = form_class is not CardForm
    monkeypatch.setattr(Checking, "form_class", form_class)
    field, control = ("p-1-card",) * 2 if is_formset else ("card", "p-card")
    with mounted(Checking) as page:
        page.send_event("check", field=field)
        assert page.view.field_errors == {field: ["Wrong 1."]}
        assert "Wrong 1." in page.html
        assert not page.view.is_valid
        page.send_event("check")
        assert page.view.form_errors == ["Wrong 1."]
        page.change(f"#id_{control}", "2")
        assert (page.view.field_errors, page.view.form_errors) == ({}, [])
        with pytest.raises(EventFailed, match="DJL202"):
            page.send_event("check", field="nothing")
        page.send_event("check", field=field)
        page.send_event("reset_form")
        assert page.view.field_errors == {}


def test_errors_that_take_the_place_of_others_are_shown() -> None:
    class Milder(LiveView, FormMixin):
        template = TEMPLATE
        form_class = CardForm

        def form_invalid(self, form: Any) -> None:
            form.errors["card"] = form.error_class(["No card?"])

    with mounted(Milder) as page:
        page.send_event("submit_form", name="x")
        assert "No card?" in page.view.field_errors["card"]


class BoxForm(forms.Form):
    agree = forms.BooleanField(initial=True)


class Boxes(FormMixin, LiveView):
    template = TEMPLATE
    form_class = BoxForm


def test_a_form_with_nothing_left_in_it_stays_as_it_was_left() -> None:
    with LiveViewTestClient(Boxes) as page:
        page.mount()
        page.change("#id_agree", False)
        assert page.view.field_errors == {"agree": ["This field is required."]}
        assert not page.find("#id_agree").has_attr("checked")
        assert page.view.is_dirty


class AlikeForm(forms.Form):
    start = forms.CharField()
    start_at = forms.EmailField()
    start_at_day = forms.SplitDateTimeField()
    start_again = forms.BooleanField()


def test_fields_whose_names_begin_alike_are_told_apart() -> None:
    class Alike(LiveView, FormMixin):
        template = TEMPLATE
        form_class = AlikeForm

    with mounted(Alike) as page:
        page.change("#id_start_at", "none")
        assert page.view.field_errors == {"start_at": ["Enter a valid email address."]}
        page.change("#id_start_at_day_0", "none")
        assert list(page.view.field_errors) == ["start_at", "start_at_day"]
        page.change("#id_start_again", False)
        assert list(page.view.field_errors) == ["start_at", "start_at_day", "start_again"]


class AskForm(forms.Form):
    word = forms.CharField()

    def __init__(self, *args: Any, least: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["word"].help_text = f"At least {least}."
        self.least = least

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if len(word) < self.least:
            raise forms.ValidationError("Too short.")
        return word


class Ask(LiveComponent, FormMixin):
    name = "ask"
    form_class = AskForm
    template = """{% load djust %}<form dj-submit="submit_form">{% live_errors %}{% live_field "word" %}
    <button>Ask</button><i>{{ said }}{{ field_errors.word }}</i></form>"""
    said = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "least": self.least}

    def get_prefix(self) -> str:
        return self.id

    def form_valid(self, form: Any) -> None:
        super().form_valid(form)
        self.said = form.cleaned_data["word"]
        self.send_parent("asked", self.said)


class Asking(LiveView):
    template = """{% load djust %}<main>{% for id in ids %}{% live_component "ask" id=id least=least %}
    {% endlive_component %}{% endfor %}<p>{{ asked|join:" " }}</p></main>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.ids, self.least, self.asked = ["a", "b"], 3, []

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        self.asked.append(f"{component_id}:{payload}")

    @event_handler
    def ease(self) -> None:
        self.least = 1


def test_components_have_forms_of_their_own() -> None:
    with LiveViewTestClient(Asking) as page:
        page.mount()
        page.change("#id_a-word", "no")
        assert "<i>Too short.</i>" in page.html
        assert dump(page.view).missing == []
        restored = load(Asking, dump(page.view))["_djust_components"]["a"]
        assert restored.form_data == {"a-word": "no"}
        page.submit("[dj-target=b]", **{"b-word": "yes"})
        assert "<p>b:yes</p>" in page.html
        assert "<i>Too short.</i>" in page.html
        # A prop is part of the form.
        page.send_event("ease")
        assert "At least 1." in page.html
        assert "Too short." not in page.html
        page.submit("[dj-target=a]")
        assert "<p>b:yes a:no</p>" in page.html


def test_a_form_of_a_component_leads_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ask, "success_url", "/thanks/")
    with LiveViewTestClient(Asking) as page:
        page.mount()
        page.submit("[dj-target=a]", **{"a-word": "yes"})
        page.assert_redirect("/thanks/")


class LongerForm(BoxForm):
    more = forms.CharField()


class Growing(FormMixin, LiveView):
    template = TEMPLATE
    made: ClassVar[list[Any]] = []
    longer = False

    def get_form_class(self) -> Any:
        return LongerForm if self.longer else BoxForm

    def get_form(self) -> Any:
        self.made.append(super().get_form())
        return self.made[-1]

    @event_handler
    def grow(self, value: str) -> None:
        self.longer = True
        self.validate_field("more", value)


def test_a_handler_that_changes_the_form_may_fill_it_in() -> None:
    with LiveViewTestClient(Growing) as page:
        page.mount()
        page.send_event("grow", value="words")
        assert page.find("#id_more")["value"] == "words"


@override_settings(DJUST={"VERIFY": "never"})
def test_an_event_makes_one_form() -> None:
    with LiveViewTestClient(Growing) as page:
        page.mount()
        page.change("#id_agree", False)
        Growing.made.clear()
        page.change("#id_agree", True)
        asked = len(Growing.made)
    assert asked == 2, "one for the page, and one for the test client's own render"
