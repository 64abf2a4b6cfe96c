"""A Firefox driven over WebDriver BiDi, as far as a smoke run needs it.

Playwright drives only a Firefox of its own making; Debian's speaks BiDi over a WebSocket by itself.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import threading
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import connect

START_TIMEOUT_S = 60
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class Files(SimpleHTTPRequestHandler):
    """Serves two folders, ``/src/`` and ``/harness/``, and says nothing."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def __init__(self, *args: Any, folders: dict[str, Path], **kwargs: Any) -> None:
        self._folders = folders
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        """Return the file that a path stands for."""
        top, _, rest = path.split("?")[0].lstrip("/").partition("/")
        folder = self._folders.get(top)
        return str(folder / rest) if folder else ""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Server:
    """The files of the client and of the harness, on a free port of this machine."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, folders=folders))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def executable() -> str:
    """Return the Firefox to test in; a missing one is an error, never a skipped test."""
    found = os.environ.get("DJUST_FIREFOX") or shutil.which("firefox-esr")
    if found is None:
        raise RuntimeError("Firefox is missing. Install it: sudo apt-get install -y firefox-esr")
    return found


class Firefox:
    """One headless Firefox with one page."""

    def __init__(self, executable: str, profile: Path) -> None:
        self._process = subprocess.Popen(
            [
                executable,
                "--headless",
                "--no-remote",
                "--profile",
                profile,
                "--remote-debugging-port",
                "0",
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self._numbers = itertools.count(1)
        self._stack = ExitStack()
        self._context = ""

    def __enter__(self) -> Firefox:
        with self._stack as stack:
            stack.callback(self._stop)
            self._socket = stack.enter_context(connect(f"{self._address()}/session", max_size=None))
            self._call("session.new", capabilities={})
            tree = self._call("browsingContext.getTree")
            self._context = tree["contexts"][0]["context"]
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if self._process.stderr:
            self._process.stderr.close()

    def _address(self) -> str:
        found: list[str] = []
        ready = threading.Event()

        def read() -> None:
            for line in self._process.stderr or ():
                if match := LISTENING.search(line):
                    found.append(match[1])
                    ready.set()

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        if not ready.wait(START_TIMEOUT_S):
            raise TimeoutError("Firefox does not listen.")
        return found[0]

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=300))
            if answer.get("id") != number:
                continue
            if answer["type"] == "error":
                raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
            return answer["result"]

    def open(self, url: str) -> None:
        """Load a page."""
        self._call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call an (async) function of the page with one argument; both ways as JSON."""
        result = self._call(
            "script.callFunction",
            functionDeclaration=f"async (text) => JSON.stringify(await ({function})(JSON.parse(text)))",
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"].get("value") or "null")
