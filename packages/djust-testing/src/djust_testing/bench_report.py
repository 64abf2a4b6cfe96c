"""What a load test measured, as a table of text and as a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from djust_testing.bench import Outcome, Plan, Sample, percentile

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 320, 60, 40, 40
# From here on the times are those of the generator.
_BUSY_PERCENT = 85
_LINES = ((0.5, "p50", "#2563eb"), (0.95, "p95", "#d97706"))


def table(plan: Plan, outcome: Outcome) -> str:
    """Return the figures as aligned text."""
    head = f"{'':<10}{'count':>8}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}{'max ms':>10}"
    rows = [_row("attach", outcome.attaches), _row("event", outcome.events)]
    rate = len(outcome.events) / outcome.elapsed_s if outcome.elapsed_s else 0.0
    per_event = outcome.sent_bytes / len(outcome.events) if outcome.events else 0.0
    share = 100 * outcome.own_cpu_s / outcome.elapsed_s if outcome.elapsed_s else 0.0
    errors = ", ".join(f"{name} {count}" for name, count in sorted(outcome.errors.items()))
    return "\n".join(
        [
            f"{plan.url}  {plan.event}  {plan.sessions} sessions, {plan.think_s:g} s think time",
            head,
            *rows,
            f"{rate:.1f} events/s, {per_event:.0f} bytes from the server for each event",
            f"the generator used {share:.0f} % of one processor{_doubt(share)}",
            f"errors: {errors or 'none'}",
        ]
    )


def _doubt(share: float) -> str:
    is_limit = share >= _BUSY_PERCENT
    return ": it is the limit, so take fewer sessions or several processes" if is_limit else ""


def plot(plan: Plan, outcome: Outcome) -> str:
    """Return an SVG with the times of events over the seconds of the test."""
    seconds = max(1, math.ceil(plan.duration_s))
    bins: list[list[Sample]] = [[] for _ in range(seconds)]
    for sample in outcome.events:
        bins[min(seconds - 1, int(sample.at_s))].append(sample)
    top = _ceiling(max((percentile(one, 0.95) for one in bins), default=0.0))
    title = f"{plan.url} {plan.event}, {plan.sessions} sessions"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="16">{escape(title)}</text>',
        *_axes(seconds, top),
    ]
    for number, (share, name, colour) in enumerate(_LINES):
        points = " ".join(
            f"{_x(second + 0.5, seconds):.1f},{_y(percentile(one, share), top):.1f}"
            for second, one in enumerate(bins)
            if one
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(f'<text x="{_WIDTH - 110 + number * 50}" y="32" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _row(name: str, samples: Sequence[Sample]) -> str:
    shares = (0.5, 0.95, 0.99, 1.0)
    times = "".join(f"{percentile(samples, share):>10.1f}" for share in shares)
    return f"{name:<10}{len(samples):>8}{times}"


def _axes(seconds: int, top: float) -> list[str]:
    lines = []
    for step in range(5):
        value = top * step / 4
        y = _y(value, top)
        lines.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        )
        lines.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        second = seconds * step / 4
        lines.append(
            f'<text x="{_x(second, seconds):.1f}" y="{_HEIGHT - 20}" text-anchor="middle">'
            f"{second:g}</text>"
        )
    lines.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 4}" text-anchor="middle">seconds</text>')
    lines.append(f'<text x="6" y="{_TOP - 8}">ms</text>')
    return lines


def _x(second: float, seconds: int) -> float:
    return _LEFT + (_WIDTH - 10 - _LEFT) * second / seconds


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / top


def _ceiling(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value)
