"""The process that runs Django's tests: swap the engine, then Django's own ``runtests.py``."""

from __future__ import annotations

import argparse
import faulthandler
import os
import runpy
import signal
import sys

import django.test.utils
from django.template.base import Template

from tools.conformance import filter_calls, swap


def main() -> None:
    """Run the given labels in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtests", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--replay-filters", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("labels", nargs="+")
    options = parser.parse_args()

    # The parent asks a hanging process where it is before it ends it.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tools.conformance.settings"
    if options.replay_filters:
        filter_calls.record(options.backend)
    else:
        swap.install(options.backend)
    if options.plain:
        # What ``setup_test_environment`` is about to put in its place.
        vars(django.test.utils)["instrumented_test_render"] = vars(Template)["_render"]
    sys.argv = [
        options.runtests,
        "--settings=tools.conformance.settings",
        "--parallel=1",
        "--noinput",
        *options.labels,
    ]
    runpy.run_path(options.runtests, run_name="__main__")


if __name__ == "__main__":
    main()
