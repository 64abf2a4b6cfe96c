"""The process that compiles and renders the templates of one group with both engines."""

from __future__ import annotations

import argparse
import importlib
import json
import random
import re
import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.template.backends.django import DjangoTemplates, get_installed_libraries
from django.test import RequestFactory
from django.utils.module_loading import import_string

from tools.conformance import application_groups, permissive

SUFFIXES = {".html", ".htm", ".txt", ".xml", ".js", ".svg", ".css", ".tpl", ".md", ".kml"}
RENDER_LIMIT_S = 20
PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "django.template.context_processors.i18n",
    "django.template.context_processors.static",
)


class NoMigrations(dict[str, None]):
    """Says of every application that its tables are made from its models."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


def configure(group: application_groups.Group) -> None:
    """Set Django up for the group."""
    apps = [*group.apps, *(a for a in application_groups.CONTRIB if a not in group.apps)]
    values: dict[str, Any] = {
        "SECRET_KEY": "compare",  # pragma: allowlist secret
        "INSTALLED_APPS": apps,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "MIGRATION_MODULES": NoMigrations(),
        "ROOT_URLCONF": "tools.conformance.application_urls",
        "STATIC_URL": "/static/",
        "MEDIA_URL": "/media/",
        "STATIC_ROOT": tempfile.gettempdir(),
        "MIDDLEWARE": list(group.middleware),
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": [*PROCESSORS, *group.processors]},
            }
        ],
        "SITE_ID": 1,
        "USE_TZ": True,
        "SILENCED_SYSTEM_CHECKS": [".*"],
        "LOGGING_CONFIG": None,
    }
    extra = dict(group.settings)
    if extra.pop("OSCAR_DEFAULTS", False):
        defaults = importlib.import_module("oscar.defaults")
        values.update({k: v for k, v in vars(defaults).items() if k.isupper()})
    values.update(extra)
    settings.configure(**values)
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False, skip_checks=True)


def template_names(packages: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield every template below the packages: its ``templates`` folder and its name."""
    for package in packages:
        for root in importlib.import_module(package).__path__:
            for folder in sorted(Path(root).rglob("templates")):
                for path in sorted(folder.rglob("*")):
                    if path.is_file() and path.suffix in SUFFIXES:
                        yield folder, str(path.relative_to(folder))


def same_random() -> None:
    """Let both engines see the same random numbers."""
    random.seed(0)
    generator = random.Random(0)  # noqa: S311 - equal, not secret
    secrets.choice = generator.choice


class Comparison:
    """Both engines over one ``templates`` folder after another."""

    def __init__(self, backend: type[DjangoTemplates]) -> None:
        self._backend = backend
        self._folder: Path | None = None
        self._engines: tuple[Any, ...] = ()
        libraries = get_installed_libraries()
        self._options = {"context_processors": list(PROCESSORS), "libraries": libraries}

    def _engines_of(self, folder: Path) -> tuple[Any, ...]:
        if folder != self._folder:
            self._folder = folder
            params = {"DIRS": [folder], "APP_DIRS": True, "OPTIONS": dict(self._options)}
            self._engines = tuple(
                backend({"NAME": "compare", **params})
                for backend in (DjangoTemplates, self._backend)
            )
        return self._engines

    def compare(self, folder: Path, name: str) -> dict[str, Any]:
        """Compile and render one template with both engines.

        Returns:
            ``kind`` is ``equal``, ``different`` or ``unsteady`` (Django differs from itself).
        """
        source = (folder / name).read_bytes().decode("utf-8", errors="replace")
        result: dict[str, Any] = {"name": name, "folder": str(folder), "kind": "equal"}
        engines = self._engines_of(folder)
        result["fallback"] = fallback_reason(engines[1], name)
        for mode in ("empty", "rich"):
            context = permissive.context_for(source) if mode == "rich" else {}
            first, again, ours = (
                outcome(engine, name, context) for engine in (engines[0], engines[0], engines[1])
            )
            result[mode] = "raises" if first.startswith("raises ") else "renders"
            if first != again:
                result["kind"] = "unsteady"
            elif first != ours:
                result.update(kind="different", mode=mode, **excerpt(first, ours))
                break
        return result


def outcome(engine: Any, name: str, context: dict[str, Any]) -> str:
    """Return the text that the engine renders, or the error, without memory addresses."""
    same_random()
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    user_model = import_string("django.contrib.auth.models.AnonymousUser")
    request.user = user_model()
    signal.alarm(RENDER_LIMIT_S)
    try:
        text = str(engine.get_template(name).render(dict(context), request))
    except Exception as error:  # noqa: BLE001 - the error is the result to compare
        text = f"raises {type(error).__module__}.{type(error).__qualname__}: {error}"
    finally:
        signal.alarm(0)
    return re.sub(r"0x[0-9a-f]{6,}", "0x", text)


def fallback_reason(engine: Any, name: str) -> str | None:
    """Return why Django's engine renders this template; ``None`` when ours does."""
    try:
        template = engine.get_template(name).template
    except Exception:  # noqa: BLE001 - that it does not compile is compared elsewhere
        return None
    return getattr(template, "fallback_reason", None)


def excerpt(expected: str, actual: str) -> dict[str, str]:
    """Return both texts around the first difference."""
    limit = min(len(expected), len(actual))
    at = next((i for i in range(limit) if expected[i] != actual[i]), limit)
    return {
        "expected": expected[max(0, at - 60) : at + 200],
        "actual": actual[max(0, at - 60) : at + 200],
    }


def time_out(*_: object) -> None:
    """End a render that takes too long."""
    raise TimeoutError("render takes too long")


def main() -> None:
    """Write one line of JSON for every template of the group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    group = application_groups.GROUPS[options.group]
    configure(group)
    permissive.answer_every_url()
    signal.signal(signal.SIGALRM, time_out)
    sys.setrecursionlimit(1000)
    comparison = Comparison(import_string(options.backend))
    with options.output.open("w", encoding="utf-8") as output:
        for folder, name in template_names(group.packages):
            print(json.dumps({"begin": name}), file=output, flush=True)
            print(json.dumps(comparison.compare(folder, name)), file=output, flush=True)


if __name__ == "__main__":
    main()
