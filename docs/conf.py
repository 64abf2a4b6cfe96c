"""Builds the documentation as a site: `./dev nox -s docs`.

The source folder is the repository, because the documents at its root and those of the packages
belong to the site. They stay plain Markdown that code hosts show: what only Sphinx needs, such as
the table of contents, is added here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

project = "djust"
author = "the djust contributors"
release = version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/*/*.md",
    "packages/*/README.md",
    "examples/*/README.md",
    "crates/*/README.md",
]
html_theme = "furo"
html_title = f"djust {release}"
myst_heading_anchors = 4

# Caption -> the documents below it.
CONTENTS = {
    "Start": ["README.md", "QUICKSTART.md", "docs/tutorial/*.md", "docs/STATE_MANAGEMENT_API.md"],
    "Guides": ["docs/guides/*.md"],
    "Reference": ["docs/reference/*.md"],
    "Packages": ["packages/*/README.md", "crates/*/README.md", "examples/*/README.md"],
    "Inside": ["docs/architecture.md", "docs/adr/*.md"],
    "Contributing": [
        "CONTRIBUTING.md",
        "DEVELOPMENT_PROCESS.md",
        "docs/PULL_REQUEST_CHECKLIST.md",
        "SECURITY.md",
        "CHANGELOG.md",
    ],
}


def documents(patterns: list[str]) -> list[str]:
    """Return the names that Sphinx has for the files of some patterns."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return [path.relative_to(ROOT).with_suffix("").as_posix() for path in paths]


def contents() -> str:
    """Return the table of contents as MyST writes it."""
    blocks = [
        "\n".join(
            [
                "```{toctree}",
                ":hidden:",
                f":caption: {caption}",
                "",
                *(f"/{name}" for name in documents(patterns)),
                "```",
            ]
        )
        for caption, patterns in CONTENTS.items()
    ]
    return "\n\n" + "\n\n".join(blocks) + "\n"


def adapt(app: Any, name: str, source: list[str]) -> None:
    """Add what only the site needs to the text of a document."""
    # A folder is a link for code hosts; on the site its README is what is meant.
    folder = ROOT / Path(f"{name}.md").parent
    source[0] = re.sub(
        r"\]\(([\w./-]+/)\)",
        lambda link: (
            f"]({link[1]}README.md)" if (folder / link[1] / "README.md").exists() else link[0]
        ),
        source[0],
    )
    if name == root_doc:
        source[0] += contents()


def setup(app: Any) -> dict[str, Any]:
    """Plug in."""
    app.connect("source-read", adapt)
    return {"parallel_read_safe": True}
