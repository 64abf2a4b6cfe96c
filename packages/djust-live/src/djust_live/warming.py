"""What a process does before it listens, so that no page has to wait for it.

After a restart hundreds of pages come back within a second. Whatever Django and the engine do on
first use would then be done for the first of them while all others wait, by every thread at once.
"""

from __future__ import annotations

import logging
from typing import Any, cast

from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.urls import get_resolver

from djust_live import entering
from djust_live.backends import state_backend
from djust_live.live_rendering import compile_template
from djust_live.registry import registered
from djust_live.rendering import template_of

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Import the views, make engines and the state backend, compile the templates of the views.

    What fails here fails again, and is then shown, when a page needs it.
    """
    for step in (_views, engines.all, entering.gates, state_backend, _templates):
        try:
            step()
        except Exception:
            logger.exception("The process could not prepare itself; its first pages will be slower")


def _views() -> None:
    _ = get_resolver().url_patterns


def _templates() -> None:
    for known in registered():
        cls = cast(Any, known.cls)
        if cls.template is None and cls.template_name is None:
            continue  # a base of other views
        try:
            compile_template(template_of(cls))
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            logger.debug("The template of %s cannot be used: %r", cls.__qualname__, error)
