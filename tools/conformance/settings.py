"""Settings of a test process: Django's own for its tests, with a runner that records."""

from __future__ import annotations

import importlib

# The module lies in the folder of Django's tests, which only a test process has on its path.
_own = importlib.import_module("test_sqlite")
globals().update({name: value for name, value in vars(_own).items() if name.isupper()})

TEST_RUNNER = "tools.conformance.recording.RecordingRunner"
