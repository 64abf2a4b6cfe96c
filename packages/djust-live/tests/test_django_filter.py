"""django-filter: a FilterSet and the address, as the guide has them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from djust_testing import LiveViewTestClient

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "lists.md"


def _example() -> Any:
    """Return the guide's view, with the guide's template in it."""
    text = GUIDE.read_text()
    code, template = (
        re.search(rf"(?ms)^```{language}\n(.*?)^```$", text)[1]  # type: ignore[index]
        for language in ("python", "html")
    )
    names: dict[str, Any] = {"__name__": "guide"}
    # The familiar names are those of another package; here only their owners are installed.
    exec(re.sub(r"from djust\b", "from djust_live", code), names)
    view = names["UserList"]
    view.template_name, view.template = None, template
    return view


UserList = _example()


@pytest.fixture
def people() -> None:
    team = Group.objects.create(name="team")
    for name in ("ada", "bea", "adam"):
        User.objects.create(username=name, is_staff=name != "bea").groups.add(team)
    for number in range(30):
        User.objects.create(username=f"guest{number:02}")


@pytest.fixture
def users(people: None) -> Any:
    with LiveViewTestClient(UserList, path="/users/") as client:
        yield client


def names(client: Any) -> list[str]:
    return [one.text for one in client.find_all("li")]


@pytest.mark.django_db
def test_a_form_narrows_the_list_and_the_address(users: Any) -> None:
    users.mount()
    assert len(names(users)) == 20
    users.send_event("narrow", username="ada", is_staff="", groups=[], order="-username")
    assert names(users) == ["adam", "ada"]
    users.assert_patch("/users/?username=ada&order=-username")
    users.send_event("narrow", username="", is_staff="true", groups=["1"], order="")
    assert names(users) == ["ada", "adam"]
    users.assert_patch("/users/?is_staff=true&groups=1")
