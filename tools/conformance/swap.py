"""Put a template backend in the place of Django's own engine, inside a test process.

Django's tests reach the engine in three ways: through ``TEMPLATES`` and the form renderer (a
backend), through ``django.template.Engine`` and through ``django.template.Template``. All three
are replaced here, so that what a test compiles or renders goes through the backend under test.
With Django's own backend the same replacement must change nothing: that is how it proves itself.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import django.forms.renderers
import django.template
import django.template.engine
import django.template.loaders.app_directories
import django.template.loaders.cached
import django.template.loaders.locmem
import django.template.response
import django.template.utils
import django.test.utils
import django.views.debug
from django.core.exceptions import ImproperlyConfigured
from django.template.backends.django import DjangoTemplates
from django.template.backends.django import Template as DjangoBackendTemplate
from django.template.base import Template as DjangoTemplate
from django.template.context import Context
from django.template.engine import Engine as DjangoEngine
from django.utils.module_loading import import_string

DJANGO_BACKEND = "django.template.backends.django.DjangoTemplates"


class Usage:
    """What the running test did with templates.

    Attributes:
        seen: It compiled or rendered one.
        calls: Number of filter calls replayed through both engines.
        differences: One text for each replayed call where the engines disagreed.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin a new test."""
        self.seen = False
        self.calls = 0
        self.differences: list[str] = []

    def watch(self, owner: type, name: str) -> None:
        """Set ``seen`` on every call of ``owner.name``."""
        original = getattr(owner, name)

        @functools.wraps(original)
        def noted(*args: Any, **kwargs: Any) -> Any:
            self.seen = True
            return original(*args, **kwargs)

        setattr(owner, name, noted)


usage = Usage()


def bare(backend: type[DjangoTemplates]) -> type[DjangoTemplates]:
    """Return ``backend`` without the tag libraries of installed applications.

    ``Engine(libraries=…)`` knows the given libraries only, and its error messages list them.
    """

    class BareBackend(backend):  # type: ignore[misc, valid-type]
        def get_templatetag_libraries(self, custom_libraries: dict[str, str]) -> dict[str, str]:
            return custom_libraries

    return BareBackend


def install(backend_path: str) -> None:
    """Replace Django's engine by the backend with this dotted path.

    Args:
        backend_path: A ``TEMPLATES`` backend; Django's own is allowed and changes nothing.
    """
    backend: type[DjangoTemplates] = import_string(backend_path)
    engine, template = replacements(backend)

    _replace_backend_of_settings(backend_path)
    django.forms.renderers.DjangoTemplates.backend = backend
    django.template.Template = template  # type: ignore[assignment, misc]
    django.template.Engine = engine  # type: ignore[misc]
    django.template.engine.Engine = engine  # type: ignore[misc]
    for name, module in list(sys.modules.items()):
        if name.startswith("django.views.") and getattr(module, "Engine", None) is DjangoEngine:
            module.Engine = engine  # type: ignore[attr-defined]
    django.views.debug.DEBUG_ENGINE = engine(
        debug=True, libraries={"i18n": "django.templatetags.i18n"}
    )
    _watch(backend)


def _replace_backend_of_settings(backend_path: str) -> None:
    """Make every ``TEMPLATES`` entry with Django's backend build the given one."""

    def import_backend(path: str) -> Any:
        return import_string(backend_path if path == DJANGO_BACKEND else path)

    vars(django.template.utils)["import_string"] = import_backend


def _watch(backend: type[DjangoTemplates]) -> None:
    """Note every use of either engine."""
    usage.watch(DjangoTemplate, "__init__")
    usage.watch(DjangoTemplate, "render")
    usage.watch(backend, "get_template")
    usage.watch(backend, "from_string")


def named(backend: Any, source: str, origin: Any, name: str | None) -> Any:
    """Return a template of ``backend`` from text that knows its name and origin."""
    if name is None and origin is None:
        return backend.from_string(source)
    if is_django(type(backend)):
        template = DjangoTemplate(source, origin, name, engine=backend.engine)
        return DjangoBackendTemplate(template, backend)
    return backend.from_string(source, origin=origin, name=name)


def is_django(backend: type) -> bool:
    """Return whether this is Django's own backend, in the stand-in for bare engines or not."""
    modules = [base.__module__.partition(".")[0] for base in backend.__mro__]
    return set(modules) <= {"django", "tools", "builtins"}


def replacements(backend: type[DjangoTemplates]) -> tuple[type[DjangoEngine], type]:
    """Return stand-ins for Django's ``Engine`` and ``Template`` that use ``backend``."""
    bare_backend = bare(backend)

    class SwappedTemplate:
        """What ``Engine.from_string`` and ``Engine.get_template`` give out."""

        def __init__(
            self,
            template_string: Any,
            origin: Any = None,
            name: str | None = None,
            engine: Any = None,
        ) -> None:
            if engine is None:
                engine = SwappedEngine.get_default()
            self.engine = engine
            self.backend_template = named(engine.backend, str(template_string), origin, name)

        @classmethod
        def wrap(cls, backend_template: Any, engine: Any) -> SwappedTemplate:
            self = cls.__new__(cls)
            self.engine = engine
            self.backend_template = backend_template
            return self

        @property
        def origin(self) -> Any:
            return self.backend_template.origin

        @property
        def template(self) -> Any:
            return self.backend_template.template

        @property
        def name(self) -> Any:
            return self._inner.name

        @property
        def _inner(self) -> Any:
            return getattr(self.backend_template, "template", self.backend_template)

        def __getattr__(self, name: str) -> Any:
            if name in {"backend_template", "_inner"}:
                raise AttributeError(name)
            return getattr(self._inner, name)

        def __repr__(self) -> str:
            return repr(self._inner)

        def render(self, context: Any) -> Any:
            if is_django(backend):
                return self._inner.render(context)
            return self.backend_template.render(context)

    class SwappedEngine(DjangoEngine):
        """Django's ``Engine`` with compiling and rendering done by the backend."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            names = DjangoEngine.__init__.__code__.co_varnames[1:]
            options = {**dict(zip(names, args)), **kwargs}  # noqa: B905 - fewer args than names
            params = {
                "NAME": "swapped",
                "DIRS": options.pop("dirs", None) or [],
                "APP_DIRS": options.pop("app_dirs", False),
                "OPTIONS": {"debug": False, **options},
            }
            params["OPTIONS"]["libraries"] = options.get("libraries") or {}
            self._share(bare_backend(params))

        def _share(self, configured: Any) -> None:
            # Tests look at the loaders and options of the engine that they made.
            self.__dict__ = configured.engine.__dict__
            self.backend = configured

        @classmethod
        def around(cls, configured: Any) -> SwappedEngine:
            self = cls.__new__(cls)
            self._share(configured)
            return self

        @staticmethod
        @functools.lru_cache
        def get_default() -> Any:
            for configured in django.template.engines.all():
                if isinstance(configured, (DjangoTemplates, backend)):
                    return SwappedEngine.around(configured)
            raise ImproperlyConfigured("No DjangoTemplates backend is configured.")

        def find_template_loader(self, loader: Any) -> Any:
            return self.backend.engine.find_template_loader(loader)

        def from_string(self, template_code: Any) -> Any:
            return SwappedTemplate.wrap(self.backend.from_string(template_code), self)

        def get_template(self, template_name: str) -> Any:
            return SwappedTemplate.wrap(self.backend.get_template(template_name), self)

        def render_to_string(self, template_name: Any, context: Any = None) -> Any:
            choose: Callable[[Any], Any] = (
                self.select_template
                if isinstance(template_name, (list, tuple))
                else self.get_template
            )
            template = choose(template_name)
            if not isinstance(context, Context):
                context = Context(context, autoescape=self.autoescape)
            return template.render(context)

    SwappedEngine.__name__ = SwappedEngine.__qualname__ = "Engine"  # tests look at the repr
    return SwappedEngine, SwappedTemplate
