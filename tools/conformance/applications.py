"""Compile and render the templates of popular Django applications with both engines.

    python -m tools.conformance.applications

Every template of the applications in ``applications.txt`` is compiled by name and rendered twice,
with an empty context and with values that have an answer for everything. Text must be equal to the
byte, errors in class and message.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.conformance.application_groups import GROUPS
from tools.conformance.execution import REPOSITORY, has_module
from tools.conformance.sources import cache_directory

BACKEND = "djust_templates.DjustTemplates"
REQUIREMENTS = Path(__file__).parent / "applications.txt"
BAR_PERCENT = 99.8
GROUP_LIMIT_S = 300


@dataclass(slots=True)
class GroupResult:
    """The comparison of one group.

    Attributes:
        templates: One entry a template, as the child wrote it.
        trouble: Why the group did not come to its end; empty when it did.
    """

    name: str
    templates: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""

    @property
    def steady(self) -> list[dict[str, Any]]:
        """The templates that Django itself renders the same twice."""
        return [entry for entry in self.templates if entry["kind"] != "unsteady"]

    @property
    def equal(self) -> int:
        """The number of templates that are the same in both engines."""
        return sum(entry["kind"] == "equal" for entry in self.templates)


def environment(python: str, django: str) -> str:
    """Return the interpreter of an environment with the applications, made on first use."""
    wanted = f"Django=={django}\n{REQUIREMENTS.read_text(encoding='utf-8')}{python}"
    key = hashlib.sha256(wanted.encode()).hexdigest()[:12]
    folder = cache_directory() / f"applications-{key}"
    interpreter = folder / "bin" / "python"
    complete = folder / "complete"
    if not complete.exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        install = [str(interpreter), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)]
        subprocess.run([*install, f"Django=={django}"], check=True)
        complete.touch()
    return str(interpreter)


def run_group(name: str, interpreter: str, backend: str) -> GroupResult:
    """Compare one group in a process of its own."""
    result = GroupResult(name)
    path = [str(REPOSITORY)]
    if not has_module(interpreter, backend.partition(".")[0]):
        path.append(str(REPOSITORY / "packages" / "djust-templates" / "src"))
    with tempfile.TemporaryDirectory(prefix="djust-applications-") as folder:
        output = Path(folder) / "output"
        command = [interpreter, "-m", "tools.conformance.application_child", f"--group={name}"]
        try:
            process = subprocess.run(
                [*command, f"--backend={backend}", f"--output={output}"],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONHASHSEED": "0"},
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=GROUP_LIMIT_S,
                check=False,
            )
            if process.returncode:
                result.trouble = f"exit {process.returncode}\n{process.stderr[-3000:]}"
        except subprocess.TimeoutExpired:
            result.trouble = f"no end within {GROUP_LIMIT_S} s"
        if output.exists():
            read_output(output, result)
    return result


def read_output(output: Path, result: GroupResult) -> None:
    """Add what the child wrote; a template that ended the process counts as different."""
    begun: str | None = None
    for line in output.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "begin" in entry:
            begun = entry["begin"]
        else:
            begun = None
            result.templates.append(entry)
    if begun is not None:
        result.trouble = f"at {begun}: {result.trouble}"
        result.templates.append({"name": begun, "kind": "different", "mode": "process"})


def table(results: Iterable[GroupResult]) -> str:
    """Return a table with one line a group and the total."""
    rows = [f"{'group':<16} {'equal':>6} {'total':>6} {'percent':>8}  rendered  fallback"]
    total: Counter[str] = Counter()
    for result in results:
        counts = Counter(
            equal=result.equal,
            total=len(result.steady),
            rendered=sum(entry.get("rich") == "renders" for entry in result.steady),
            fallback=sum(bool(entry.get("fallback")) for entry in result.steady),
        )
        total += counts
        rows.append(_row(result.name, counts))
    rows.append(_row("all", total))
    return "\n".join(rows)


def _row(name: str, counts: Counter[str]) -> str:
    percent = 100.0 * counts["equal"] / counts["total"] if counts["total"] else 0.0
    return (
        f"{name:<16} {counts['equal']:>6} {counts['total']:>6} {percent:>8.2f}  "
        f"{counts['rendered']:>8}  {counts['fallback']:>8}"
    )


def differences(results: Iterable[GroupResult]) -> str:
    """Return every template that differs, with both texts around the first difference."""
    parts = []
    for result in results:
        if result.trouble:
            parts.append(f"[{result.name}] DID NOT END WELL: {result.trouble}")
        for entry in result.templates:
            if entry["kind"] == "different":
                parts.append(
                    f"[{result.name}] {entry['name']} ({entry['mode']} context)\n"
                    f"  Django: {entry.get('expected')!r}\n  djust:  {entry.get('actual')!r}"
                )
    return "\n".join(parts)


def main() -> int:
    """Compare every group; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.conformance.applications")
    parser.add_argument("--django", default=importlib.metadata.version("Django"))
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--environment", help="interpreter that has the applications already")
    parser.add_argument("--backend", default=BACKEND)
    parser.add_argument("--group", action="append", choices=list(GROUPS), default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    interpreter = options.environment or environment(options.python, options.django)
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(
            pool.map(
                lambda name: run_group(name, interpreter, options.backend),
                options.group or list(GROUPS),
            )
        )
    print(table(results))
    if options.report:
        text = f"{table(results)}\n\n{differences(results)}\n"
        options.report.write_text(text, encoding="utf-8")
    if options.json:
        data = {result.name: result.templates for result in results}
        options.json.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    equal = sum(result.equal for result in results)
    total = sum(len(result.steady) for result in results)
    troubled = [result for result in results if result.trouble]
    for result in troubled:
        print(f"{result.name}: {result.trouble}", file=sys.stderr)
    return 0 if not troubled and total and 100.0 * equal / total >= BAR_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
