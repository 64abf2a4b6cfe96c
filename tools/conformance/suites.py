"""The suites that are run, and the bar of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Suite:
    """A group of Django's tests with one bar.

    Attributes:
        name: How the command line and the tables call it.
        labels: Test labels as ``runtests.py`` takes them.
        bar_percent: The share of judging tests that must pass.
        replay: Replay filter-function calls instead of swapping the engine.
        plain: Render without Django's signals for tests, as in production.
        every_test: Count every test; otherwise only those that compile or render a template
            when Django's own engine runs them.
        unrelated: Labels of tests that are left out: none of them uses a template, and they take
            long.
    """

    name: str
    labels: tuple[str, ...]
    bar_percent: float
    replay: bool = False
    plain: bool = False
    every_test: bool = False
    unrelated: tuple[str, ...] = ()


SUITES = (
    Suite("template_tests", ("template_tests",), 100.0, every_test=True),
    Suite("filters", ("template_tests.filter_tests",), 100.0, replay=True, every_test=True),
    Suite("forms_tests", ("forms_tests",), 100.0),
    # While rendering sends signals, forms are printed by Django's Python.
    Suite("forms_plain", ("forms_tests", "model_forms"), 100.0, plain=True),
    Suite("humanize", ("humanize_tests",), 99.5),
    Suite("timezones", ("timezones",), 99.5),
    Suite("views", ("view_tests",), 99.5),
    Suite("generic_views", ("generic_views",), 99.5),
    Suite("messages", ("messages_tests",), 99.5),
    Suite("csrf", ("csrf_tests",), 99.5),
    Suite("client", ("test_client", "test_client_regress"), 99.5),
    Suite("pagination", ("pagination",), 99.5, every_test=True),
    Suite(
        "i18n",
        ("i18n",),
        99.5,
        unrelated=("i18n.test_extraction", "i18n.test_compilation"),
    ),
    Suite("staticfiles", ("staticfiles_tests",), 99.5),
    Suite("responses", ("shortcuts", "template_loader", "context_processors", "mail"), 99.5),
    Suite("contrib", ("syndication_tests", "sitemaps_tests", "flatpages_tests"), 99.5),
    Suite("model_forms", ("model_forms",), 99.5),
    Suite(
        "model_formsets",
        ("model_formsets", "model_formsets_regress", "inline_formsets"),
        99.5,
    ),
    Suite("admin_views", ("admin_views",), 99.5),
    Suite(
        "admin_parts",
        (
            "admin_changelist",
            "admin_inlines",
            "admin_widgets",
            "admin_utils",
            "admin_filters",
            "admin_docs",
            "admin_ordering",
            "admin_registration",
            "admin_checks",
            "admin_custom_urls",
            "admin_default_site",
            "admin_autodiscover",
        ),
        99.5,
    ),
    Suite("auth_tests", ("auth_tests",), 99.5, unrelated=("auth_tests.test_hashers",)),
)

ALWAYS = ("template_tests", "filters", "forms_tests", "forms_plain")


def not_judging() -> dict[str, str]:
    """Return the tests that judge neither output nor errors, each with the reason.

    They inspect classes inside Django's engine. ``not_judging.txt`` lists them.
    """
    reasons: dict[str, str] = {}
    reason = ""
    text = (Path(__file__).parent / "not_judging.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif line.strip():
            reasons[line.strip()] = reason
    return reasons
