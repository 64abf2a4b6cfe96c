"""A project that a server serves in a thread of this process."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import uvicorn
from django.core.asgi import get_asgi_application
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.asgi import live_application

TIMEOUT_S = 60


@contextmanager
def serve(**views: type[LiveView]) -> Iterator[str]:
    """Serve views, each under its name, and return where."""
    urls = ModuleType("served_urls")
    urls.__dict__["urlpatterns"] = [path(f"{name}/", one.as_view()) for name, one in views.items()]
    sys.modules["served_urls"] = urls
    listener = socket.create_server(("127.0.0.1", 0))
    with override_settings(ROOT_URLCONF="served_urls", ALLOWED_HOSTS=["127.0.0.1"]):
        application: Any = live_application(get_asgi_application())
        config = uvicorn.Config(application, lifespan="off", log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _until_started(server)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(TIMEOUT_S)
            listener.close()
    assert not thread.is_alive()


def _until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not server.started:
        assert time.monotonic() < deadline, "The server never started."
        time.sleep(0.01)
