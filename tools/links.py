"""Check that every relative link in the Markdown files leads to a file and a heading that exist.

Links to other sites are not followed: a build must not depend on somebody else's server.

Usage:
    python -m tools.links
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from tools.workspace import ROOT

FENCE = re.compile(r"(?ms)^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[^\S\n]*$")
CODE = re.compile(r"`+[^`\n]+`+")
LINK = re.compile(
    r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?(?P<target>[^)>\s]+)>?(?:\s+\"[^\"]*\")?\)"
)
IMAGE = re.compile(r"!\[[^\]]*\]\(<?(?P<target>[^)>\s]+)>?\)")
HEADING = re.compile(r"(?m)^#{1,6}\s+(?P<text>.+?)\s*#*$")
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:")


def markdown_files() -> list[Path]:
    """Return the Markdown files that git tracks or would track."""
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        ROOT / name for name in sorted(set(answer.stdout.splitlines())) if (ROOT / name).exists()
    ]


def anchors(text: str) -> set[str]:
    r"""Return the anchors of the headings, as code hosts make them.

    Example:
        >>> sorted(anchors("# One `two`, three!\n## Again\n## Again"))
        ['again', 'again-1', 'one-two-three']
    """
    found: set[str] = set()
    for match in HEADING.finditer(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match["text"]).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        unique, number = slug, 0
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found.add(unique)
    return found


def targets(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and target of every link and image outside of code."""
    for number, line in enumerate(blank_code(text).splitlines(), start=1):
        for pattern in (LINK, IMAGE):
            for match in pattern.finditer(line):
                yield number, match["target"]


def blank_code(text: str) -> str:
    """Return the text without code, with all its lines."""
    without = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
    return CODE.sub("", without)


def broken(path: Path) -> Iterator[str]:
    """Yield what is wrong with the links of one file."""
    text = path.read_text(encoding="utf-8")
    for number, target in targets(text):
        if ELSEWHERE.match(target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (path.parent / name) if name else path
        place = f"{path.relative_to(ROOT)}:{number}"
        if not file.exists():
            yield f"{place}: {target} does not exist"
        elif not file.resolve().is_relative_to(ROOT):
            yield f"{place}: {target} leads out of the workspace"
        elif anchor and file.suffix == ".md":
            if anchor not in anchors(file.read_text(encoding="utf-8")):
                yield f"{place}: {name or path.name} has no heading #{anchor}"


def main() -> int:
    """Check all files; return the exit status."""
    files = markdown_files()
    problems = [problem for path in files for problem in broken(path)]
    for problem in problems:
        sys.stderr.write(problem + "\n")
    sys.stdout.write(f"links: {len(files)} files, {len(problems)} broken links\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
