"""``python -m benchmarks.client``: prints a table, keeps raw results as JSON lines.

Times are taken inside one page of Chromium, rounds of all cases in turn. A time is that of one call
in a batch, since the clock of a page is coarse. The floor sets the same text through a reference
that the page holds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from djust_vdom import Document
from playwright.sync_api import Page, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "packages/djust-live/src/djust_live/static/djust/src"
RESULTS = ROOT / "benchmarks/results/client.jsonl"
ORIGIN = "http://client.test"
ROWS = 10_000
# Each case with the floor that it is compared with; the other cases have none.
FLOORS = {
    "one text": "floor: text of a held node",
    "one text, from JSON, with layout": "floor, with layout",
}
BARS_MS = {"one text": 1.0}

# Each case is run by itself; what it does is repeated `batch` times between two looks at the clock.
MEASURE = """async ({ ops, rounds }) => {
  const { Root } = await import("/src/ops.js");
  const clock = (batch, work) => {
    const start = performance.now();
    for (let turn = 0; turn < batch; turn++) work(turn);
    return (performance.now() - start) / batch;
  };
  const started = performance.now();
  const root = new Root(document.documentElement);
  const numbered = performance.now() - started;
  const { hash } = root;
  const hashed = performance.now() - started - numbered;
  const node = [...document.querySelectorAll("td")].at(-40).firstChild;
  const number = node.$djust;
  const texts = ["a", "b"];
  const flush = () => document.body.offsetHeight;
  const one = (turn) => [[1, number, texts[turn % 2]]];
  const json = [0, 1].map((turn) => JSON.stringify(one(turn)));
  const apply = (list) => {
    if (!root.apply(list)) throw new Error("refused");
  };
  const work = {
    "floor: text of a held node": [2000, (turn) => { node.data = texts[turn % 2]; }],
    "one text": [2000, (turn) => apply(one(turn))],
    "floor, with layout": [50, (turn) => { node.data = texts[turn % 2]; flush(); }],
    "one text, from JSON, with layout": [50, (turn) => {
      apply(JSON.parse(json[turn % 2]));
      flush();
    }],
    "move last row to first and back": [20, (turn) => apply(ops.move[turn % 2])],
    "reverse 500 rows": [2, () => apply(ops.reverse)],
  };
  const times = {};
  for (const [name, [, run]] of Object.entries(work)) { run(0); run(1); times[name] = []; }
  for (let round = 0; round < rounds; round++)
    for (const [name, [batch, run]] of Object.entries(work)) times[name].push(clock(batch, run));
  return { times, numbered, hashed, hash, count: root.count };
}"""


def page_html() -> str:
    """Return a page with a table of keyed rows, six cells each, and a list of 500."""
    rows = "".join(
        f'<tr dj-key="r{n}"><td>{n}</td><td>name {n}</td><td>value {n}</td>'
        "<td>a</td><td>b</td><td>c</td></tr>"
        for n in range(ROWS)
    )
    items = "".join(f'<li dj-key="{n}">{n}</li>' for n in range(500))
    return (
        "<!doctype html><html><head><title>t</title></head>"
        f"<body><ol>{items}</ol><table><tbody>{rows}</tbody></table></body></html>"
    )


def ops(html: str) -> dict[str, Any]:
    """Return the ops of the cases that move rows; each leads back after two turns."""
    document = Document(html)
    start, end = html.index("<tbody>") + 7, html.index("</tbody>")
    rows = html[start:end]
    last = rows.rindex("<tr")
    moved = html[:start] + rows[last:] + rows[:last] + html[end:]
    there = json.loads(document.update(moved))
    back = json.loads(document.update(html))
    # The list is the first element of the body: its number is 1.
    return {"move": [there, back], "reverse": [[12, 1, list(range(499, -1, -1))]]}


def measure(page: Page, rounds: int) -> dict[str, Any]:
    """Load the page and take the times."""
    html = page_html()

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/src/"):
            body, kind = (SOURCE / path.removeprefix("/src/")).read_text(), "text/javascript"
        else:
            body, kind = html, "text/html"
        route.fulfill(body=body, content_type=kind)

    page.route("**/*", serve)
    page.goto(f"{ORIGIN}/")
    found: dict[str, Any] = page.evaluate(MEASURE, {"ops": ops(html), "rounds": rounds})
    fresh = Document(html)
    if (found["count"], found["hash"]) != (fresh.node_count, fresh.structure_hash):
        raise SystemExit("the browser numbers other nodes than the differ")
    return found


def report(found: dict[str, Any]) -> bool:
    """Print the table; return whether the bars hold."""
    print(f"{found['count']:,} nodes: numbered in {found['numbered']:.1f} ms, ", end="")
    print(f"hashed in {found['hashed']:.1f} ms")
    print(f"{'case':36} {'min ms':>9} {'median':>9} {'max':>9} {'x floor':>8} {'bar':>6}")
    holds = True
    for name, times in found["times"].items():
        median = statistics.median(times)
        bar = BARS_MS.get(name)
        verdict = "" if bar is None else f"{bar:>6.1f} {'held' if median <= bar else 'ABOVE'}"
        holds = holds and (bar is None or median <= bar)
        ratio = " " * 8
        if name in FLOORS:
            ratio = f"{median / statistics.median(found['times'][FLOORS[name]]):>8.1f}"
        print(f"{name:36} {min(times):9.4f} {median:9.4f} {max(times):9.4f} {ratio} {verdict}")
    return holds


def main() -> int:
    """Measure, print, and append the raw results."""
    parser = argparse.ArgumentParser(prog="benchmarks.client", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    executable = os.environ.get("DJUST_CHROMIUM") or shutil.which("chromium")
    if executable is None:
        print("No Chromium. Install it with: sudo apt-get install -y chromium", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        found = measure(browser.new_page(), arguments.rounds)
        browser.close()
    holds = report(found)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"machine": platform.platform(), **found}) + "\n")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
