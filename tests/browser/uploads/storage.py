"""A place that takes files from browsers of another origin, as S3 does."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class Storage:
    """Takes what is put or posted to it; paths below ``/forbidden/`` it refuses.

    Attributes:
        url: Where it listens.
        taken: Method and body by path.
    """

    def __init__(self) -> None:
        self.taken: dict[str, tuple[str, bytes]] = {}
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self._answer(204)

            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.startswith("/forbidden/"):
                    self._answer(403)
                    return
                taken[self.path] = (self.command, body)
                self._answer(200)

            do_POST = do_PUT

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
                self.send_header("Access-Control-Allow-Methods", "PUT, POST")
                self.send_header("Access-Control-Allow-Headers", "*")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Storage:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
