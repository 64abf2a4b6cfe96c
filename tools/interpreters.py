"""Find the CPython interpreters of this machine by running them.

A name on PATH proves nothing: pyenv puts a shim there for every version it has ever seen, and the
shim of a version that is not selected exits with an error.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROBE = (
    "import platform, sys, sysconfig;"
    "print(platform.python_implementation(), '%d.%d' % sys.version_info[:2],"
    " bool(sysconfig.get_config_var('Py_GIL_DISABLED')), sys.prefix == sys.base_prefix)"
)
PROBE_TIMEOUT_S = 20


def version_managers() -> Iterator[Path]:
    """Yield the folders in which version managers keep interpreters, one `bin` each."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/*/bin"), reverse=True)
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local/share/uv/python")
    yield from sorted(uv.glob("*/bin"), reverse=True)


def candidates(version: str) -> Iterator[Path]:
    """Yield executables that may be CPython `version`, each once."""
    folders = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    seen = set()
    for path in (
        Path(sys.executable),
        *(f / f"python{version}" for f in folders),
        *(folder / f"python{version}" for folder in version_managers()),
    ):
        if path not in seen and os.access(path, os.X_OK):
            seen.add(path)
            yield path


def probe(executable: Path) -> str | None:
    """Return the version of a working CPython with a GIL, outside any virtual environment."""
    try:
        answer = subprocess.run(
            [executable, "-I", "-c", PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split()
    if answer.returncode != 0 or len(words) != 4:
        return None
    implementation, version, free_threaded, global_prefix = words
    suits = implementation == "CPython" and free_threaded == "False" and global_prefix == "True"
    return version if suits else None


@cache
def find(version: str) -> Path | None:
    """Return the path of a working CPython of this version, or None when there is none."""
    for path in candidates(version):
        if probe(path) == version:
            return path
    return None
