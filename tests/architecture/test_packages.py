"""Every package has the parts that a reader and an installer look for."""

from __future__ import annotations

import subprocess

import pytest

from tools import workspace


@pytest.fixture(params=list(workspace.packages()))
def package(request: pytest.FixtureRequest) -> workspace.Package:
    return workspace.packages()[request.param]


def test_readme_says_more_than_the_name(package: workspace.Package) -> None:
    text = (package.path / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {package.name}\n")
    assert len(text.split()) > 30


def test_licence_is_that_of_the_workspace(package: workspace.Package) -> None:
    assert (package.path / "LICENSE").read_text() == (workspace.ROOT / "LICENSE").read_text()


def test_types_are_published(package: workspace.Package) -> None:
    assert (package.path / "src" / package.module / "py.typed").is_file()


def test_native_module_has_its_types(package: workspace.Package) -> None:
    stub = package.path / "src" / package.module / "_native.pyi"
    assert stub.is_file() == package.native


def test_it_has_tests(package: workspace.Package) -> None:
    assert list((package.path / "tests").rglob("test_*.py"))


def test_supported_pythons_are_those_of_the_workspace(package: workspace.Package) -> None:
    assert package.project["requires-python"] == f">={workspace.supported_pythons()[0]}"


def test_changes_of_rust_files_are_seen(package: workspace.Package) -> None:
    if package.native:
        document = workspace.read_toml(package.path / "pyproject.toml")
        keys = {entry["file"] for entry in document["tool"]["uv"]["cache-keys"]}
        assert {"rust/**/*.rs", "../../crates/**/*.rs", "../../Cargo.lock"} <= keys


def tracked() -> list[str]:
    answer = subprocess.run(
        ["git", "ls-files"], cwd=workspace.ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.splitlines()


def test_no_lock_file_names_where_packages_came_from() -> None:
    assert "uv.lock" not in tracked()
    lock = (workspace.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved": "http' not in lock
    assert "://" not in (workspace.ROOT / "constraints.txt").read_text(encoding="utf-8")


def test_what_is_built_is_not_committed() -> None:
    assert [name for name in tracked() if name.endswith((".so", ".whl", ".pyc"))] == []
    assert [name for name in tracked() if "/static/djust/dist/" in name] == []
