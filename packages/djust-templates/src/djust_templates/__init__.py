"""The Django template language in Rust, as a Django TEMPLATES backend."""

from __future__ import annotations

from djust_templates.backend import BackendTemplate, DjustTemplates
from djust_templates.template import fallbacks

__all__ = [
    "BackendTemplate",
    "DjustTemplates",
    "__version__",
    "fallbacks",
]

__version__ = "2.0.0a1"
