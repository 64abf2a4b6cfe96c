"""Every error of djust-live: a stable code, whose fault it is, and what to do next."""

from __future__ import annotations

from typing import ClassVar, Literal

from django.core.exceptions import ImproperlyConfigured

Attribution = Literal["app", "client", "network", "internal"]


class LiveError(Exception):
    """Base of all errors of djust-live.

    Attributes:
        code: Never changes once released; documented in ``docs/reference/errors.md``.
        attribution: ``app``: correct the view; ``client``: the browser sent something wrong;
            ``network``: try again; ``internal``: a bug of djust.
        hint: What to do next.
    """

    code: ClassVar[str] = "DJL000"
    attribution: ClassVar[Attribution] = "internal"
    hint: ClassVar[str] = "Report this with the traceback of the server's log."


# Frames


class MalformedFrame(LiveError):
    """A frame is not the JSON array that the protocol describes."""

    code = "DJL101"
    attribution = "client"
    hint = "Send frames as docs/reference/protocol.md describes them."


class FrameTooLarge(LiveError):
    """A frame is longer than ``MAX_FRAME_BYTES``."""

    code = "DJL102"
    attribution = "client"
    hint = "Send less at once, or raise DJUST['MAX_FRAME_BYTES']."


class UnknownFrame(LiveError):
    """No part of this page handles frames of this kind."""

    code = "DJL103"
    attribution = "client"
    hint = "Check that the page's client and the server have the same version of djust."


class NotJoined(LiveError):
    """A frame came before the page attached with ``join``."""

    code = "DJL104"
    attribution = "client"
    hint = "Send a join frame first."


class EventOutOfOrder(LiveError):
    """An event's number is not the one after the last event."""

    code = "DJL105"
    attribution = "client"
    hint = "Number events 1, 2, 3, … without gaps; attach again to learn the last one handled."


class UnsupportedVersion(LiveError):
    """The client speaks a version of the protocol that this server does not."""

    code = "DJL106"
    attribution = "client"
    hint = "Load the page again to get the client that belongs to the server."


class AlreadyJoined(LiveError):
    """A second ``join`` came over one socket."""

    code = "DJL107"
    attribution = "client"
    hint = "Open one socket for each page."


# Events


class UnknownEvent(LiveError):
    """The browser named an event that the view does not handle."""

    code = "DJL201"
    attribution = "app"
    hint = "Mark the method with @event_handler, or correct the name in the template."


class BadParameter(LiveError):
    """A parameter of an event is missing, unknown, or not of the declared type."""

    code = "DJL202"
    attribution = "app"
    hint = "Send what the handler's signature names; **kwargs accepts anything else."


class HandlerFailed(LiveError):
    """An event handler raised an exception."""

    code = "DJL203"
    attribution = "app"
    hint = "The traceback is in the server's log."


class EventForbidden(LiveError):
    """The user lacks a permission that the handler asks for, or it raised ``PermissionDenied``."""

    code = "DJL204"
    attribution = "app"
    hint = "Give the user the permission, or do not show the control to them."


class RenderFailed(LiveError):
    """The page could not be rendered after an event."""

    code = "DJL205"
    attribution = "app"
    hint = "The traceback is in the server's log."


class RateLimited(LiveError):
    """A handler was called more often than its ``@rate_limit`` allows."""

    code = "DJL206"
    attribution = "client"
    hint = "Try again after the time that the reply names."

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class HandlerOverdue(LiveError):
    """A handler runs longer than ``HANDLER_TIMEOUT_S``."""

    code = "DJL207"
    attribution = "app"
    hint = "Move the work to @background or start_async, or raise DJUST['HANDLER_TIMEOUT_S']."


class UnknownTarget(LiveError):
    """An event names a component that is not on the page."""

    code = "DJL208"
    attribution = "app"
    hint = "Correct dj-target, or keep the component in the template."


class BackgroundFailed(LiveError):
    """Background work raised an exception."""

    code = "DJL209"
    attribution = "app"
    hint = "The traceback is in the server's log; handle_async_result receives the error."


class BackgroundRefused(LiveError):
    """More background tasks at once than ``MAX_BACKGROUND_TASKS``."""

    code = "DJL210"
    attribution = "app"
    hint = (
        "Give tasks of one kind one name, so that a new start replaces the old, or raise the cap."
    )


class UnknownComponent(LiveError):
    """A template names a component that does not exist."""

    code = "DJL211"
    attribution = "app"
    hint = "Write the dotted path or the name of a subclass of LiveComponent."


class BadProps(LiveError):
    """A component is given props that it does not declare, or not those that it needs."""

    code = "DJL212"
    attribution = "app"
    hint = "Correct the tag, or the props of the component."


class BadNesting(LiveError):
    """A view cannot be nested as ``{% live_render %}`` says."""

    code = "DJL213"
    attribution = "app"
    hint = "Correct the tag or the nested view; see docs/guides/components.md."


class EventNotFound(LiveError):
    """A handler raised ``Http404``: what the event is about is not there for this user."""

    code = "DJL214"
    attribution = "client"
    hint = "It may be gone since the page was made; show a message in place of the error if so."


# Attaching


class InvalidToken(LiveError):
    """A token that this site did not sign."""

    code = "DJL301"
    attribution = "client"
    hint = "Load the page again; all workers must share SECRET_KEY."


class ExpiredToken(LiveError):
    """A token that is older than ``TOKEN_TTL_S``."""

    code = "DJL302"
    attribution = "network"
    hint = "Load the page again."


class ForeignSession(LiveError):
    """A token that was made for another browser session."""

    code = "DJL303"
    attribution = "client"
    hint = "Load the page again; the session cookie must reach the socket."


class AuthChanged(LiveError):
    """The user logged in, logged out or changed the password since the page was made."""

    code = "DJL304"
    attribution = "client"
    hint = "Load the page again."


class MountFailed(LiveError):
    """The view could not be mounted again for a page that came back."""

    code = "DJL305"
    attribution = "app"
    hint = "The traceback is in the server's log."


class ViewGone(LiveError):
    """The URL of the page no longer leads to the view that made it."""

    code = "DJL306"
    attribution = "app"
    hint = "Load the page again."


class AccessDenied(LiveError):
    """The view refused the user when the page came back."""

    code = "DJL307"
    attribution: ClassVar[Attribution] = "app"
    hint = "Load the page again to be led to the login page."


class ForeignTenant(AccessDenied):
    """A page of one tenant came to another."""

    code = "DJL309"
    attribution = "client"
    hint = "Load the page again; the socket must lead to the host and the headers of the page."


class ForeignLiveSession(LiveError):
    """A page of one live session came over the socket of another."""

    code = "DJL310"
    attribution = "client"
    hint = "Load the page: only pages of one live_session share a socket."


class NavigationLoop(LiveError):
    """Pages sent the visitor on and on, or a page itself, so that somebody had to stop."""

    code = "DJL311"
    attribution = "app"
    hint = (
        "Find the views that redirect to one another, or the handle_params that always calls "
        "live_patch, and let one of them show its page."
    )


class ForeignOrigin(LiveError):
    """A socket was opened by a page of another site."""

    code = "DJL401"
    attribution = "client"
    hint = "Add the site to CSRF_TRUSTED_ORIGINS if it may open live views of this one."


class ServerStopping(LiveError):
    """This process is about to stop and takes no pages any more."""

    code = "DJL308"
    attribution = "network"
    hint = "Attach again: another process, or the next one, will answer."


# Definition and configuration


class DefinitionError(LiveError, TypeError):
    """A view class contradicts itself."""

    code = "DJL501"
    attribution = "app"
    hint = "Correct the class that the message names."


class SettingInvalid(DefinitionError, ImproperlyConfigured):
    """A key of ``DJUST`` has a value of the wrong type, or one that means nothing."""

    code = "DJL508"
    attribution = "app"
    hint = "Correct the setting; docs/reference/settings.md says what it may be."


class NamespaceConflict(DefinitionError):
    """Two extensions of one view claim the same namespace."""

    code = "DJL502"
    attribution = "app"
    hint = "Remove one of the mixins that the message names."


class TemplateMissing(DefinitionError):
    """A view has neither ``template_name`` nor ``template``."""

    code = "DJL503"
    attribution = "app"
    hint = "Set template_name to a file, or template to the source."


class PageDiffers(LiveError):
    """The ops of an update do not lead to what the template printed."""

    code = "DJL505"
    attribution = "internal"
    hint = "This is an error of djust: please report the template and the values in the message."


class MemoValue(LiveError):
    """A ``{% memo %}`` tag depends on something that can change in place."""

    code = "DJL506"
    attribution = "app"
    hint = "Give it a number, a text, a date or a tuple of these, such as a version or updated_at."


class DoubledKeys(LiveError):
    """Siblings have the same key; logged once for each loop, and nothing else happens.

    The page is right, and such elements are matched in the order in which they come.
    """

    code = "DJL507"
    attribution = "app"
    hint = (
        'Give each row a key of its own, such as dj-key="{{ row.pk }}": focus and typed text '
        "may go over to another row that has the same key."
    )


class NotAttached(LiveError):
    """A method needs a mounted view."""

    code = "DJL504"
    attribution = "app"
    hint = "Call it from mount, a handler or a later hook, not from __init__."


# State


class StateError(LiveError):
    """State that cannot be saved or restored."""

    code = "DJL601"
    attribution: ClassVar[Attribution] = "app"
    hint = "Keep data in public attributes, or rebuild the value in restore()."


class StateTooLarge(StateError):
    """A checkpoint is longer than ``MAX_STATE_BYTES``."""

    code = "DJL602"
    attribution = "app"
    hint = "Keep keys instead of rows, or raise DJUST['MAX_STATE_BYTES']."


class StateCorrupt(StateError):
    """A checkpoint was not written by this site, or not by this version."""

    code = "DJL603"
    attribution = "internal"
    hint = "All workers must share SECRET_KEY and the version of djust."


class BackendUnavailable(StateError):
    """The state backend does not answer."""

    code = "DJL604"
    attribution = "network"
    hint = "Check the server that DJUST['STATE_BACKEND'] names; open pages keep working meanwhile."
