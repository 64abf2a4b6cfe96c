"""Bounded runs of the programs in ``benchmarks/reliability``: real servers, fewer pages."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.reliability import cases

SESSIONS = 12


@pytest.mark.parametrize("backend", ["redis", "db", "cache"])
def test_a_killed_server_loses_no_answer(backend: str) -> None:
    report = asyncio.run(cases.killed(backend, SESSIONS))
    assert report.problems == []
    assert report.figures["acknowledged"] == report.figures["events"] > SESSIONS


@pytest.mark.parametrize("backend", ["redis", "db"])
def test_pages_go_on_at_another_worker_and_come_back(backend: str) -> None:
    report = asyncio.run(cases.moved(backend, SESSIONS))
    assert report.problems == []
    assert report.figures["acknowledged"] == report.figures["events"] > SESSIONS


def test_a_server_that_stops_hands_its_pages_over() -> None:
    report = asyncio.run(cases.stopped("redis", SESSIONS))
    assert report.problems == []
    assert report.figures["acknowledged"] == report.figures["events"] > SESSIONS
    assert set(report.figures["close codes"]) == {1012}


def test_pages_go_on_while_redis_is_away_and_are_saved_afterwards() -> None:
    report = asyncio.run(cases.outage(SESSIONS, 2.0))
    assert report.problems == []
    assert report.figures["acknowledged"] == report.figures["events"] > SESSIONS


@pytest.mark.parametrize("seed", [1, 2])
def test_random_misfortune_of_real_processes_is_survived(seed: int) -> None:
    report = asyncio.run(cases.chaos(seed, SESSIONS, 8.0))
    assert report.problems == []
    assert report.figures["acknowledged"] == report.figures["events"] > SESSIONS
