"""The familiar names lead to the packages that own them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import djust
import djust_live
import pytest
from djust import mixins
from djust._optional import require

OPTIONAL = {
    "djust.presence": "djust_presence",
    "djust.streaming": "djust_streaming",
    "djust.testing": "djust_testing",
    "djust.uploads": "djust_uploads",
}
# Modules under their familiar names, for what djust-live and Django own.
SHIMS = [
    *("asgi", "auth", "checks", "component", "decorators", "errors", "extensions", "forms"),
    *("live_view", "routing", "tenants", "websocket"),
]


@pytest.mark.parametrize("name", [name for name in djust.__all__ if name != "__version__"])
def test_a_name_is_the_object_of_djust_live(name: str) -> None:
    assert getattr(djust, name) is getattr(djust_live, name)


@pytest.mark.parametrize("module", SHIMS)
def test_a_familiar_module_offers_the_objects_of_its_owners(module: str) -> None:
    shim = importlib.import_module(f"djust.{module}")
    owners = [djust_live, importlib.import_module(f"djust_live.{module}")]
    assert shim.__all__
    for name in shim.__all__:
        assert any(getattr(owner, name, None) is getattr(shim, name) for owner in owners)


@pytest.mark.parametrize("name", mixins.__all__)
def test_a_mixin_is_the_object_of_its_package(name: str) -> None:
    owners = ["djust.forms", "djust.tenants", "djust.auth", *OPTIONAL]
    found = [getattr(importlib.import_module(owner), name, None) for owner in owners]
    assert getattr(mixins, name) in found
    assert name in dir(mixins)


def test_a_mixin_of_a_package_that_is_not_there_says_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(mixins._HOMES, "UploadMixin", ("not_there", "djust-uploads"))
    with pytest.raises(ImportError, match="pip install djust-uploads"):
        mixins.UploadMixin  # noqa: B018 - reading it is the test
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        mixins.missing  # noqa: B018 - the same


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        djust.missing  # noqa: B018 - reading it is the test


def test_dir_lists_names_before_they_are_used() -> None:
    program = "import djust; assert 'LiveView' in dir(djust)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_import_is_cheap() -> None:
    program = (
        "import sys, djust; assert not {'django', 'channels', 'djust_live'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(("module", "owner"), OPTIONAL.items())
def test_an_optional_module_offers_what_its_package_exports(module: str, owner: str) -> None:
    shim, package = importlib.import_module(module), importlib.import_module(owner)
    assert package.__all__
    for name in package.__all__:
        assert getattr(shim, name) is getattr(package, name)


def test_a_missing_package_is_named_with_the_line_that_installs_it() -> None:
    with pytest.raises(ImportError, match="Install it with: pip install djust-nothing"):
        require("djust_nothing", "djust-nothing")


def test_an_import_that_fails_inside_an_optional_package_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "djust_broken.py").write_text("import djust_needs_this\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="djust_needs_this"):
        require("djust_broken", "djust-broken")
