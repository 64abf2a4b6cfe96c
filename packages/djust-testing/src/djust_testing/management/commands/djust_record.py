"""``manage.py djust_record``: serve the project, and write down what is done in the browser."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from djust_testing.recording import Recorder
from djust_testing.transcript import as_pytest


class Command(BaseCommand):
    """Serve with uvicorn until Ctrl+C, then write a test that does the same again."""

    help = "Record a visit in a browser as a pytest file: docs/reference/commands.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the port."""
        parser.add_argument("file", help="the test to write; it must not exist yet")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, then write."""
        path = Path(options["file"])
        if path.exists():
            raise CommandError(f"{path} exists; name another file.")
        application = getattr(settings, "ASGI_APPLICATION", None)
        if not application:
            raise CommandError("Set ASGI_APPLICATION: djust_record serves what it names.")
        recorder = Recorder(import_string(application))
        self.stdout.write(
            f"Use http://127.0.0.1:{options['port']}/ in a browser; Ctrl+C writes {path}."
        )
        self.serve(recorder, options["port"])
        self._write(path, recorder)

    def serve(self, application: Any, port: int) -> None:
        """Serve until Ctrl+C."""
        if find_spec("uvicorn") is None:
            raise CommandError('djust_record needs uvicorn: pip install "uvicorn[standard]".')
        try:
            import_module("uvicorn").run(
                application, host="127.0.0.1", port=port, log_level="warning"
            )
        except KeyboardInterrupt:
            return  # uvicorn has closed everything, and passes it on

    def _write(self, path: Path, recorder: Recorder) -> None:
        visits = recorder.visits
        if not any(visit.steps for visit in visits):
            raise CommandError("Nothing was done on a live page, so nothing is written.")
        text = as_pytest(visits, has_database=find_spec("pytest_django") is not None)
        path.write_text(text, encoding="utf-8")
        steps = sum(len(visit.steps) for visit in visits)
        self.stdout.write(f"{path}: {steps} step{'' if steps == 1 else 's'}.")
