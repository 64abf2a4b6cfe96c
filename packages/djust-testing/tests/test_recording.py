"""A visit becomes a test that passes."""

from __future__ import annotations

import sys
import types
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView, event_handler
from djust_live.asgi import SocketRouter
from djust_testing import LiveViewTestClient, connection
from djust_testing.management.commands import djust_record
from djust_testing.recording import Recorder
from djust_testing.transcript import Step, Visit, as_pytest, is_plain


class Tick(LiveComponent):
    template = '<button dj-click="tick">{{ ticks }}</button>'
    ticks = 0

    @event_handler
    def tick(self) -> None:
        self.ticks += 1


class Farm(LiveView):
    template = (
        '{% load djust %}<button data-kind="kale" dj-click="plant(2)">{{ seeds }}</button>'
        '<form dj-submit="name"><input name="title"></form>{{ title }}'
        '{% live_component "test_recording.Tick" id="one" %}{% endlive_component %}'
    )

    def mount(self, request: Any, start: int = 0, **kwargs: Any) -> None:
        self.seeds = start
        self.title = request.GET.get("title", "")
        self.thing = object()
        self.log: list[str] = []

    @event_handler
    def plant(self, number: int) -> None:
        self.seeds += number
        self.log.append(f"{number} seeds")
        self.push_event("planted", {"number": number})

    @event_handler
    def name(self, title: str) -> None:
        self.title = title
        self.put_flash("info", "It's named.")

    @event_handler
    def burn(self) -> None:
        raise ValueError("It burnt.")

    @event_handler
    def wait(self) -> None:
        self.start_async(self._grow)

    def _grow(self) -> None:
        self.seeds *= 10

    @event_handler
    def go(self) -> None:
        self.live_redirect("/elsewhere/")


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """A recorder around the consumer that test clients talk to."""
    made = Recorder(SocketRouter(()))
    monkeypatch.setattr(connection, "LiveConsumer", lambda: made)
    monkeypatch.setitem(sys.modules, "test_recording", sys.modules[__name__])
    return made


def visit() -> None:
    with LiveViewTestClient(Farm, path="/farm/", query={"title": "old"}) as page:
        page.mount(start=1)
        page.click("button[data-kind]")
        page.submit("form", title='a "title"')
        page.drop()
        page.reconnect()
        with pytest.raises(AssertionError):
            page.send_event("burn")
        page.send_event("wait")
        page.render_async()
        page.click("[dj-click=tick]")
        page.send_event("go")


def test_what_was_done_is_written_down(recorder: Recorder) -> None:
    visit()
    (farm,) = recorder.visits
    assert (farm.view, farm.path, farm.query) == ("Farm", "/farm/", {"title": "old"})
    assert farm.kwargs == {"start": 1}
    shown = [(step.event, step.params, step.target, step.state) for step in farm.steps]
    assert shown == [
        ("plant", {"number": 2}, "", {"seeds": 3, "log": ["2 seeds"]}),
        ("name", {"title": 'a "title"'}, "", {"title": 'a "title"'}),
        ("burn", {}, "", {}),
        ("wait", {}, "", {}),
        ("", {}, "", {"seeds": 30}),
        ("tick", {}, "one", {}),
        ("go", {}, "", {}),
    ]
    assert farm.steps[2].code == "DJL203"
    assert farm.steps[-1].redirect == "/elsewhere/"


def test_the_test_that_is_written_passes(recorder: Recorder) -> None:
    visit()
    farm = recorder.visits[0]
    farm.module = "test_recording"
    text = as_pytest([farm], has_database=False)
    written = types.ModuleType("written")
    exec(compile(text, "written.py", "exec"), written.__dict__)
    written.__dict__["test_farm"]()
    assert recorder.visits[1].steps == farm.steps
    farm.steps[0].state["seeds"] = 4
    exec(compile(as_pytest([farm], has_database=False), "wrong.py", "exec"), written.__dict__)
    with pytest.raises(AssertionError, match="seeds is 3, not 4"):
        written.__dict__["test_farm"]()


def test_a_test_reads_like_one_that_was_written() -> None:
    step = Step("add", {"text": "x" * 70, "tags": ["a", "b"]}, state={"count": 1})
    odd = Step("set", {"class": "x"}, code="DJL202")
    told = Visit("farm.views", "SeedList", "/", user="ada", steps=[step, odd], left_out=["uploads"])
    quiet = Visit("farm.views", "Quiet", "/quiet/")
    expected = f'''"""What visitors did, recorded with djust_record."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from djust_testing import EventFailed, LiveViewTestClient
from farm.views import SeedList


@pytest.mark.django_db
def test_seed_list() -> None:
    user_model = get_user_model()
    visitor = user_model._default_manager.create(**{{user_model.USERNAME_FIELD: 'ada'}})
    with LiveViewTestClient(SeedList, visitor, path='/') as page:
        # Not recorded: what the module of 'uploads' sent.
        page.mount()
        page.send_event(
            'add',
            text='{"x" * 70}',
            tags=['a', 'b'],
        )
        page.assert_state(count=1)
        with pytest.raises(EventFailed, match="DJL202"):
            page.send_event('set', **{{'class': 'x'}})
'''
    assert as_pytest([quiet, told]) == expected
    assert "def test_seed_list_2() -> None:" in as_pytest([told, told])


def test_only_data_is_written_out() -> None:
    assert is_plain({"a": [1, None, True, ("x",)]})
    assert not is_plain(object())
    assert not is_plain([object()])
    assert not is_plain("x" * 1000)
    assert not is_plain(1.5)  # what was computed differs in its last digit elsewhere


def test_the_command_serves_and_writes(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(self: Any, application: Any, port: int) -> None:
        monkeypatch.setattr(connection, "LiveConsumer", lambda: application)
        with LiveViewTestClient(Farm) as page:
            page.mount()
            page.send_event("plant", number=1)

    monkeypatch.setattr(djust_record.Command, "serve", serve)
    file = tmp_path / "test_farm.py"
    said = StringIO()
    with override_settings(ASGI_APPLICATION=f"{__name__}.application"):
        call_command(djust_record.Command(), str(file), stdout=said)
        with pytest.raises(CommandError, match="exists"):
            call_command(djust_record.Command(), str(file))
    assert "1 step" in said.getvalue()
    assert "page.send_event('plant', number=1)" in file.read_text()
    with pytest.raises(CommandError, match="ASGI_APPLICATION"):
        call_command(djust_record.Command(), str(tmp_path / "test_other.py"))


def test_nothing_done_is_nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(djust_record.Command, "serve", lambda *args: None)
    with override_settings(ASGI_APPLICATION=f"{__name__}.application"):
        with pytest.raises(CommandError, match="Nothing was done"):
            call_command(djust_record.Command(), str(tmp_path / "test_none.py"), stdout=StringIO())
    assert not list(tmp_path.iterdir())


application = SocketRouter(())
urlpatterns = [path("farm/", Farm.as_view())]
