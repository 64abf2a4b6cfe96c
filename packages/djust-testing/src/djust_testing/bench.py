"""Load on a running server, in its own protocol: pages are loaded, attached, patched and compared.

Each session is a :class:`~djust_testing.LiveWireClient`, so an answer that a browser would refuse
counts as an error. The generator is one process; it shows where a server bends, and its own
processor time is part of every figure when both run on one machine.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from djust_testing.wire import NotALivePage
from djust_testing.wire_client import EventRefused, LiveWireClient

_FAILURES = (EventRefused, NotALivePage, WebSocketException, httpx.HTTPError, OSError, ValueError)


@dataclass(frozen=True)
class Plan:
    """What is done to a server.

    Attributes:
        url: Of a live page.
        event: The handler that each session calls again and again.
        params: What it gets.
        sessions: How many visitors there are in the end.
        ramp_s: Seconds over which they come.
        duration_s: Seconds from the first visitor to the end.
        think_s: Seconds between an answer and the next event, on average.
        timeout_s: Longest time that an answer may take.
        seed: Of the random think times.
    """

    url: str
    event: str
    params: dict[str, Any] = field(default_factory=dict)
    sessions: int = 50
    ramp_s: float = 5.0
    duration_s: float = 30.0
    think_s: float = 1.0
    timeout_s: float = 10.0
    seed: int = 1


@dataclass(frozen=True)
class Sample:
    """One thing that was waited for.

    Attributes:
        at_s: When it was begun, in seconds since the start.
        took_ms: Until the answer was in the page.
    """

    at_s: float
    took_ms: float


@dataclass
class Outcome:
    """What was measured.

    Attributes:
        attaches: From the request of a page until it was live.
        events: From an event until its answer was in the page.
        errors: How often each kind of failure happened.
        sent_bytes: Text frames that came from the server, in bytes.
        elapsed_s: How long it all took.
        own_cpu_s: Processor time that this process used meanwhile.
    """

    attaches: list[Sample] = field(default_factory=list)
    events: list[Sample] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    sent_bytes: int = 0
    elapsed_s: float = 0.0
    own_cpu_s: float = 0.0


async def run(plan: Plan) -> Outcome:
    """Let the sessions come, act and leave, and return what was measured."""
    outcome = Outcome()
    start, own_cpu_s = time.perf_counter(), time.process_time()
    pace = random.Random(plan.seed)  # noqa: S311 - times to wait, no secrets
    waits = [plan.ramp_s * number / max(plan.sessions, 1) for number in range(plan.sessions)]
    visits = [_visit(plan, outcome, start, wait, pace) for wait in waits]
    await asyncio.gather(*visits)
    outcome.elapsed_s = time.perf_counter() - start
    outcome.own_cpu_s = time.process_time() - own_cpu_s
    return outcome


async def _visit(
    plan: Plan, outcome: Outcome, start: float, wait_s: float, pace: random.Random
) -> None:
    await asyncio.sleep(wait_s)
    client = LiveWireClient(plan.url, timeout_s=plan.timeout_s)
    begun = time.perf_counter()
    try:
        async with client:
            outcome.attaches.append(_sample(start, begun))
            while True:
                await asyncio.sleep(pace.uniform(0.5, 1.5) * plan.think_s)
                begun = time.perf_counter()
                if begun - start >= plan.duration_s:
                    break
                await client.event(plan.event, plan.params)
                outcome.events.append(_sample(start, begun))
    except (*_FAILURES, asyncio.TimeoutError) as error:
        outcome.errors[getattr(error, "code", "") or type(error).__name__] += 1
    outcome.sent_bytes += sum(len(frame.encode()) for frame in client.frames)


def _sample(start: float, begun: float) -> Sample:
    return Sample(begun - start, (time.perf_counter() - begun) * 1000)


def percentile(samples: Sequence[Sample], share: float) -> float:
    """Return the time in milliseconds that this share of the samples did not exceed."""
    if not samples:
        return 0.0
    ordered = sorted(sample.took_ms for sample in samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
