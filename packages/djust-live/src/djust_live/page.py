"""The first page: a document around fragments, and the client's script tag with the token."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from djust_live import debug_panel, enclosure
from djust_live.config import config

if TYPE_CHECKING:
    from django.http import HttpRequest

    from djust_live.live_view import LiveView

_MODULE = "djust/src/djust.js"

# Where `</head>` or `<body>` is looked for, these are passed over.
_HEAD_END = re.compile(
    r"<!--.*?-->|<(script|style|title|noscript|template)\b.*?</\1\s*>|(?P<here></head\s*>|<body(?=[\s/>]))",
    re.DOTALL | re.IGNORECASE,
)
_OPENING = re.compile(r"\s*<(?:!doctype\b[^>]*|html\b[^>]*|head\b[^>]*)>", re.IGNORECASE)
_DOCUMENT = re.compile(r"<(?:!doctype\b|(?:html|head|body)(?=[\s/>]))", re.IGNORECASE)


def is_document(html: str) -> bool:
    """Return whether ``html`` is a page rather than a fragment, as the protocol decides it."""
    position = _skip_comments(html, 0)
    return _DOCUMENT.match(html, position) is not None


def complete(html: str, view: LiveView, request: HttpRequest) -> str:
    """Return the page that the browser gets for what the template made.

    A fragment becomes the body of a minimal document; a document keeps every byte. The script is
    put into the head unless the template placed it with ``{% djust_scripts %}``.
    """
    script = "" if view._mounted().script_rendered else script_tag(view, request)
    if not is_document(html):
        return _shell(html, script, view)
    if not script:
        return html
    position = _head_position(html)
    if not html[_skip_comments(html, 0) : position].strip():
        # Otherwise the page would start with a script, as a fragment may.
        script = f"<head>{script}</head>"
    return html[:position] + script + html[position:]


def filled(html: str, view: LiveView) -> str:
    """Return what the template made, with nested views inside of their elements."""
    for empty, element in view._mounted().nested_html.items():
        html = html.replace(empty, element, 1)
    view._mounted().nested_html.clear()
    return html


def script_tag(view: LiveView, request: HttpRequest) -> SafeString:
    """Return the client's script element with the token of the page."""
    nonce = nonce_of(request)
    modules = module_urls(view)
    session = enclosure.name_for(request)
    return format_html(
        '<script type="module" src="{}" data-djust="{}" data-djust-url="{}"{}{}{}></script>',
        client_url(),
        view._mounted().token,
        socket_path(request),
        format_html(' data-djust-session="{}"', session) if session else "",
        format_html(' data-djust-modules="{}"', " ".join(modules)) if modules else "",
        format_html(' nonce="{}"', nonce) if nonce else "",
    )


def nonce_of(request: Any) -> str:
    """Return the nonce of the page's Content-Security-Policy; empty without one.

    Understands django-csp (``request.csp_nonce``) and Django's own middleware.
    """
    for name in ("csp_nonce", "_csp_nonce"):
        nonce = getattr(request, name, None)
        if nonce is not None:
            return str(nonce)
    return ""


def socket_path(request: HttpRequest) -> str:
    """Return where the page opens its socket, below the path that the site is mounted at."""
    prefix = str(request.META.get("SCRIPT_NAME", "") or "").rstrip("/")
    return prefix + str(config.SOCKET_PATH)


def client_url() -> str:
    """Return the URL of the browser client: its modules in DEBUG, else the built file."""
    return _script_url(_MODULE)


def module_urls(view: LiveView) -> list[str]:
    """Return the URLs of what is imported beside the client: extensions, and tools in DEBUG."""
    names = ("overlay", *(("panel",) if debug_panel.is_on() else ())) if settings.DEBUG else ()
    # For developers: never bundled.
    tools = [f"djust/src/dev/{name}.js" for name in names]
    return [_script_url(path) for path in (*extension_modules(view), *tools)]


def extension_modules(view: LiveView) -> list[str]:
    """Return the modules that the view's extensions have in the browser, as static files."""
    return [each.module for each in view._extensions() if each.module]


def _script_url(path: str) -> str:
    built = path.replace("/src/", "/dist/")
    return static(path if settings.DEBUG or not _exists(built) else built)


@functools.lru_cache(maxsize=64)
def _exists(path: str) -> bool:
    return apps.is_installed("django.contrib.staticfiles") and finders.find(path) is not None


def _shell(fragment: str, script: str, view: LiveView) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    start = format_html(
        '<!doctype html>\n<html lang="{}"{}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}</title>\n{}</head>\n<body>",
        language,
        format_html(' dir="rtl"') if get_language_bidi() else "",
        view.page_title or type(view).__name__,
        script,
    )
    # Nothing may stand behind the fragment: the parser would put it into the body.
    return f"{start}{fragment}</body></html>"


def _head_position(html: str) -> int:
    for match in _HEAD_END.finditer(html):
        if match["here"]:
            return match.start()
    position = 0
    while (opening := _OPENING.match(html, _skip_comments(html, position))) is not None:
        position = opening.end()
    return position


def _skip_comments(html: str, position: int) -> int:
    while True:
        while position < len(html) and html[position].isspace():
            position += 1
        if not html.startswith("<!--", position):
            return position
        end = html.find("-->", position + 4)
        if end < 0:
            return len(html)
        position = end + 3
