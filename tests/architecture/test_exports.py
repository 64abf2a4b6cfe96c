"""Every public name is public in exactly one place."""

from __future__ import annotations

import importlib
from collections import defaultdict
from types import ModuleType

import pytest

from tools import workspace

META = "djust"
EVERYWHERE = {"__version__"}
LOWER = [name for name in workspace.packages() if name != META]


def module_of(package: str) -> ModuleType:
    return importlib.import_module(workspace.packages()[package].module)


def public_names(package: str) -> set[str]:
    return set(module_of(package).__all__) - EVERYWHERE


@pytest.mark.parametrize("package", workspace.packages())
def test_what_is_listed_exists_once(package: str) -> None:
    listed = module_of(package).__all__
    assert sorted(listed) == sorted(set(listed))
    assert [name for name in listed if not hasattr(module_of(package), name)] == []


@pytest.mark.parametrize("package", workspace.packages())
def test_listed_names_are_public(package: str) -> None:
    assert [name for name in public_names(package) if name.startswith("_")] == []


@pytest.mark.parametrize("package", workspace.packages())
def test_the_version_is_that_of_the_workspace(package: str) -> None:
    version = (workspace.ROOT / "VERSION").read_text().strip()
    assert module_of(package).__version__ == version


def test_no_name_is_exported_by_two_packages() -> None:
    owners = defaultdict(list)
    for package in LOWER:
        for name in public_names(package):
            owners[name].append(package)
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize("package", LOWER)
def test_classes_and_functions_come_from_their_own_package(package: str) -> None:
    module = module_of(package)
    found = {
        name: origin
        for name in public_names(package)
        if isinstance(origin := getattr(getattr(module, name), "__module__", None), str)
        and origin.split(".")[0] != module.__name__
    }
    assert found == {}


def test_the_meta_package_exports_only_what_others_own() -> None:
    meta = module_of(META)
    owned = {name: module_of(package) for package in LOWER for name in public_names(package)}
    foreign = [name for name in public_names(META) if name not in owned]
    assert foreign == []
    assert [n for n in public_names(META) if getattr(meta, n) is not getattr(owned[n], n)] == []
