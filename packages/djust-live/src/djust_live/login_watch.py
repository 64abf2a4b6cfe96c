"""Whether the user of one open view may go on."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

from djust_live import logins, protocol
from djust_live.config import config
from djust_live.errors import AuthChanged, LiveError
from djust_live.messages import AuthCheck, End
from djust_live.mounting import run_on

if TYPE_CHECKING:
    from djust_live.session import LiveSession

logger = logging.getLogger(__name__)

# After the news of a logout, when to look whether the session is really gone.
_LOGOUT_S = (0.25, 1.0, 3.0)


class LoginWatch:
    """Bars a session whose login changed, and ends it when the page would be refused now.

    Attributes:
        due_s: When an event looks at the login again though nobody said that it changed.
    """

    def __init__(self, session: LiveSession, loop: asyncio.AbstractEventLoop) -> None:
        self._session = session
        self._loop = loop
        self._is_barred = False
        self.due_s = math.inf
        self._wait()

    def changed(self, what: str) -> None:
        """Take the news that a login changed.

        A logout is announced before the session is gone, so until that is clear no event is
        handled.

        Args:
            what: ``out``: the user is to go; ``session``: a login or logout of the browser;
                ``user``: the user was saved.
        """
        self._is_barred = what != "user"
        if what == "out":
            self._turn_away(AuthChanged("The user was disconnected."))
        elif what == "session":
            self._loop.call_later(_LOGOUT_S[0], self._session.post, AuthCheck(_LOGOUT_S[1:]))
        else:
            self._session.post(AuthCheck())

    async def look(self, message: AuthCheck) -> None:
        """Ask again, now and as often as ``message`` says."""
        if await self.turns_away():
            return
        if message.again_s:
            later = AuthCheck(message.again_s[1:])
            self._loop.call_later(message.again_s[0], self._session.post, later)
        else:
            self._is_barred = False

    async def is_refused(self) -> bool:
        """Return whether an event must not be handled."""
        if self._is_barred:
            return True
        return self._loop.time() >= self.due_s and await self.turns_away()

    async def turns_away(self) -> bool:
        """Ask everything around the view again, and end the view when the answer is no."""
        session = self._session
        transport = session.out.transport
        if transport is None:
            return False  # a browser that comes back is asked anyway
        self._wait()
        scope, run_async = transport.scope, run_on(self._loop)
        error = await session.stage.hop(lambda: logins.refusal(session.view, scope, run_async))
        if error is not None:
            self._turn_away(error)
        return error is not None

    def _turn_away(self, error: LiveError) -> None:
        session = self._session
        logger.info("%s ends: %s %s", type(session.view).__qualname__, error.code, error)
        self._is_barred = True
        session.out.send(protocol.reload(error.code))
        session.post(End("auth"))

    def _wait(self) -> None:
        if self._session.runtime.user_key and config.AUTH_RECHECK_S:
            self.due_s = self._loop.time() + config.AUTH_RECHECK_S
