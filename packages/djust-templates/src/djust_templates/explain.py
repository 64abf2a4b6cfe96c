"""What is known of a template's HTML before it is rendered: holes, blocks, textual regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from djust_templates import _native
from djust_templates.template import Template

if TYPE_CHECKING:
    from djust_templates.backend import BackendTemplate
from djust_templates.finder import Finder


@dataclass(frozen=True)
class Line:
    """A hole, a block or a textual region of a page.

    Attributes:
        depth: How many blocks are around it.
        kind: ``block`` for a tag whose bodies start and end where it stands; ``text``,
            ``attribute``, ``attributes`` (it decides which ones there are), ``comment`` or
            ``raw text`` for something printed there; ``textual`` for a region that is rendered to
            text, and parsed when that text has changed.
        place: The element around it, and an attribute behind ``@``.
        template: The name of the template that it stands in.
        line: Its line there, counted from 1.
        source: The tag, or the first line of text, that the line is about.
        reads: What it looks up in the context, such as ``row.name``.
        reason: Why a region is textual.
    """

    depth: int
    kind: str
    place: str
    template: str
    line: int
    source: str
    reads: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True)
class Explanation:
    """What :func:`explain` finds.

    Attributes:
        lines: In the order of the page; empty when nothing is known.
        unknown: Why nothing is known.
    """

    lines: tuple[Line, ...]
    unknown: str | None = None

    def count(self, kind: str) -> int:
        """Return how many lines are of ``kind``."""
        return sum(line.kind == kind for line in self.lines)


def explain(template: BackendTemplate) -> Explanation:
    """Return the holes, blocks and textual regions of a template.

    Parents and included templates count as parts of the page when their names are written in the
    template; an include whose name is a variable counts as something printed.

    Args:
        template: A template of a ``djust_templates.DjustTemplates`` backend.

    Example:
        >>> explain(engine.from_string("<p>{{ name }}</p>")).lines[0].place
        'p'
    """
    compiled = template.template
    if isinstance(compiled, Template) and compiled.fallback_reason is not None:
        text = f"Django's engine renders the whole template: {compiled.fallback_reason}"
        return Explanation((), text)

    found = _native.explain(compiled, Finder(compiled))
    if found is None:
        return Explanation((), "The name of its parent template is known only when it renders.")
    templates, rows = found
    lines = []
    for depth, kind, place, reason, number, line, start, end, reads in rows:
        part = templates[number]
        source = part.source[start:end].strip().partition("\n")[0]
        name = str(part.name or part.origin)
        lines.append(Line(depth, kind, place, name, line, source, tuple(reads), reason))
    return Explanation(tuple(lines))
