"""Run Django's own tests with djust's template engine and print a table per suite."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.conformance import report
from tools.conformance.baseline import Baseline, own_failures
from tools.conformance.execution import Runner
from tools.conformance.sources import DjangoSource, fetch_django
from tools.conformance.suites import ALWAYS, SUITES, Suite, not_judging

BACKEND = "djust_templates.DjustTemplates"


def arguments() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__)
    names = [suite.name for suite in SUITES]
    installed = importlib.metadata.version("Django")
    parser.add_argument("--django", default=installed, help="the release of Django, exactly")
    parser.add_argument("--python", default=sys.executable, help="interpreter for the tests")
    parser.add_argument("--backend", default=BACKEND, help="the TEMPLATES backend under test")
    parser.add_argument("--suite", action="append", choices=[*names, "always"], default=[])
    parser.add_argument("--label", action="append", default=[], help="only these test labels")
    parser.add_argument("--jobs", type=int, default=2, help="suites at a time")
    parser.add_argument("--hang-s", type=float, default=60.0, help="a test may take this long")
    parser.add_argument("--prove", action="store_true", help="run Django's own engine again first")
    parser.add_argument("--report", type=Path, help="write the table and every failure here")
    parser.add_argument("--json", type=Path, help="write the results as JSON here")
    parser.add_argument("--no-gate", action="store_true", help="do not compare with gates.json")
    parser.add_argument("--raise-gates", action="store_true", help="write higher numbers reached")
    return parser.parse_args()


def chosen(names: list[str]) -> list[Suite]:
    """Return the suites with these names; all when there are none."""
    wanted = {name for name in names if name != "always"}
    wanted |= set(ALWAYS) if "always" in names else set()
    return [suite for suite in SUITES if not wanted or suite.name in wanted]


def run_suite(
    suite: Suite, source: DjangoSource, options: argparse.Namespace
) -> report.SuiteResult:
    """Run one suite and judge it by what Django's own engine passes.

    Where nothing failed Django's engine cannot have passed more, so it is not asked: that the tests
    were all run is what the gates hold.
    """
    excluded = not_judging()
    runner = Runner(source, options.python, options.backend, options.hang_s)
    labels = tuple(label for label in options.label if label.startswith(suite.labels))
    run = runner.run(suite, labels)
    baseline = run.outcomes
    fewer = report.Gates().broken(source.series, [report.judge(suite, run, baseline, excluded)])
    if (
        options.prove
        or options.raise_gates
        or (fewer and not labels)
        or report.any_failed(suite, run, excluded)
    ):
        baseline = Baseline(source, options.python).of(suite, options.hang_s, fresh=options.prove)
    broken = own_failures(baseline, excluded)
    if labels:
        baseline = {id: o for id, o in baseline.items() if id.startswith(labels)}
    result = report.judge(suite, run, baseline, excluded)
    result.fixtures += [f"Django's own engine fails {id}\n{o.detail}" for id, o in broken.items()]
    print(report.table([result]).splitlines()[1], flush=True)
    return result


def main() -> int:
    """Run the chosen suites; return the exit status."""
    options = arguments()
    source = fetch_django(options.django, options.python)
    suites = chosen(options.suite)
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda suite: run_suite(suite, source, options), suites))
    title = f"Django {source.version}, {options.backend}"
    text = f"{title}\n{report.table(results)}\n"
    print(f"\n{text}")
    if options.report:
        options.report.write_text(f"{text}\n{report.failures(results)}\n", encoding="utf-8")
    if options.json:
        data = {"django": source.version, "suites": [result.as_json() for result in results]}
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return judge_gates(source.series, results, options)


def judge_gates(series: str, results: list[report.SuiteResult], options: argparse.Namespace) -> int:
    """Compare with the committed numbers; return the exit status."""
    if options.no_gate or options.label:
        return 0
    gates = report.Gates()
    if options.raise_gates:
        gates.raise_to(series, results)
    sentences = gates.broken(series, results)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
