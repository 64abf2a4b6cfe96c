"""From a join frame to the session of its page: go on, adopt, restore, or mount again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import Resolver404

from djust_live import identity, logins, page_messages, protocol, reloading, tokens
from djust_live.adoption import Mounted, Restored, waiting_room
from djust_live.backends import Claim, state_backend
from djust_live.backends.base import first_epoch
from djust_live.checkpoints import Checkpoint, unseal
from djust_live.config import config
from djust_live.entering import enter
from djust_live.errors import (
    AccessDenied,
    BackendUnavailable,
    ForeignLiveSession,
    ForeignTenant,
    LiveError,
    MountFailed,
    ServerStopping,
    StateCorrupt,
    StateError,
    UnsupportedVersion,
    ViewGone,
)
from djust_live.keeping import is_kept
from djust_live.messages import Attach, Transport
from djust_live.mounting import Make, SocketMount, run_on, unmount
from djust_live.restoring import Restoration
from djust_live.runtime import locale_context
from djust_live.session import LiveSession
from djust_live.topics import Envelope, hub
from djust_live.workers import pools

logger = logging.getLogger(__name__)

# A developer waits for the next process.
_DEBUG_AWAY_MS = 200


class SessionRegistry:
    """The sessions of this process by page.

    Attributes:
        is_stopping: The process is about to stop and takes no pages any more.
        ending: Sessions that take nothing any more, but whose views still have to clean up.
    """

    def __init__(self) -> None:
        self.is_stopping = False
        self.ending: set[LiveSession] = set()
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
        if len(self._sessions) == 1:
            hub.join(logins.TOPIC, self)

    def deliver(self, envelope: Envelope) -> None:
        """Take the news that a login changed."""
        for session in self._sessions.values():
            if logins.concerns(session.view, envelope.data):
                session.login.changed(envelope.verb)

    def remove(self, session: LiveSession) -> None:
        """Give a page's session up; it is among those that are ending until it is over."""
        self.ending.add(session)
        session.when_finished(lambda: self.ending.discard(session))
        page_id = session.runtime.page_id
        if self._sessions.get(page_id) is session:
            del self._sessions[page_id]
        if not self._sessions:
            hub.leave(logins.TOPIC, self)


sessions = SessionRegistry()


async def join(
    frame: protocol.Join, transport: Transport, within: str | None = None
) -> tuple[LiveSession, str]:
    """Return the session of the page that sent ``frame``; its answer is on the way.

    Args:
        frame: What the page sent.
        transport: The connection that it came over.
        within: The live session of the page that had the connection before; None: it is the first.

    Returns:
        The session, and the name of the live session that the page belongs to.

    Raises:
        LiveError: The page cannot be attached; the code says why.
    """
    if frame.version != protocol.VERSION:
        raise UnsupportedVersion(f"Version {frame.version} of the protocol is not spoken here.")
    if sessions.is_stopping:
        raise ServerStopping("This process is about to stop.")
    token = tokens.verify(frame.token, config.TOKEN_TTL_S)
    if within is not None and (not within or token.live_session != within):
        raise ForeignLiveSession(f"A page of {token.live_session!r} after one of {within!r}.")
    session = await _find(frame, token, transport.scope)
    session.post(Attach(transport, frame.count, frame.hash, frame.rev, frame.ref, frame.uri))
    return session, token.live_session


@dataclass(slots=True)
class _Found:
    """What a page goes on with: a session that lives here, or a view for a new one."""

    session: LiveSession | None = None
    mounted: Mounted | None = None
    is_fresh: bool = False
    checkpoint: Checkpoint | None = None
    ops: bytes | None = None
    epoch: int = 0


def away_ms() -> int:
    """Return how long a browser stays away from a server that stops.

    Spread, so that not all come back at once.
    """
    if reloading.is_on():
        return _DEBUG_AWAY_MS
    return 1 + int(random.random() * config.DRAIN_SPREAD_S * 1000)  # noqa: S311 - no secret


async def _find(
    frame: protocol.Join, token: tokens.MountToken, scope: Mapping[str, Any]
) -> LiveSession:
    known = sessions.get(token.page_id)
    waiting = None if known is not None else waiting_room.take(token.page_id)
    loop = asyncio.get_running_loop()
    context = locale_context(token.language, token.time_zone)

    def look() -> _Found:
        """All that touches the database or the state backend, in one hop."""
        request = identity.request_of(scope, token.path)
        identity.check(token, request)
        if known is not None and not _is_superseded(known):
            return _Found(known)
        if waiting is not None:
            _check_tenant(waiting, token, request, loop)
        return _look_further(waiting, request, token, frame.token, loop)

    found = await pools.turns.run(look, context)
    if found.session is not None:
        if found.session.alive:
            return found.session
        return await _find(frame, token, scope)  # it ended while we looked
    if known is not None:
        known.lost()
        await known.finished()
    mounted = found.mounted
    if mounted is None:
        raise MountFailed("The view mounted nothing.")
    # While we were away a second socket of the same page may have been faster.
    other = sessions.get(token.page_id)
    if other is not None:
        other.own(found.epoch)
        is_final = found.checkpoint is None
        await pools.turns.run(
            lambda: unmount(mounted.view, "duplicate", run_on(loop), is_final=is_final), context
        )
        return other
    session = _session(found, mounted, frame)
    sessions.add(session)
    return session


def _check_tenant(
    waiting: Mounted,
    token: tokens.MountToken,
    request: HttpRequest,
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Let only the tenant of its page adopt a view."""
    tenant_of = getattr(waiting.view, "_tenant_of", None)
    if tenant_of is None:
        return
    try:
        is_same = tenant_of(request)[0] == token.tenant
    except Http404:
        is_same = False
    if not is_same:
        unmount(waiting.view, "refused", run_on(loop))
        raise ForeignTenant("The page was made for another tenant.")


def _session(found: _Found, mounted: Mounted, frame: protocol.Join) -> LiveSession:
    epoch = found.epoch if is_kept(mounted.view) else 0
    saved = found.checkpoint
    if saved is not None:
        return LiveSession(
            mounted,
            fresh=False,
            ended=sessions.remove,
            rev=saved.rev,
            ref=saved.ref,
            epoch=epoch,
            restored=Restored(saved.frames, found.ops),
        )
    return LiveSession(
        mounted,
        fresh=found.is_fresh,
        ended=sessions.remove,
        ref=0 if found.is_fresh else frame.ref,
        epoch=epoch,
    )


def _is_superseded(known: LiveSession) -> bool:
    """Return whether another worker has taken the page over since it was here."""
    if not known.epoch:
        return False
    try:
        owner = state_backend().owner(known.runtime.page_id)
    except BackendUnavailable as error:
        logger.warning("The owner of a page is not known: %s", error)
        return False
    return owner is not None and owner > known.epoch


def _look_further(
    waiting: Mounted | None,
    request: HttpRequest,
    token: tokens.MountToken,
    text: str,
    loop: asyncio.AbstractEventLoop,
) -> _Found:
    """Adopt the view that the GET mounted, else restore a checkpoint, else mount again."""
    backend = state_backend()
    if waiting is not None and not waiting.epoch:
        waiting.renderer.prepare()
        return _Found(mounted=waiting, is_fresh=True, epoch=first_epoch())
    try:
        claim = backend.claim(token.page_id)
    except BackendUnavailable as error:
        logger.warning("A page goes on without what may be saved of it: %s", error)
        claim = Claim(first_epoch(), None, None)
    if waiting is not None:
        if claim.previous is None or claim.previous <= waiting.epoch:
            waiting.renderer.prepare()
            return _Found(mounted=waiting, is_fresh=True, epoch=claim.epoch)
        # Another worker had the page in the meantime.
        unmount(waiting.view, "moved", run_on(loop), is_final=False)
    found = None
    if claim.data is not None:
        found = _restore(claim, request, token, text, loop)
        if not backend.is_shared:
            backend.delete(token.page_id, claim.epoch)
    if found is None:
        mounted = mount_again(request, token, text, loop)
        found = _Found(mounted=mounted, epoch=claim.epoch)
    return found


def _restore(
    claim: Claim,
    request: HttpRequest,
    token: tokens.MountToken,
    text: str,
    loop: asyncio.AbstractEventLoop,
) -> _Found | None:
    """Return the view of a checkpoint; None when it does not fit this version of the code."""
    try:
        saved = unseal(claim.data or b"", token.page_id)
        if saved.view != token.view or saved.binding != token.session + token.auth:
            raise StateCorrupt("A checkpoint of another view or another login.")
        restoration = Restoration(saved)
        mounted = mount_again(request, token, text, loop, restoration.make)
    except (StateError, MountFailed) as error:
        logger.warning("A page is mounted again, its state cannot be used: %s", error)
        return None
    return _Found(mounted=mounted, checkpoint=saved, ops=restoration.ops, epoch=claim.epoch)


def mount_again(
    request: HttpRequest,
    token: tokens.MountToken,
    text: str,
    loop: asyncio.AbstractEventLoop,
    make: Make | None = None,
) -> Mounted:
    """Mount the view of a page whose first view is gone, by way of its URL.

    The path is part of the signed token. Going through the URLconf asks all decorators and mixins
    around the view again.

    Raises:
        ViewGone: The URL leads elsewhere (``DJL306``).
        AccessDenied: The view refused the user (``DJL307``).
        MountFailed: The mount raised (``DJL305``).
    """
    attach = SocketMount(token, text, run_on(loop), make)
    request._djust_mount = attach  # type: ignore[attr-defined]
    page_messages.show_again(request, token.messages)
    try:
        response: Any = enter(request, token.urlconf)
    except (Resolver404, Http404) as error:
        raise ViewGone(f"{request.path_info} leads to no page.") from error
    except PermissionDenied as error:
        raise AccessDenied(f"{request.path_info} refused the user.") from error
    except LiveError:
        raise
    except Exception as error:
        logger.exception("The view of %s could not be mounted again", request.path_info)
        raise MountFailed(f"{type(error).__name__}: {error}") from error
    if attach.mounted is None:
        raise _refusal(request, response)
    return attach.mounted


def _refusal(request: HttpRequest, response: Any) -> LiveError:
    status = response.status_code if isinstance(response, HttpResponseBase) else 500
    if status in (401, 403) or 300 <= status < 400:
        return AccessDenied(f"{request.path_info} answered with status {status}.")
    return ViewGone(f"{request.path_info} is another view by now.")
