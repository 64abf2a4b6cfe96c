from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.test import Client, override_settings
from django.urls import path
from djust_live import LiveView, WizardMixin
from djust_live.errors import DefinitionError
from djust_testing import LiveViewTestClient
from djust_testing.client import EventFailed


class PersonForm(forms.Form):
    name = forms.CharField()


class TeamForm(forms.Form):
    name = forms.CharField()
    size = forms.IntegerField(min_value=1)


class SignUp(LiveView, WizardMixin):
    template = """{% load djust %}<h1>{{ step_number }}/{{ step_count }} {{ current_step }}</h1>
    <form method="post" dj-submit="submit_form" novalidate>{% live_form %}
    {% if previous_step %}<button name="wizard_step" value="{{ previous_step }}" formnovalidate
    dj-click="go_to_step">Back</button>{% endif %}<button>Next</button></form><p>{{ result }}</p>"""
    steps = (("you", PersonForm), ("team", TeamForm))

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.result = ""

    def done(self, forms: dict[str, Any]) -> None:
        data = {name: form.cleaned_data for name, form in forms.items()}
        self.result = f"{data['you']['name']} {data['team']['name']} {data['team']['size']}"
        self.restart()


urlpatterns = [path("sign-up/", SignUp.as_view())]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def page() -> Any:
    with LiveViewTestClient(SignUp) as client:
        client.mount()
        yield client


def test_steps_lead_to_the_end(page: LiveViewTestClient) -> None:
    page.submit("form", **{"you-name": ""})
    page.assert_state(current_step="you")
    page.submit("form", **{"you-name": "Ada"})
    page.assert_state(current_step="team")
    page.submit("form", **{"team-name": "Engines", "team-size": "3"})
    page.assert_state(result="Ada Engines 3", current_step="you", step_data={})


def test_a_step_can_be_seen_again_and_nothing_is_lost(page: LiveViewTestClient) -> None:
    page.submit("form", **{"you-name": "Ada"})
    page.change("[name=team-size]", "3")
    page.click("[name=wizard_step]")
    assert page.find("[name=you-name]")["value"] == "Ada"
    page.submit("form", **{"you-name": "Eve"})
    assert page.find("[name=team-size]")["value"] == "3"
    page.submit("form", **{"team-name": "E", "team-size": "3"})
    page.assert_state(result="Eve E 3")


def test_steps_cannot_be_passed_over(page: LiveViewTestClient) -> None:
    with pytest.raises(EventFailed, match="DJL202"):
        page.send_event("go_to_step", value="team")
    page.assert_state(current_step="you")


def state_of(html: str) -> str:
    return re.findall(r'name="wizard_state" value="([^"]+)"', html)[0]


def post(**fields: Any) -> str:
    named = {name.replace("_0_", "-"): value for name, value in fields.items()}
    return Client().post("/sign-up/", named).content.decode()


def test_without_scripts_the_steps_travel_in_the_page() -> None:
    html = post(you_0_name="Ada")
    assert "2/2 team" in html
    html = post(wizard_state=state_of(html), team_0_size="4", wizard_step="you")
    assert "1/2 you" in html
    assert 'value="Ada"' in html
    html = post(wizard_state=state_of(html), you_0_name="Ada")
    assert 'value="4"' in html
    html = post(wizard_state=state_of(html), team_0_name="E", team_0_size="0")
    assert "Ensure this value" in html
    html = post(wizard_state=state_of(html), team_0_name="E", team_0_size="4")
    assert "Ada E 4" in html


def test_a_forged_state_leads_to_the_first_step() -> None:
    assert "1/2 you" in post(wizard_state="forged", team_0_name="E", team_0_size="4")


def test_an_async_end_is_refused() -> None:
    with pytest.raises(DefinitionError, match="done is async"):

        class Wrong(WizardMixin, LiveView):
            async def done(self, forms: dict[str, Any]) -> None: ...  # type: ignore[override]


class Blaming(SignUp):
    """Learns at the end that a step is wrong."""

    def done(self, forms: dict[str, Any]) -> None:
        if forms["you"].cleaned_data["name"] == "Eve":
            forms["you"].add_error("name", "Taken meanwhile.")
        elif forms["team"].cleaned_data["size"] > 9:
            forms["team"].add_error("size", "Too many.")
        else:
            super().done(forms)


def test_errors_that_are_added_at_the_end_lead_to_their_step() -> None:
    with LiveViewTestClient(Blaming) as page:
        page.mount()
        page.submit("form", **{"you-name": "Eve"})
        page.submit("form", **{"team-name": "E", "team-size": "10"})
        page.assert_state(current_step="you", field_errors={"name": ["Taken meanwhile."]})
        page.change("[name=you-name]", "Ada")
        assert page.view.field_errors == {}
        page.submit("form")
        page.assert_state(current_step="team")
        page.submit("form")
        page.assert_state(current_step="team", field_errors={"size": ["Too many."]})
        # They are of that step, and of no other.
        page.click("[name=wizard_step]")
        page.assert_state(current_step="you", is_valid=True)
        page.submit("form")
        page.submit("form", **{"team-size": "9"})
        page.assert_state(result="Ada E 9")
