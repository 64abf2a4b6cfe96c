from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any

import pytest
from django.db import connections
from djust_live.workers import WorkerPool

NAME: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="none")


def context(name: str = "x") -> contextvars.Context:
    made = contextvars.Context()
    made.run(NAME.set, name)
    return made


async def test_a_job_runs_in_another_thread_and_in_its_context() -> None:
    pool = WorkerPool(2, "test")
    result = await pool.run(lambda: (threading.current_thread().name, NAME.get()), context("mine"))
    assert result == ("test-1", "mine")
    pool.stop()


async def test_an_error_reaches_who_awaits() -> None:
    pool = WorkerPool(1, "test")
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0, context())
    with pytest.raises(RuntimeError, match="StopIteration"):
        await pool.run(lambda: next(iter(())), context())
    pool.stop()


async def test_a_job_that_waits_holds_up_nobody() -> None:
    pool = WorkerPool(8, "test")
    gate = threading.Event()
    blocked = [pool.run(lambda: gate.wait(10), context()) for _ in range(4)]
    results = await asyncio.gather(*(pool.run(lambda n=n: n, context()) for n in range(100)))  # type: ignore[misc]
    assert results == list(range(100))
    assert not any(future.done() for future in blocked)
    gate.set()
    assert all(await asyncio.gather(*blocked))
    pool.stop()


def test_jobs_of_a_loop_do_not_depend_on_one_that_stopped() -> None:
    pool = WorkerPool(8, "test")
    gate = threading.Event()

    async def leave_jobs_behind() -> None:
        for _ in range(2):
            pool.run(lambda: gate.wait(10), context())

    async def work() -> int:
        return await asyncio.wait_for(pool.run(lambda: 7, context()), 5)

    asyncio.run(leave_jobs_behind())  # it ends before it looks how its jobs get on
    assert asyncio.run(work()) == 7
    gate.set()
    pool.stop()


async def test_short_jobs_need_one_thread() -> None:
    pool = WorkerPool(8, "test", patience_s=60)
    await asyncio.gather(*(pool.run(lambda: None, context()) for _ in range(500)))
    assert pool.thread_count == 1
    pool.stop()


async def test_there_are_never_more_threads_than_allowed() -> None:
    pool = WorkerPool(2, "test", patience_s=0.0)
    gate = threading.Event()
    futures = [pool.run(lambda: gate.wait(10), context()) for _ in range(6)]
    while pool.thread_count < 2:
        await asyncio.sleep(0)
    assert pool.thread_count == 2
    gate.set()
    await asyncio.gather(*futures)
    pool.stop()


async def test_nobody_needs_the_result_of_a_cancelled_job() -> None:
    pool = WorkerPool(1, "test")
    gate = threading.Event()
    future: Any = pool.run(lambda: gate.wait(10), context())
    future.cancel()
    gate.set()
    assert await pool.run(lambda: "next", context()) == "next"
    pool.stop()


async def test_a_stopped_pool_starts_again_when_it_is_needed() -> None:
    pool = WorkerPool(2, "test")
    await pool.run(lambda: None, context())
    pool.stop()
    assert await pool.run(lambda: "again", context()) == "again"
    pool.stop()
    while pool.thread_count:
        await asyncio.sleep(0)


@pytest.mark.django_db(transaction=True)
async def test_a_connection_serves_all_jobs_that_wait_and_is_closed_behind_the_last() -> None:
    pool = WorkerPool(1, "test")
    gate = threading.Event()
    used: list[Any] = []

    def query() -> None:
        connections["default"].ensure_connection()
        used.append(connections["default"].connection)

    first = pool.run(lambda: gate.wait(10), context())
    jobs = [pool.run(query, context()) for _ in range(3)]
    gate.set()
    await asyncio.gather(first, *jobs)
    assert len(set(map(id, used))) == 1
    assert await pool.run(lambda: connections["default"].connection, context()) is None
    pool.stop()


@pytest.mark.django_db(transaction=True)
async def test_a_connection_that_failed_is_left_to_django_even_in_a_busy_thread() -> None:
    pool = WorkerPool(1, "test")
    gate = threading.Event()

    def fail() -> Any:
        connections["default"].ensure_connection()
        connections["default"].errors_occurred = True
        return connections["default"].connection

    first = pool.run(lambda: gate.wait(10), context())
    jobs = [pool.run(fail, context()) for _ in range(2)]
    gate.set()
    _, old, new = await asyncio.gather(first, *jobs)
    assert old is not new
    pool.stop()
