from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest
from djust_testing.bench import Outcome, Plan, Sample, percentile
from djust_testing.bench_report import _ceiling, plot, table

PLAN = Plan("http://localhost/?a=1&b=2", "add", sessions=2, duration_s=4)
EVENTS = [Sample(second + 0.1, 10.0 * (second + 1)) for second in range(4)]


def test_the_table_has_rates_times_and_errors() -> None:
    text = table(PLAN, Outcome([Sample(0, 30)], EVENTS, Counter(DJL203=2), 400, 4.0))

    assert "event            4      30.0      40.0      40.0      40.0" in text
    assert "1.0 events/s, 100 bytes from the server for each event" in text
    assert "errors: DJL203 2" in text


def test_a_generator_that_is_the_limit_says_so() -> None:
    free = table(PLAN, Outcome(elapsed_s=4.0, own_cpu_s=1.0))
    assert "used 25 % of one processor\n" in free
    busy = table(PLAN, Outcome(elapsed_s=4.0, own_cpu_s=3.6))
    assert "used 90 % of one processor: it is the limit" in busy


def test_nothing_measured_is_a_table_and_a_plot_too() -> None:
    assert "errors: none" in table(PLAN, Outcome())
    ElementTree.fromstring(plot(PLAN, Outcome()))


def test_the_plot_is_svg_with_a_line_for_each_share() -> None:
    tree = ElementTree.fromstring(plot(PLAN, Outcome(events=EVENTS)))

    lines = tree.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [4, 4]


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.3, 0.5), (7, 10), (12, 20), (100, 100)])
def test_axes_end_at_a_round_number(value: float, top: float) -> None:
    assert _ceiling(value) == pytest.approx(top)


def test_percentiles_are_samples() -> None:
    assert percentile([], 0.5) == 0
    assert percentile(EVENTS, 0.5) == 30
    assert percentile(EVENTS, 1.0) == 40
