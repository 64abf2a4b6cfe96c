"""From a join frame to the session of its page: go on, adopt, restore, or mount again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import Resolver404, get_resolver, set_urlconf

from djust_live import identity, protocol, tokens
from djust_live.adoption import Mounted, waiting_room
from djust_live.config import config
from djust_live.errors import (
    AccessDenied,
    LiveError,
    MountFailed,
    UnsupportedVersion,
    ViewGone,
)
from djust_live.messages import Attach, Transport
from djust_live.mounting import SocketMount, run_on, unmount
from djust_live.runtime import locale_context
from djust_live.session import LiveSession
from djust_live.workers import pools

logger = logging.getLogger(__name__)


class SessionRegistry:
    """The sessions of this process by page."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, LiveSession] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Any:
        return iter(list(self._sessions.values()))

    def get(self, page_id: bytes) -> LiveSession | None:
        """Return the session of a page."""
        return self._sessions.get(page_id)

    def add(self, session: LiveSession) -> None:
        """Remember a session until it ends."""
        self._sessions[session.runtime.page_id] = session

    def remove(self, session: LiveSession) -> None:
        """Forget a session that ended."""
        page_id = session.runtime.page_id
        if self._sessions.get(page_id) is session:
            del self._sessions[page_id]


sessions = SessionRegistry()


async def join(frame: protocol.Join, transport: Transport) -> LiveSession:
    """Return the session of the page that sent ``frame``; its answer is on the way.

    Raises:
        LiveError: The page cannot be attached; the code says why.
    """
    if frame.version != protocol.VERSION:
        raise UnsupportedVersion(f"Version {frame.version} of the protocol is not spoken here.")
    token = tokens.verify(frame.token, config.TOKEN_TTL_S)
    session = await _find(frame, token, transport.scope)
    session.post(Attach(transport, frame.count, frame.hash, frame.rev, frame.ref))
    return session


async def _find(
    frame: protocol.Join, token: tokens.MountToken, scope: Mapping[str, Any]
) -> LiveSession:
    known = sessions.get(token.page_id)
    waiting = None if known is not None else waiting_room.take(token.page_id)
    loop = asyncio.get_running_loop()
    context = locale_context(token.language, token.time_zone)

    def admit() -> Mounted | None:
        """All that touches the database, in one hop."""
        request = identity.request_of(scope, token.path)
        identity.check(token, request)
        if known is not None:
            return None
        if waiting is not None:
            waiting.renderer.prepare()
            return waiting
        return mount_again(request, token, frame.token, loop)

    mounted = await pools.turns.run(admit, context)
    if mounted is None:
        if known is not None:
            return known
        raise MountFailed("The view mounted nothing.")
    # While we were away a second socket of the same page may have been faster.
    other = sessions.get(token.page_id)
    if other is not None:
        await pools.turns.run(lambda: unmount(mounted.view, "duplicate", run_on(loop)), context)
        return other
    session = LiveSession(
        mounted,
        fresh=waiting is not None,
        ended=sessions.remove,
        ref=0 if waiting is not None else frame.ref,
    )
    sessions.add(session)
    return session


def mount_again(
    request: HttpRequest,
    token: tokens.MountToken,
    text: str,
    loop: asyncio.AbstractEventLoop,
) -> Mounted:
    """Mount the view of a page whose first view is gone, by way of its URL.

    The path is part of the signed token. Going through the URLconf asks all decorators and mixins
    around the view again.

    Raises:
        ViewGone: The URL leads elsewhere (``DJL306``).
        AccessDenied: The view refused the user (``DJL307``).
        MountFailed: The mount raised (``DJL305``).
    """
    attach = SocketMount(token, text, run_on(loop))
    request._djust_mount = attach  # type: ignore[attr-defined]
    set_urlconf(token.urlconf)
    try:
        if token.urlconf is not None:
            request.urlconf = token.urlconf
        match = get_resolver(token.urlconf).resolve(request.path_info)
        request.resolver_match = match
        response: Any = match.func(request, *match.args, **match.kwargs)
    except (Resolver404, Http404) as error:
        raise ViewGone(f"{request.path_info} leads to no page.") from error
    except PermissionDenied as error:
        raise AccessDenied(f"{request.path_info} refused the user.") from error
    except LiveError:
        raise
    except Exception as error:
        logger.exception("The view of %s could not be mounted again", request.path_info)
        raise MountFailed(f"{type(error).__name__}: {error}") from error
    finally:
        set_urlconf(None)
    if attach.mounted is None:
        raise _refusal(request, response)
    return attach.mounted


def _refusal(request: HttpRequest, response: Any) -> LiveError:
    status = response.status_code if isinstance(response, HttpResponseBase) else 500
    if status in (401, 403) or 300 <= status < 400:
        return AccessDenied(f"{request.path_info} answered with status {status}.")
    return ViewGone(f"{request.path_info} is another view by now.")
