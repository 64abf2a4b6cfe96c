"""Loaders stay Django's and return compiled templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import Origin, TemplateDoesNotExist
from django.template.base import Template as DjangoTemplate
from django.template.loaders.base import Loader
from django.template.loaders.cached import Loader as CachedLoader
from django.template.loaders.filesystem import Loader as FilesystemLoader
from djust_templates import DjustTemplates
from djust_templates.template import Template


class OwnLoader(Loader):
    """Makes its templates itself."""

    def get_template_sources(self, template_name: str) -> list[Origin]:  # type: ignore[override]
        """Return one made-up place."""
        return [Origin(f"own:{template_name}", template_name, self)]

    def get_contents(self, origin: Origin) -> str:
        """Return the name in brackets."""
        return f"[{origin.template_name}]{{{{ x }}}}"

    def get_template(self, template_name: str, skip: object = None) -> DjangoTemplate:
        """Return a plain template of Django."""
        origin = self.get_template_sources(template_name)[0]
        return DjangoTemplate(self.get_contents(origin), origin, template_name, self.engine)


def on_disk(folder: Path) -> DjustTemplates:
    """Return a backend over a folder, with the loaders that Django chooses."""
    return DjustTemplates({"NAME": "d", "DIRS": [folder], "APP_DIRS": True, "OPTIONS": {}})


def test_loaders_keep_their_classes(tmp_path: Path) -> None:
    [cached] = on_disk(tmp_path).engine.template_loaders
    assert isinstance(cached, CachedLoader)
    assert isinstance(cached.loaders[0], FilesystemLoader)
    assert type(cached).__qualname__ == "Loader"


def test_a_template_is_compiled_once_until_the_reset(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("one")
    backend = on_disk(tmp_path)
    first = backend.get_template("a.html").template
    (tmp_path / "a.html").write_text("two")
    assert backend.get_template("a.html").template is first
    for loader in backend.engine.template_loaders:
        loader.reset()
    assert backend.get_template("a.html").render({}) == "two"


def test_includes_and_parents_follow_a_reset(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text("1{% block a %}{% endblock %}")
    (tmp_path / "part.html").write_text("p")
    page = "{% extends 'base.html' %}{% block a %}{% include 'part.html' %}{% endblock %}"
    backend = on_disk(tmp_path)
    template = backend.from_string(page)
    assert template.render({}) == "1p"
    (tmp_path / "base.html").write_text("2{% block a %}{% endblock %}")
    (tmp_path / "part.html").write_text("q")
    for loader in backend.engine.template_loaders:
        loader.reset()
    assert template.render({}) == "2q"


def test_a_template_may_extend_the_next_one_of_its_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "a.html").write_text("{% extends 'a.html' %}{% block a %}new{% endblock %}")
    (tmp_path / "two" / "a.html").write_text("old {% block a %}{% endblock %}")
    dirs = [tmp_path / "one", tmp_path / "two"]
    backend = DjustTemplates({"NAME": "d", "DIRS": dirs, "APP_DIRS": False, "OPTIONS": {}})
    assert backend.get_template("a.html").render({}) == "old new"
    assert backend.get_template("a.html").render({}) == "old new"


def test_a_template_that_extends_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{% extends 'a.html' %}")
    with pytest.raises(TemplateDoesNotExist) as caught:
        on_disk(tmp_path).get_template("a.html").render({})
    assert caught.value.tried[0][1] == "Skipped to avoid recursion"


def test_templates_of_a_loader_with_its_own_way_are_compiled() -> None:
    options = {"loaders": [f"{__name__}.OwnLoader"]}
    backend = DjustTemplates({"NAME": "o", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})
    template = backend.get_template("n")
    assert isinstance(template.template, Template)
    assert template.render({"x": "<"}) == "[n]&lt;"
