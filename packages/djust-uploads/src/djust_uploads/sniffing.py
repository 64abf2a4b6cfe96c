"""What a file is, by its content: compared with what its name and its browser say."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable

import puremagic

from djust_uploads.errors import ActiveContent, WrongType
from djust_uploads.naming import extension

# What is looked at of a file; browsers look at less.
HEAD_BYTES = 8_192

# What a browser, a web server or a desktop may run.
_ACTIVE = frozenset(
    ".svg .svgz .htm .html .xhtml .xht .shtml .mht .mhtml .xml .xsl .xslt .hta .js .mjs .cjs "
    ".jsx .vbs .vbe .wsf .wsh .ps1 .psm1 .bat .cmd .com .exe .dll .msi .scr .pif .cpl .lnk .reg "
    ".jar .jnlp .class .apk .app .dmg .deb .rpm .sh .bash .zsh .csh .ksh .run .php .php3 "
    ".php4 .php5 .phtml .phar .asp .aspx .jsp .cgi .pl .py .pyc .pyw .rb .lua .swf .htaccess "
    ".url .desktop .webmanifest .wasm".split()
)
_ACTIVE_MIMES = frozenset(
    {
        "image/svg+xml",
        "text/html",
        "application/xhtml+xml",
        "text/xml",
        "application/xml",
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
        "application/x-httpd-php",
        "application/x-sh",
        "application/x-msdownload",
        "application/wasm",
    }
)
# What starts a page, as the MIME Sniffing Standard has it, and what a page is not without.
_PAGE_START = re.compile(
    r"<(?:!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|"
    r"xsl:\w+|object|embed|meta|link|base|form|img|math)\b",
    re.IGNORECASE,
)
_PAGE_PART = re.compile(
    r"<(?:script|html|svg|iframe|object|embed|!doctype\s+html|\w+:script|\w+:svg)\b|<\?php\b",
    re.IGNORECASE,
)
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

# Extensions whose files begin alike.
_FAMILIES = (
    frozenset(".jpg .jpeg .jpe .jfif .pjpeg".split()),
    frozenset(".tif .tiff .dng .nef .cr2 .arw".split()),
    frozenset(".mp4 .m4v .m4a .mov .3gp .3g2 .heic .heif .avif .qt .f4v".split()),
    frozenset(".ogg .oga .ogv .opus .ogx .spx".split()),
    frozenset(".mkv .webm .mka".split()),
    frozenset(".mp3 .mpga .mp2 .aac".split()),
    frozenset(".mpg .mpeg .vob .m2v".split()),
    frozenset(".aif .aiff .aifc".split()),
    frozenset(".mid .midi".split()),
    frozenset(".pdf .ai .fdf".split()),
    frozenset(".gz .tgz .svgz".split()),
    frozenset(".bz2 .tbz2 .tbz".split()),
    frozenset(".xz .txz".split()),
    frozenset(
        ".zip .docx .docm .dotx .xlsx .xlsm .xltx .xlsb .pptx .pptm .potx .odt .ods .odp .odg .ott "
        ".epub .kmz .jar .apk .pages .numbers .key .usdz .sketch .cbz .3mf".split()
    ),
    frozenset(".doc .dot .xls .xlt .ppt .pot .pps .msg .msi .vsd .pub".split()),
    frozenset(".avi .wav .webp .ani".split()),
    frozenset(".bmp .dib".split()),
    frozenset(".ico .cur".split()),
)
# These always begin in a way that can be known.
_KNOWN = frozenset().union(*_FAMILIES, ".png .gif .7z .rar .flac .psd .rtf".split()) - {
    ".mp2",
    ".aac",
    ".mpga",
    ".tgz",
    ".ai",
}
# Where Python's own table differs from one version or system to the next.
_MIMES = {
    ".avif": "image/avif",
    ".csv": "text/csv",
    ".flac": "audio/flac",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".md": "text/markdown",
    ".mkv": "video/x-matroska",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
# Signatures that are shorter happen to be the beginning of other things.
_SIGNATURE_BYTES = 3


def mime_of(ending: str) -> str:
    """Return the MIME type that files with an extension have; empty when it is not known."""
    return _MIMES.get(ending) or mimetypes.guess_type(f"x{ending}", strict=False)[0] or ""


def accepted(name: str, declared: str, accept: Iterable[str]) -> bool:
    """Return whether a file's name and declaration are among what is accepted.

    Args:
        name: Of the file.
        declared: Its MIME type as the browser says it; may be empty.
        accept: Extensions and MIME types as in ``<input accept>``; empty: everything.
    """
    accept = tuple(accept)
    if not accept:
        return True
    ending = extension(name)
    mime = mime_of(ending) if ending else declared
    return any(
        token in (ending, mime) or (token.endswith("/*") and mime.startswith(token[:-1]))
        for token in accept
    )


def check_claim(name: str, declared: str, accept: Iterable[str]) -> None:
    """See whether a file may come, by what is said of it.

    Raises:
        WrongType: Its type is not accepted, or it has two (``DJU104``).
        ActiveContent: It could run (``DJU105``).
    """
    accept = tuple(accept)
    ending = extension(name)
    is_active = ending in _ACTIVE or declared.partition(";")[0].strip() in _ACTIVE_MIMES
    if is_active and not _is_wanted(ending, declared, accept):
        raise ActiveContent("Files of this type are not safe to share.")
    if not accepted(name, declared, accept):
        wanted = ", ".join(accept)
        raise WrongType(f"Files of this type are not accepted. Accepted are: {wanted}.")
    kinds = {mime.partition("/")[0] for mime in (mime_of(ending), declared) if mime}
    if len(kinds) > 1 and kinds & {"image", "audio", "video"} and kinds != {"audio", "video"}:
        raise WrongType("The file is not of the type that its name says.")


def check_content(head: bytes, name: str, declared: str, accept: Iterable[str]) -> str:
    """See whether the beginning of a file is what its name says, and return its MIME type.

    Args:
        head: The first :data:`HEAD_BYTES` bytes, or all of a shorter file.
        name: Of the file.
        declared: Its MIME type as the browser says it; counts when the name has no extension.
        accept: As for :func:`accepted`.

    Raises:
        WrongType: It is something else (``DJU104``).
        ActiveContent: It is a page or a program (``DJU105``).
    """
    ending = extension(name)
    text = _as_text(head)
    if _is_active(head, text) and not _is_wanted(ending, declared, tuple(accept)):
        raise ActiveContent("The file has active content in it, which is not safe to share.")
    mime = (mime_of(ending) if ending else declared) or "application/octet-stream"
    if not head:
        return mime
    is_marked = text is None or head.startswith((b"%PDF-", b"{\\rtf", b"GIF8"))
    found = _signatures(head) if is_marked else {}
    if ending in found:
        return found[ending] or mime
    family = _family(ending)
    if family & found.keys() or (not ending and mime in found.values()):
        return mime
    is_known = bool(family) or ending in _KNOWN
    if is_known or (found and mime.partition("/")[0] in ("image", "audio", "video", "text")):
        raise WrongType("The content of the file is not what its name says.")
    return mime


def _family(ending: str) -> frozenset[str]:
    return next((family for family in _FAMILIES if ending in family), frozenset())


def _signatures(head: bytes) -> dict[str, str]:
    """Return the extensions that the beginning of a file belongs to, with their MIME types."""
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return {}
    return {
        match.extension: match.mime_type
        for match in matches
        if len(match.byte_match) >= _SIGNATURE_BYTES
    } or _audio(head)


def _audio(head: bytes) -> dict[str, str]:
    """MPEG audio without a tag begins with eleven bits that are set."""
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    return {".mp3": "audio/mpeg"} if is_frame and head[1] & 0x06 else {}


def _as_text(head: bytes) -> str | None:
    """Return the beginning of a file as text; None when it is none."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    if b"\0" in head:
        return _as_wide_text(head)
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        # A character may have been cut in two at the end of what is looked at.
        if error.start >= len(head) - 3 and len(head) >= HEAD_BYTES:
            return head[: error.start].decode()
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return None if controls else head.decode("latin-1")


def _as_wide_text(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of markup is zero."""
    for encoding, zeros in (("utf-16-le", head[1:64:2]), ("utf-16-be", head[0:64:2])):
        if len(zeros) > 4 and not any(zeros):
            return head.decode(encoding, "replace")
    return None


def _is_active(head: bytes, text: str | None) -> bool:
    if head.startswith(_PROGRAMS) and (text is None or head.startswith(b"#!")):
        return True
    if text is None:
        # Something that old software takes for a page although it begins as another thing.
        return _PAGE_START.match(head[:64].decode("latin-1").lstrip()) is not None
    return _starts_page(text) or _PAGE_PART.search(text) is not None


def _starts_page(text: str) -> bool:
    """Return whether a page begins behind white space, comments and declarations."""
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        for opening, closing in (("<!--", "-->"), ("<?xml", "?>")):
            if text[position : position + len(opening)].lower() == opening:
                end = text.find(closing, position + len(opening))
                position = len(text) if end < 0 else end + len(closing)
                break
        else:
            return _PAGE_START.match(text, position) is not None


def _is_wanted(ending: str, declared: str, accept: tuple[str, ...]) -> bool:
    """Return whether active content is named in ``accept``; ``image/*`` does not mean SVG."""
    if ending in accept and ending in _ACTIVE:
        return True
    mime = mime_of(ending) if ending else declared
    return mime in accept and mime in _ACTIVE_MIMES
