"""tools/workspace.py: packages, groups, versions."""

from __future__ import annotations

import pytest

from tools import workspace


def test_packages_come_after_the_siblings_they_need() -> None:
    names = list(workspace.packages())
    for package in workspace.packages().values():
        siblings, _ = workspace.split_siblings(package.dependencies)
        assert all(names.index(sibling) < names.index(package.name) for sibling in siblings)


def test_siblings_are_followed_all_the_way() -> None:
    assert workspace.with_siblings(["djust-presence"]) == [
        "djust-vdom",
        "djust-live",
        "djust-presence",
    ]
    assert set(workspace.with_siblings(["djust"])) == set(workspace.packages())


def test_groups_include_other_groups_once() -> None:
    table = {"a": ["x", {"include-group": "b"}, "y"], "b": ["y", "z"]}
    assert workspace.group("a", table) == ["x", "y", "z"]


def test_every_package_says_what_its_tests_need() -> None:
    document = workspace.read_toml(workspace.ROOT / "pyproject.toml")
    assert set(document["tool"]["djust"]["tests"]) == set(workspace.packages())


@pytest.mark.parametrize(
    ("python", "series"),
    [("3.10", ["5.2"]), ("3.11", ["5.2"]), ("3.12", ["5.2", "6.0", "6.1"])],
)
def test_django_series_follow_the_python(python: str, series: list[str]) -> None:
    assert [django.series for django in workspace.djangos(python)] == series


def test_ci_tests_every_python_and_every_django() -> None:
    sampled = {
        python: workspace.sampled_djangos(python) for python in workspace.supported_pythons()
    }
    assert all(sampled.values())
    found = {django.series for djangos in sampled.values() for django in djangos}
    assert found == {django.series for django in workspace.djangos()}


def test_versions_compare_as_numbers() -> None:
    assert workspace.version_pair("3.9") < workspace.version_pair("3.10.4")


def test_what_is_no_requirement_is_refused() -> None:
    with pytest.raises(ValueError, match="not a requirement"):
        workspace.requirement_name("==2")
