"""From a checkpoint to a view that goes on where it was, in this process or another."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase

from djust_live import navigation, page_messages, state
from djust_live.auth import check_object
from djust_live.checkpoints import Checkpoint
from djust_live.errors import StateCorrupt
from djust_live.keeping import load_extension
from djust_live.live_rendering import renderer_for
from djust_live.mounting import (
    RunAsync,
    admit,
    finish,
    mount_extensions,
    reset_temporary,
    unmount,
)

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

logger = logging.getLogger(__name__)


class Restoration:
    """Makes a view from a checkpoint; what a socket's request uses in place of a mount.

    Args:
        checkpoint: The view at its last turn.

    Attributes:
        ops: What brings the page of the checkpoint up to date; None: only the whole root does.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self.ops: bytes | None = None

    def make(self, view: LiveView, request: HttpRequest, run_async: RunAsync) -> Any:
        """Restore ``view``.

        Login, permissions and ``on_mount`` are asked as before a mount, the object permission after
        the attributes are there. Attributes that did not travel come from ``restore``, or, when the
        view has none, from another ``mount``, over whose result those that did travel are put.

        Returns:
            The renderer and an empty text, or the response of who refused.

        Raises:
            StateCorrupt: The checkpoint belongs to another version of the code (``DJL603``).
        """
        answer = admit(view, request, run_async)
        if answer is not None:
            return answer
        saved = self.checkpoint
        attributes = _migrated(view, saved, state.load(type(view), saved.state))
        try:
            view._mounted().run_async = run_async
            self._prepare(view)
            mount_extensions(view, run_async)
            for namespace, packed in saved.extensions.items():
                extension = view._mounted().extensions.get(namespace)
                if extension is not None:
                    load_extension(extension, packed)
            if saved.state.missing and not _has_restore(view):
                answer = finish(view.mount(request, **view.kwargs), run_async)
                if isinstance(answer, HttpResponseBase):
                    unmount(view, "redirect", run_async)
                    return answer
            vars(view).update(attributes)
            if _has_restore(view):
                finish(view.restore(), run_async)
            check_object(view, request)
            renderer = renderer_for(view)
            self.ops = renderer.resume(view, saved.page)
        except BaseException:
            unmount(view, "failed", run_async)
            raise
        reset_temporary(view)
        return renderer, ""

    def _prepare(self, view: LiveView) -> None:
        runtime = view._mounted()
        saved = self.checkpoint
        navigation.return_to(view, saved.uri)
        page_messages.show_again(view.request, saved.messages)
        runtime.title = saved.title
        for topic in saved.topics:
            runtime.join(topic)
        if saved.csrf_token is not None:
            # The page has it already, and every render would otherwise mask it anew.
            runtime.csrf_token = saved.csrf_token


def _migrated(view: LiveView, saved: Checkpoint, attributes: dict[str, Any]) -> dict[str, Any]:
    if saved.state_version == view.state_version:
        return attributes
    migrated = view.migrate_state(attributes, saved.state_version)
    if migrated is None:
        raise StateCorrupt(
            f"State of version {saved.state_version} does not fit "
            f"{type(view).__qualname__} of version {view.state_version}."
        )
    return migrated


def _has_restore(view: LiveView) -> bool:
    found = type(view).restore
    return found.__module__ != "djust_live.live_view"
