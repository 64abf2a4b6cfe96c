"""tools/versions.py: one version, repeated in step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import versions

COPIED = ("VERSION", "Cargo.toml", "Cargo.lock", "QUICKSTART.md")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a copy of everything in this workspace that carries the version."""
    for name in COPIED:
        shutil.copy(versions.ROOT / name, tmp_path / name)
    for pattern in (
        "packages/*/pyproject.toml",
        "packages/*/src/*/__init__.py",
        "packages/*/rust/Cargo.toml",
        "crates/*/Cargo.toml",
    ):
        for source in versions.ROOT.glob(pattern):
            target = tmp_path / source.relative_to(versions.ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return tmp_path


def messages(root: Path) -> str:
    return "\n".join(str(problem) for problem in versions.check(root))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_this_workspace_is_in_step() -> None:
    assert messages(versions.ROOT) == ""


@pytest.mark.parametrize(
    ("pep440", "expected"),
    [
        ("2.0.0", "2.0.0"),
        ("2.0.0a1", "2.0.0-alpha.1"),
        ("2.10.3b12", "2.10.3-beta.12"),
        ("2.0.0rc1", "2.0.0-rc.1"),
        ("2.0.0.dev4", "2.0.0-dev.4"),
        ("2.0.0a1.dev4", "2.0.0-alpha.1.dev.4"),
    ],
)
def test_semver_follows_pep_440(pep440: str, expected: str) -> None:
    assert versions.semver(pep440) == expected


@pytest.mark.parametrize("version", ["2.0", "2.0.0.post1", "1!2.0.0", "2.0.0+local", "", "v2.0.0"])
def test_a_version_without_semver_counterpart_is_refused(workspace: Path, version: str) -> None:
    before = (workspace / "VERSION").read_text()
    with pytest.raises(versions.VersionsError, match="is not MAJOR"):
        versions.set_version(workspace, version)
    assert (workspace / "VERSION").read_text() == before


def test_set_reaches_every_place(workspace: Path) -> None:
    old = (workspace / "VERSION").read_text().strip()
    versions.set_version(workspace, "7.8.9rc3")
    assert messages(workspace) == ""
    assert (workspace / "VERSION").read_text() == "7.8.9rc3\n"
    for path in workspace.rglob("pyproject.toml"):
        assert old not in path.read_text()
    assert versions.semver(old) not in (workspace / "Cargo.toml").read_text()


def test_set_touches_no_third_party_version_in_the_lock_file(workspace: Path) -> None:
    def third_party() -> list[str]:
        packages = versions.read_toml(workspace / "Cargo.lock")["package"]
        return [f"{p['name']} {p['version']}" for p in packages if "source" in p]

    before = third_party()
    versions.set_version(workspace, "7.8.9")
    assert third_party() == before


def test_a_package_of_another_version_is_named(workspace: Path) -> None:
    path = workspace / "packages/djust-live/pyproject.toml"
    edit(path, 'version = "', 'version = "9')
    assert "packages/djust-live/pyproject.toml: version is" in messages(workspace)


@pytest.mark.parametrize("spec", [">=1", "", "==1.0.0", "~=2.0"])
def test_a_loose_sibling_pin_is_named(workspace: Path, spec: str) -> None:
    version = (workspace / "VERSION").read_text().strip()
    path = workspace / "packages/djust-live/pyproject.toml"
    edit(path, f'"djust-vdom=={version}"', f'"djust-vdom{spec}"')
    assert f"dependencies: 'djust-vdom{spec}' must pin" in messages(workspace)


def test_a_loose_pin_in_an_extra_is_named(workspace: Path) -> None:
    version = (workspace / "VERSION").read_text().strip()
    path = workspace / "packages/djust/pyproject.toml"
    edit(path, f'"djust-live[redis]=={version}"', '"djust-live[redis]"')
    assert "optional-dependencies.redis: 'djust-live[redis]' must pin" in messages(workspace)


def test_a_sibling_without_workspace_source_is_named(workspace: Path) -> None:
    path = workspace / "packages/djust/pyproject.toml"
    edit(path, "djust-uploads = { workspace = true }\n", "")
    assert "djust-uploads needs" in messages(workspace)


def test_a_crate_with_its_own_version_is_named(workspace: Path) -> None:
    path = workspace / "crates/djust-html/Cargo.toml"
    edit(path, "version.workspace = true", 'version = "0.1.0"')
    assert "crates/djust-html/Cargo.toml: needs 'version.workspace = true'" in messages(workspace)


def test_a_stale_lock_file_is_named(workspace: Path) -> None:
    version = versions.semver((workspace / "VERSION").read_text().strip())
    edit(workspace / "Cargo.lock", f'version = "{version}"', 'version = "0.0.1"')
    assert "Cargo.lock: djust-html is 0.0.1" in messages(workspace)


def test_a_module_of_another_version_is_named(workspace: Path) -> None:
    path = workspace / "packages/djust-vdom/src/djust_vdom/__init__.py"
    edit(path, '__version__ = "', '__version__ = "9')
    assert "djust_vdom/__init__.py: names 9" in messages(workspace)


def test_a_module_without_a_version_is_named(workspace: Path) -> None:
    path = workspace / "packages/djust-vdom/src/djust_vdom/__init__.py"
    edit(path, "__version__ = ", "_version = ")
    assert "djust_vdom/__init__.py: names no version" in messages(workspace)


def test_a_quickstart_for_another_version_is_named(workspace: Path) -> None:
    edit(workspace / "QUICKSTART.md", '"djust==', '"djust==1')
    assert "QUICKSTART.md: names 1" in messages(workspace)
