"""In DEBUG: a template that is saved is shown by open pages at once; they keep what they hold."""

from __future__ import annotations

import asyncio
import logging
import threading
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.template import autoreload

from djust_live import live_templates
from djust_live.joining import sessions
from djust_live.messages import Reload

logger = logging.getLogger(__name__)


class TemplateWatch:
    """A thread that looks at the folders of templates, if watchfiles is installed."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to look; the sessions are those of the running loop."""
        if find_spec("watchfiles") is None:
            logger.info("Templates are not watched: watchfiles is not installed.")
            return
        self._loop = asyncio.get_running_loop()
        self._stop.clear()
        threading.Thread(target=self._look, name="djust-templates", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _look(self) -> None:
        watch: Any = import_module("watchfiles").watch
        folders = [path for path in autoreload.get_template_directories() if path.is_dir()]
        for changes in watch(*folders, stop_event=self._stop, debounce=100, step=20):
            self.changed(len(changes))

    def changed(self, count: int = 1) -> None:
        """Forget compiled templates and let all pages render anew."""
        logger.info("%s templates changed", count)
        autoreload.reset_loaders()
        live_templates.reset_templates()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)


def tell() -> None:
    """Let all pages of this process render by the templates as they are now."""
    for session in sessions:
        session.post(Reload())


template_watch = TemplateWatch()
