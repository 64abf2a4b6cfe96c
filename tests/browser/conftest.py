"""Fixtures that every browser suite shares: one Chromium a run, one clean context a test.

Playwright's sync API keeps an event loop in this thread, so code that asks Django's ORM directly
would be told that it runs in an async context: let the server under test be a process of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

# Chromium reads the last ``--disable-features`` alone, so what Playwright switches off for its own
# sake is said again here.
DISABLED_BY_PLAYWRIGHT = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
]
# Every context has a window of its own, even without a screen. The pop-ups of its address bar are
# pages, each with a process, and cost more than most tests.
UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join([*DISABLED_BY_PLAYWRIGHT, *UNSEEN])}",
]
# How long a test waits for what must come: no bar for speed, but the sign that it never will. Beside
# other work a page of a thousand rows takes many times as long as alone.
TIMEOUT_S = 60.0
TIMEOUT_MS = TIMEOUT_S * 1000

expect.set_options(timeout=TIMEOUT_MS)


def chromium_path() -> Path:
    """Return the browser to drive: ``$DJUST_CHROMIUM``, else Debian's Chromium.

    Raises:
        pytest.UsageError: There is no such file. Never a skip: a suite that does not run proves
            nothing.
    """
    named = os.environ.get("DJUST_CHROMIUM")
    found = named or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        raise pytest.UsageError(
            f"No Chromium at {found}. Install it with: sudo apt-get install -y chromium\n"
            "or set DJUST_CHROMIUM to the path of another one."
        )
    return Path(found)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole run."""
    executable = chromium_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(executable), args=CHROMIUM_ARGUMENTS, headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser context of its own for each test: no shared cookies, storage or cache."""
    made = browser.new_context(viewport={"width": 1024, "height": 768})
    made.set_default_timeout(TIMEOUT_MS)
    yield made
    made.close()


@pytest.fixture
def page_errors() -> list[str]:
    """What the page of this test threw or reported as an error.

    The ``page`` fixture fills it and fails the test when anything is left in it at the end. A test
    that means to cause errors looks at the list and then clears it.
    """
    return []


@pytest.fixture
def page(context: BrowserContext, page_errors: list[str]) -> Iterator[Page]:
    """A page whose uncaught exceptions and policy violations fail the test."""
    made = context.new_page()

    def report_exception(error: Error) -> None:
        page_errors.append(f"exception: {error}")

    def report_violation(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "TrustedHTML" in message.text:
            page_errors.append(f"policy: {message.text}")

    made.on("pageerror", report_exception)
    made.on("console", report_violation)
    yield made
    assert page_errors == []
