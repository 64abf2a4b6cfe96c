"""What is changed, which tests are to notice, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.workspace import ROOT, read_toml

RUN = ROOT / ".run" / "mutation"
# The same changes in every run, so that two figures can be compared.
_SEED = 1


@dataclass(frozen=True)
class Target:
    """Modules and the tests that are to notice their changes.

    Attributes:
        folder: Of a package or a crate, below the root.
        modules: The files, below the folder; all in one language.
        tests: The files, below the folder; none for Rust, where all tests of the crate are run.
        floor: Percent of the changes that must be noticed.
        sample: How many changes are tried; 0: all.
    """

    folder: str
    modules: tuple[str, ...]
    floor: int
    tests: tuple[str, ...] = ()
    sample: int = 0

    @property
    def path(self) -> Path:
        """The folder."""
        return ROOT / self.folder

    @property
    def language(self) -> str:
        """The suffix of the modules, which says what tool changes them."""
        return Path(self.modules[0]).suffix

    def chosen(self, changes: Iterable[str]) -> list[str]:
        """Return the changes to try, in their order."""
        known = list(changes)
        if not self.sample or len(known) <= self.sample:
            return known
        chance = random.Random(_SEED)  # noqa: S311 - no secret
        kept = set(chance.sample(range(len(known)), self.sample))
        return [change for index, change in enumerate(known) if index in kept]


@dataclass(frozen=True)
class Score:
    """What became of the changes of one target.

    Attributes:
        noticed: By a test that failed, or that ended no more.
        tried: All that were tried.
        known: All that there are; more than were tried where a sample was.
        survivors: What no test noticed, for the reader.
    """

    noticed: int
    tried: int
    known: int
    survivors: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        """The share that was noticed."""
        return 100 * self.noticed / self.tried if self.tried else 100.0


Measure = Callable[[Target, Path], Score]


def targets() -> dict[str, Target]:
    """Return the targets that the root ``pyproject.toml`` names."""
    table = read_toml(ROOT / "pyproject.toml")["tool"]["djust"]["mutation"]
    return {
        name: Target(
            folder=one["folder"],
            modules=tuple(one["modules"]),
            tests=tuple(one.get("tests", ())),
            floor=one["floor"],
            sample=one.get("sample", 0),
        )
        for name, one in table.items()
    }
