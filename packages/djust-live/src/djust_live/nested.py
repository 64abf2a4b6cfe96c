"""Live views inside of others: each with a token, a session and a socket of its own."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, SynchronousOnlyOperation
from django.http import Http404
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from djust_live import mounting, page, tokens
from djust_live.adoption import Mounted
from djust_live.errors import BadNesting
from djust_live.registry import ViewClass, registered
from djust_live.runtime import ViewRuntime

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

logger = logging.getLogger(__name__)

# Where a view keeps the tokens of those inside: path, what they are given, token, key.
NESTED = "_djust_nested"

_ROOT = re.compile(r"<[^>]*\bdj-root\b")


def path_of(name: Any, *, is_literal: bool) -> str:
    """Return the dotted path of the view that a template names.

    Args:
        name: A class or its dotted path.
        is_literal: It stands in the source of the template; only then is a module imported.

    Raises:
        BadNesting: It leads to no live view (``DJL213``).
    """
    if isinstance(name, type):
        found: Any = name
    else:
        known = {_path(one.cls): one.cls for one in registered()}
        found = known.get(name)
    if found is None and is_literal and "." in name:
        try:
            found = import_string(name)
        except ImportError as error:
            raise BadNesting(f"The view {name!r} cannot be imported.") from error
    if not isinstance(getattr(found, "_djust_class", None), ViewClass):
        raise BadNesting(f"No live view is called {str(name)[:80]!r}.")
    return _path(found)


def show(view: LiveView, path: str, key: str, kwargs: dict[str, Any]) -> SafeString:
    """Return the element of a nested view; it is mounted when it is shown for the first time.

    It is empty unless it comes in the middle of a page's life: what is inside is the nested view's
    own.

    Raises:
        BadNesting: The view does not fit into a page (``DJL213``).
    """
    runtime = view._mounted()
    kwargs = {name: _plain(value) for name, value in kwargs.items()}
    runtime.nested_seen.add(key)
    known = nested_of(view).get(key)
    if known is not None and known[:2] == [path, kwargs]:
        return _element(path, known[2], known[3], "")
    _in_thread()
    token, label, html = _mount(view, path, kwargs)
    setattr(view, NESTED, {**nested_of(view), key: [path, kwargs, token, label]})
    element, empty = _element(path, token, label, html), _element(path, token, label, "")
    if runtime.session is not None:
        return element
    # The same text in each render, so that a page that comes back is as it was.
    runtime.nested_html[empty] = element
    return empty


def nested_of(view: LiveView) -> dict[str, list[Any]]:
    """Return what a view knows of those inside, by id."""
    found: dict[str, list[Any]] = vars(view).get(NESTED) or {}
    return found


def sweep(view: LiveView) -> None:
    """Forget nested views that the last render did not show; the browser lets them go."""
    seen = view._mounted().nested_seen
    known = nested_of(view)
    if len(known) > len(seen):
        setattr(view, NESTED, {key: one for key, one in known.items() if key in seen})


def _mount(view: LiveView, path: str, kwargs: dict[str, Any]) -> tuple[str, str, str]:
    """Return token, key and HTML of a new nested view; one that fails leaves the page alone."""
    runtime = view._mounted()
    step = tokens.Step(type(view)._djust_class.label, path, kwargs)
    attach = mounting.NestedMount((*runtime.steps, step), runtime.run_async)
    view_class = import_string(path)
    page_id = tokens.new_page_id()
    try:
        answer = mounting.enter_nested(view.request, view_class, kwargs, attach)
    except (PermissionDenied, Http404) as error:
        logger.info("%s is left out of its page: %s", path, error)
        return "", page_id.hex(), ""
    except BadNesting:
        raise
    except Exception:
        logger.exception("%s could not be mounted in its page", path)
        return _token_to_try_again(view, view_class, attach), page_id.hex(), ""
    if attach.mounted is None:
        logger.info("%s is left out of its page: status %s", path, answer.status_code)
        return "", page_id.hex(), ""
    _check(attach.mounted, attach.html, path)
    mounting.await_socket(attach.mounted)
    inner = attach.mounted.view._mounted()
    return inner.token, inner.page_id.hex(), attach.html


def _token_to_try_again(view: LiveView, view_class: Any, attach: mounting.NestedMount) -> str:
    """Return a token with which the browser asks for a view that could not be mounted yet."""
    runtime = ViewRuntime(view.request, tokens.new_page_id())
    runtime.steps = attach.steps
    runtime.tenant_key = view._mounted().tenant_key
    return tokens.sign(mounting.token_of(view_class, runtime, view.request))


def _check(mounted: Mounted, html: str, path: str) -> None:
    problem = ""
    if page.is_document(html):
        problem = "a whole document"
    elif _ROOT.search(html):
        problem = "a dj-root"
    elif page.extension_modules(mounted.view):
        problem = "a mixin with a module for the browser, which belongs to the view of the page"
    if problem:
        mounting.unmount(mounted.view, "failed", mounting.run_here)
        raise BadNesting(f"{path} is nested and has {problem}.")


def _element(path: str, token: str, key: str, html: str) -> SafeString:
    # A view that is left out says nothing about itself.
    rules = import_string(path)._djust_class.rules if token else ""
    return format_html(
        '<div data-djust-view="{}" dj-key="{}" dj-target=""{} dj-ignore><div>{}</div></div>',
        token,
        key,
        rules,
        SafeString(html),
    )


def _plain(value: Any) -> Any:
    """Return text without what templates and translations make of it; all else as it is."""
    return str.__str__(str(value)) if isinstance(value, (str, Promise)) else value


def _in_thread() -> None:
    """Let the render go to a thread when it is on the event loop: a mount may wait."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise SynchronousOnlyOperation("A nested view is mounted in a thread.")


def _path(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
