"""Load on a server of this process: what is measured, and what counts as an error."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.http import HttpRequest
from djust_live import LiveView
from djust_live.decorators import event_handler
from djust_testing.bench import Plan, run
from djust_testing.management.commands.djust_bench import Command
from served import serve

QUICK = {"sessions": 3, "ramp_s": 0.05, "duration_s": 0.6, "think_s": 0.02}
OPTIONS = ["--sessions", "3", "--ramp", "0.05", "--duration", "0.6", "--think", "0.02"]
STEPS: list[int] = []


class Counter(LiveView):
    """Says what arrived."""

    template = "<p>{{ count }}</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    def add(self, step: int = 1) -> None:
        STEPS.append(step)
        self.count += step


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve(counter=Counter) as origin:
        yield f"{origin}/counter/"


def command(*arguments: str) -> str:
    """Run the command as ``manage.py`` does, and return what it prints."""
    made: BaseCommand = Command(stdout=StringIO(), no_color=True)
    parser = made.create_parser("manage.py", "djust_bench")
    options = vars(parser.parse_args(list(arguments)))
    try:
        made.handle(**options)
    except SystemExit as ended:
        return f"{made.stdout.getvalue()}\nexit {ended.code}"
    return made.stdout.getvalue()


async def test_every_session_attaches_and_calls_the_handler(url: str) -> None:
    STEPS.clear()
    # How many calls that makes is up to the machine; it is many.
    outcome = await run(Plan(url, "add", {"step": 2}, **{**QUICK, "duration_s": 2.0}))

    assert len(outcome.attaches) == 3
    assert len(outcome.events) == len(STEPS) > 0
    assert set(STEPS) == {2}
    assert not outcome.errors
    assert outcome.sent_bytes > 0
    assert outcome.elapsed_s >= 2.0
    assert all(sample.took_ms > 0 for sample in outcome.events)


async def test_sessions_come_one_after_the_other(url: str) -> None:
    slow = {**QUICK, "ramp_s": 0.3}
    outcome = await run(Plan(url, "add", **slow))

    begun = sorted(sample.at_s for sample in outcome.attaches)
    assert begun[1] >= 0.1
    assert begun[2] >= 0.2


async def test_a_handler_that_refuses_counts_by_its_code(url: str) -> None:
    outcome = await run(Plan(url, "nobody", **QUICK))

    assert outcome.errors == {"DJL201": 3}
    assert outcome.events == []


async def test_a_server_that_is_not_there_counts_by_the_kind_of_failure() -> None:
    outcome = await run(Plan("http://127.0.0.1:9/", "add", **QUICK))

    assert sum(outcome.errors.values()) == 3
    assert outcome.attaches == []


def test_the_command_prints_a_table_and_writes_a_plot(url: str, tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"

    text = command(url, "add", "--params", '{"step": 4}', *OPTIONS, "--plot", str(plot))

    assert "errors: none" in text
    assert STEPS[-1] == 4
    ElementTree.parse(plot)


def test_the_command_fails_when_a_session_met_an_error(url: str) -> None:
    text = command(url, "nobody", *OPTIONS)

    assert "errors: DJL201 3" in text
    assert text.endswith("exit 1")


@pytest.mark.parametrize("params", ["{", "[1]", "3"])
def test_parameters_that_are_no_object_are_refused(params: str) -> None:
    with pytest.raises(CommandError, match="--params is no JSON"):
        command("http://127.0.0.1/", "add", "--params", params)
