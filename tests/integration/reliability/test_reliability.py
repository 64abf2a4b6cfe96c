"""Bounded runs of the programs in ``benchmarks/reliability``: real servers, fewer pages."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.reliability import cases, crowds, hostile

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


def test_presence_goes_over_workers_and_ends_with_a_killed_one() -> None:
    report = asyncio.run(crowds.presence(SESSIONS))
    assert report.problems == []
    assert report.figures["killed gone after s"] <= crowds.LEASE_S


def test_presence_and_broadcasts_come_back_with_redis() -> None:
    report = asyncio.run(crowds.outage(SESSIONS, 10.0))
    assert report.problems == []
    assert report.figures["events answered meanwhile"] > 0


def test_a_broadcast_reaches_the_pages_of_all_workers() -> None:
    report = asyncio.run(crowds.broadcast(SESSIONS, 3))
    assert report.problems == []
    # To one group, however many pages there are.
    assert report.figures["PUBLISH for each broadcast"] <= 2


def test_a_herd_is_let_in() -> None:
    assert asyncio.run(crowds.herd(60)).problems == []


def test_a_page_that_does_not_read_costs_little_and_catches_up() -> None:
    assert asyncio.run(crowds.slow_reader(1_000)).problems == []


def test_hostile_frames_get_a_code_and_do_nothing() -> None:
    report = asyncio.run(hostile.hostile(1_000))
    assert report.problems == []
    assert "foreign Origin: HTTP 403" in report.figures
