"""MHTML: a web page saved as one file, the page and its frames as parts of a MIME message.

Browsers write `multipart/related` (RFC 2557): the page first or named by `start`, beside it
frames, pictures and styles. Word and WPS write the same with parts of their own (page
headers, file lists), so a part counts only where the page shows it as a frame.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from html import unescape
from urllib.parse import urljoin

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page, PageBlock
from indexer.readers.encoding import decode
from indexer.readers.html.profiles import Profile
from indexer.readers.html.reader import has_text, read_html
from indexer.text.spacing import collapse

# A page saved with all its pictures has some hundred parts; each costs the parser a message.
MAX_PARTS = 20_000
# Multiparts and mails stand inside each other two or three deep; the parser's work grows with
# depth.
MAX_MULTIPARTS = 64
# Frames of one page that are read; measured pages with advertisements have up to ten.
MAX_FRAMES = 64
# Characters of one header that are read; decoding takes the square of its encoded words.
MAX_HEADER = 20_000

_HEAD = 4096
_IS_MHTML = re.compile(rb"\A\s*(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.I)
_MULTIPART = re.compile(rb"Content-Type:\s*(?:multipart|message)/", re.IGNORECASE)
_PART = re.compile(rb"^--(?!>|\s)", re.MULTILINE)
HTML_TYPES = ("text/html", "application/xhtml+xml")
_FRAME = re.compile(
    r"<i?frame\b[^>]{0,2000}?\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I
)
_NO_BASE64 = re.compile("[^A-Za-z0-9+/]")
_LOCATION = "Content-Location"
_WEB = ("http://", "https://")


def looks_like_mhtml(data: bytes) -> bool:
    r"""Whether `data` begins as a MIME message does, whatever the file is called.

    >>> looks_like_mhtml(b"From: <Saved by a browser>\r\nMIME-Version: 1.0\r\n\r\n")
    True
    >>> looks_like_mhtml(b"<html><body>MIME-Version: 1.0</body></html>")
    False
    """
    return _IS_MHTML.match(data[:_HEAD]) is not None


def read_mhtml(data: bytes, relative: str, profiles: Sequence[Profile] | None = None) -> Page:
    """The page of an MHTML file, with its frames' blocks behind its own.

    `url` is where it was saved from, `title` the page's own or else the message's subject;
    `profiles` are the site profiles to try (None: our own).
    Raises SourceError where no part is a page, or the message is beyond the limits.
    """
    if not looks_like_mhtml(data):
        # Some programs call a plain page .mht.
        return read_html(data, relative, profiles)
    message = parse_message(data, relative)
    parts = [part for part in message.walk() if part.get_content_type() in HTML_TYPES]
    if not parts:
        raise SourceError("mhtml.no_text", relative=relative)
    # The part that is the page: the one that `start` names, else the first.
    start = message.get_param("start")
    root = next((part for part in parts if header(part, "Content-ID") == start), parts[0])

    def read(part: Message) -> Page:
        return read_html(payload(part), relative, profiles, header(part, _LOCATION) or None)

    page = read(root)
    blocks, warnings = list(page.blocks), list(page.warnings)
    frames = list(_frames(root, parts))
    if not blocks and not frames:
        frames = [part for part in parts[:MAX_FRAMES] if part is not root]
    for frame in map(read, frames):
        _append(blocks, frame.blocks)
        warnings += frame.warnings
    if has_text(blocks[len(page.blocks) :]):
        warnings.append(ReadingWarning.FRAMES.value)
    if not blocks:
        raise SourceError("mhtml.no_text", relative=relative)
    location = header(root, _LOCATION) or header(message, "Snapshot-Content-Location")
    return replace(
        page,
        blocks=tuple(blocks),
        warnings=tuple(dict.fromkeys(warnings)),
        title=page.title or header(message, "Subject") or None,
        url=page.url or (location if location.startswith(_WEB) else None),
    )


def parse_message(data: bytes, relative: str) -> Message:
    """The MIME message in `data`. Raises SourceError beyond the limits."""
    many = (
        sum(1 for _ in _PART.finditer(data)) > MAX_PARTS
        or sum(1 for _ in _MULTIPART.finditer(data)) > MAX_MULTIPARTS
    )
    if many:
        raise SourceError(
            "mhtml.too_many_parts",
            relative=relative,
            max_parts=MAX_PARTS,
            max_multiparts=MAX_MULTIPARTS,
        )
    try:
        return message_from_bytes(data)
    except (MessageError, ValueError, LookupError) as error:
        raise SourceError("mhtml.unreadable", relative=relative, error=error) from error


def _frames(root: Message, parts: list[Message]) -> Iterator[Message]:
    """Yield the parts that `root` shows as frames, and those that they show, once each."""
    by_name: dict[str, Message] = {}
    for part in parts:
        content_id = header(part, "Content-ID").strip("<>")
        for name in (f"cid:{content_id}" if content_id else "", header(part, _LOCATION)):
            if name:
                by_name.setdefault(name, part)
    seen = [root]
    # Grows while it is read.
    for part in seen:
        text, _ = decode(payload(part))
        base = header(part, _LOCATION)
        for match in _FRAME.finditer(text):
            source = unescape(match.group(1) or match.group(2) or match.group(3) or "").strip()
            frame = by_name.get(source) or by_name.get(_join(base, source))
            if frame is None or any(frame is other for other in seen) or len(seen) > MAX_FRAMES:
                continue
            seen.append(frame)
            yield frame


def _append(blocks: list[PageBlock], more: tuple[PageBlock, ...]) -> None:
    """Add a frame's blocks, in places of their own behind those of the page."""
    last = max((number for block in blocks for number in block.place), default=0)
    blocks.extend(
        replace(block, place=tuple(number + last for number in block.place)) for block in more
    )


def payload(part: Message) -> bytes:
    """A part's bytes; of base64 that was cut off or damaged, what can be decoded."""
    if header(part, "Content-Transfer-Encoding").lower() == "base64":
        code = _NO_BASE64.sub("", str(part.get_payload()))
        return b64decode(code[: len(code) - (len(code) % 4 == 1)] + "===")
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _join(base: str, source: str) -> str:
    try:
        return urljoin(base, source)
    except ValueError:
        return source


def header(part: Message, name: str) -> str:
    """A header's text, decoded (RFC 2047, or bare bytes in some encoding); "" without it."""
    value = part.get(name, "")
    if isinstance(value, str):
        value = value[:MAX_HEADER]
    try:
        pieces = decode_header(value)
    except HeaderParseError:
        pieces = [(str(value), None)]
    return collapse("".join(stated_text(text, charset) for text, charset in pieces))


def stated_text(text: str | bytes, charset: str | None) -> str:
    """The text of a piece of a header, in the charset that is stated for it."""
    if isinstance(text, str):
        return text
    # What is called gb2312 has characters of GB18030.
    charset = "gb18030" if charset and charset.lower().startswith("gb") else charset
    # Without a charset, or with one that is unknown, the bytes speak for themselves.
    with suppress(LookupError, ValueError):
        return text.decode(charset or "unknown-8bit")
    return decode(text)[0]
