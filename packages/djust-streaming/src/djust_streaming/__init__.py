"""Collections and text that stream into a djust live view.

The feature is not in this version yet: the package holds its name, its version and its pins, so
that installing ``djust`` brings the same set of packages as later versions will.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "2.0.0a1"
