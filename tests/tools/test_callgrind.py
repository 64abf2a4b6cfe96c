"""What benchmarks read of callgrind's files."""

from __future__ import annotations

from benchmarks.live import callgrind

# main calls work twice, and work calls itself; the library's function is named once.
FILE = """\
# callgrind format
version: 1
events: Ir

ob=(1) /usr/bin/program
fl=(1) main.c
fn=(1) main
1 10
cfn=(2) work
calls=2 5
1 170
+2 5

fn=(2)
5 30
* 10
cob=(2) /usr/lib/libc.so.6
cfi=(2) malloc.c
cfn=(3) malloc
calls=2 9
-1 40
cfn=(4) work'2
calls=2 5
5 90

fn=(4)
5 70
cob=(2)
cfn=(3)
calls=1 9
5 20

ob=(2)
fn=(3)
9 60

totals: 185
"""


def test_costs_are_of_functions_alone_and_with_what_they_call() -> None:
    counts = callgrind.read(FILE.splitlines(keepends=True))
    assert counts.alone == {"main": 15, "work": 110, "malloc": 60}
    assert counts.total == 185


def test_a_function_that_calls_itself_includes_that_once() -> None:
    counts = callgrind.read(FILE.splitlines())
    assert counts.inclusive == {"main": 185, "work": 170, "malloc": 60}


def test_costs_are_of_libraries() -> None:
    counts = callgrind.read(FILE.splitlines())
    assert counts.objects == {"program": 125, "libc.so.6": 60}


def test_what_both_runs_have_is_taken_away() -> None:
    fewer = callgrind.read(["fn=(1) main", "1 100", "fn=(2) event", "1 20"])
    more = callgrind.read(["fn=(1) main", "1 100", "fn=(2) event", "1 40"])
    counts = more.per_event(fewer, 2)
    assert counts.alone == {"main": 0, "event": 10}
    assert counts.within("ev") == 10
