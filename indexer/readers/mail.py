"""A mail (.eml): its body, then its attachments, each by the reader of its suffix.

The body is the HTML one where there is one. What the head says, and what could not be read,
stands in blocks of its own. A file of many mails (.mbox) is not read: a page is one document.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page, PageBlock
from indexer.readers import SUFFIXES, check_amount, read_data
from indexer.readers.encoding import decode_source
from indexer.readers.html.reader import read_html
from indexer.readers.mhtml import (
    HTML_TYPES,
    header,
    parse_message,
    payload,
    stated_text,
)
from indexer.readers.text import MAX_LINES, read_text
from indexer.text.spacing import collapse

# Mails inside mails.
MAX_DEPTH = 3
# Each may take the time of a file. Mails of the office have up to ten.
MAX_ATTACHMENTS = 30

_SUFFIX = ".eml"
_MESSAGE = "message/rfc822"
_HEADERS = {"From": "发件人", "To": "收件人", "Cc": "抄送", "Date": "日期"}
_REPLY = re.compile(r"(?:(?:re|fwd?|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)
# The quoting of a text that is answered; before a figure it is a sign of the text.
_QUOTE = re.compile(r"(?:> ?)+(?=\D|$)")
# Parts that say nothing to a reader.
_SIGNATURE = re.compile(r"application/(?:(?:x-)?pkcs7|pgp)-(?:signature|encrypted)")
_ENCRYPTED = re.compile(r"multipart/encrypted|application/(?:x-)?pkcs7-mime")


def read_mail(data: bytes, relative: str) -> Page:
    """The page of a mail; its subject is the title, its date that of publication.

    Raises SourceError where it is encrypted, has no text, or is beyond the limits.
    """
    message = parse_message(data.removeprefix(BOM_UTF8).lstrip(), relative)
    mail = _Mail(relative)
    mail.read(message, 1)
    if not mail.has_text:
        encrypted = any(_ENCRYPTED.match(part.get_content_type()) for part in message.walk())
        key = "reader.encrypted" if encrypted else "mail.no_text"
        raise SourceError(key, relative=relative)
    meta: dict[str, str] = {}
    with suppress(ValueError, OverflowError):
        meta["publishdate"] = parsedate_to_datetime(header(message, "Date")).date().isoformat()
    return Page(
        path=relative,
        blocks=tuple(mail.blocks),
        encoding=mail.encoding,
        title=_subject(message) or None,
        meta=meta,
        warnings=tuple(dict.fromkeys(mail.warnings)),
    )


class _Mail:
    """What is read of a mail, and of the mails inside it."""

    def __init__(self, relative: str) -> None:
        self._relative = relative
        self._attachments = 0
        self.blocks: list[PageBlock] = []
        self.warnings: list[str] = []
        self.encoding: str | None = None
        self.has_text = False

    def read(self, message: Message, depth: int) -> None:
        """Read the head, the body and the attachments of a mail inside `depth` - 1 others."""
        self.blocks += _head(message)
        attachments: list[Message] = []
        self._body(message, attachments)
        for part in attachments:
            name = _file_name(part)
            try:
                self._attachment(part, name, depth)
            except SourceError as error:
                said = f"附件未读取：{name}（{error.chinese}）"
                block = PageBlock(said, path=("embedded",), hidden=True, added=said)
                self.blocks.append(block)
                self.warnings.append(ReadingWarning.UNREAD.value)

    def _body(self, part: Message, attachments: list[Message]) -> bool:
        """Read the text inside `part`, note its attachments; whether there is text."""
        kind = part.get_content_type()
        if part.is_multipart() and kind != _MESSAGE:
            inside = [child for child in part.get_payload() if isinstance(child, Message)]
            if kind != "multipart/alternative":
                return sum(self._body(child, attachments) for child in inside) > 0
            found = False
            for child in sorted(inside, key=_has_html, reverse=True):
                if not found or _is_attachment(child):
                    found = self._body(child, attachments) or found
            return found
        if not _is_attachment(part):
            page = self._text(part)
            self.encoding = self.encoding or page.encoding
            self._add(page)
            return bool(page.blocks)
        inline = part.get_content_maintype() == "image" and "Content-ID" in part
        if not _SIGNATURE.match(kind) and (part.get_content_disposition() or not inline):
            attachments.append(part)
        return False

    def _text(self, part: Message) -> Page:
        """The page of a body."""
        data = payload(part)
        if data.isascii():
            # Charsets of seven bits (UTF-7, HZ) do not show in the bytes.
            with suppress(LookupError, ValueError):
                data = data.decode(part.get_content_charset("ascii")).encode()
        if part.get_content_type() in HTML_TYPES:
            return read_html(data, self._relative, ())
        text, _ = decode_source(data, self._relative)
        if text.count("\n") > MAX_LINES:
            raise SourceError("text.too_many_lines", relative=self._relative, max_lines=MAX_LINES)
        return read_text("\n".join(_lines(text, part)).encode(), self._relative)

    def _attachment(self, part: Message, name: str, depth: int) -> None:
        """Read an attachment. Raises SourceError where it cannot be read."""
        self._attachments += 1
        if self._attachments > MAX_ATTACHMENTS:
            raise SourceError("mail.too_many", relative=name, count=MAX_ATTACHMENTS)
        suffix = PurePosixPath(name).suffix.lower()
        heading = PageBlock(name, tag="h2")
        if part.get_content_type() == _MESSAGE or suffix == _SUFFIX:
            if depth >= MAX_DEPTH:
                raise SourceError("mail.too_deep", relative=name, depth=MAX_DEPTH)
            self.blocks.append(heading)
            self.read(_inner(part) or parse_message(payload(part), name), depth + 1)
            return
        if suffix not in SUFFIXES:
            raise SourceError("mail.type", relative=name)
        page = read_data(suffix, payload(part), name)
        check_amount([*self.blocks, *page.blocks], name)
        self.blocks.append(heading)
        self._add(page)

    def _add(self, page: Page) -> None:
        # Parts of a mail stand beside one another: none is the place of its text alone.
        self.blocks += (replace(block, place=()) for block in page.blocks)
        self.warnings += page.warnings
        self.has_text = self.has_text or bool(page.blocks)


def _head(message: Message) -> Iterator[PageBlock]:
    """Yield what the head of a mail says, a block a line."""
    for name, label in _HEADERS.items():
        if value := header(message, name):
            yield PageBlock(f"{label}：{value}", path=("mail", "header"), added=f"{label}：")


def _subject(message: Message) -> str:
    return _REPLY.sub("", header(message, "Subject"), count=1)


def _has_html(part: Message) -> bool:
    return any(inside.get_content_type() in HTML_TYPES for inside in part.walk())


def _is_attachment(part: Message) -> bool:
    """Whether a part is no body of the mail."""
    kind = part.get_content_type()
    if part.is_multipart():
        return kind == _MESSAGE
    is_text = kind == "text/plain" or kind in HTML_TYPES
    return not is_text or part.get_content_disposition() == "attachment" or bool(_stated_name(part))


def _inner(part: Message) -> Message | None:
    """The mail that a part of the type of mails holds."""
    inside = part.get_payload()
    return inside[0] if isinstance(inside, list) and isinstance(inside[0], Message) else None


def _file_name(part: Message) -> str:
    """What an attachment is called, else its subject or its type."""
    inner = _inner(part)
    name = _stated_name(part) or (_subject(inner) if inner else "")
    return name or part.get_content_type()


def _stated_name(part: Message) -> str:
    """The name of the file in a part: RFC 2231, encoded words, or bare bytes."""
    for field, key in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        value = part.get_param(key, "", field)
        if isinstance(value, tuple):
            name = stated_text(value[2].encode("latin-1", "replace"), value[0])
        else:
            found = re.search(rf'\b{key}\s*=\s*(?:"([^"]*)|([^\s;]+))', header(part, field), re.I)
            name = (found[1] or found[2] or "") if found else ""
        if name := collapse(re.split(r"[\\/]", name)[-1]):
            return name
    return ""


def _lines(text: str, part: Message) -> Iterator[str]:
    """Yield the lines of a plain body without marks of quoting, flowed ones whole (RFC 3676)."""
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    glued = str(part.get_param("delsp", "")).lower() == "yes"
    pieces: list[str] = []
    before = 0
    for raw in text.splitlines():
        quote = _QUOTE.match(raw)
        depth = quote[0].count(">") if quote else 0
        line = raw[quote.end() :] if quote else raw
        if flowed:
            line = line.removeprefix(" ")
            if depth != before:
                yield "".join(pieces)
                pieces, before = [], depth
            if line.endswith(" ") and line != "-- ":
                # Between Chinese characters the space is none of the text.
                keep = line[-2:-1].isascii() and not glued
                pieces.append(line if keep else line[:-1])
                continue
        yield "".join((*pieces, line))
        pieces = []
    yield "".join(pieces)
