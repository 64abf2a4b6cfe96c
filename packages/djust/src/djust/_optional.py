"""What a shim says when the package behind it is not installed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def require(module: str, distribution: str) -> ModuleType:
    """Return the module of an optional package.

    Raises:
        ImportError: The package is not installed; the text names the line that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise ImportError(
            f"{distribution} is not installed. Install it with: pip install {distribution}",
            name=module,
        ) from error
