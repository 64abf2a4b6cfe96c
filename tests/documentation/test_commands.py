"""The commands that the documents tell people to type exist."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache

import pytest

from tools import links, workspace

DEV = re.compile(r"\./dev (\w+)")
MAKE = re.compile(r"(?m)(?:^\$ |`)make ([a-z-]+)")
NOX = re.compile(r"nox -s (\"[^\"]+\"|[\w.()-]+)")
TAG = re.compile(r"nox -t ([\w-]+)")


def documents() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in links.markdown_files())


@cache
def nox_listing() -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "nox", "--list"],
        cwd=workspace.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout


@pytest.mark.parametrize("command", sorted(set(DEV.findall(documents()))))
def test_dev_knows_the_command(command: str) -> None:
    source = (workspace.ROOT / "dev").read_text(encoding="utf-8")
    assert f'add_parser("{command}"' in source


@pytest.mark.parametrize("verb", sorted(set(MAKE.findall(documents()))))
def test_the_makefile_has_the_verb(verb: str) -> None:
    text = (workspace.ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"(?m)^{verb}:", text)


@pytest.mark.parametrize("session", sorted({s.strip('"') for s in NOX.findall(documents())}))
def test_nox_has_the_session(session: str) -> None:
    # Which Pythons there are depends on the machine, that there is a session for each does not.
    pattern = re.sub(r"tests-3\\\.\d+", r"tests-3\\.\\d+", re.escape(session))
    assert re.search(rf"(?m)^[-*] {pattern}(?: |$)", nox_listing())


@pytest.mark.parametrize("tag", sorted(set(TAG.findall(documents()))))
def test_nox_has_the_tag(tag: str) -> None:
    assert re.search(rf"(?m)\[(?:[^\]]*,)?{re.escape(tag)}(?:,[^\]]*)?\]", nox_listing())


def test_every_session_says_what_it_does() -> None:
    sessions = [line for line in nox_listing().splitlines() if line.startswith(("- ", "* "))]
    assert sessions
    assert [line for line in sessions if " -> " not in line] == []


def test_every_verb_of_the_makefile_is_explained() -> None:
    text = (workspace.ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"(?m)^([a-z-]+):", text))
    assert verbs == set(re.findall(r"(?m)^([a-z-]+):.*## \w", text))
