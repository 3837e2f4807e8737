"""Which encoding a file's bytes are in: what they say, unless the text says otherwise.

Chinese pages come as UTF-8, GB18030 (with GBK and GB2312 inside it), Big5 or UTF-16, and
what they declare is often wrong. So every candidate is tried strictly, and among those that
decode, the one whose text reads most like Chinese wins.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from archive.errors import SourceError
from indexer.text.mojibake import COMMON, plausibility, repair

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_DECLARED = re.compile(
    rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE
)
# Where a page may declare its charset; browsers look no further than 1,024 bytes, but old
# pages have long comments and scripts in front.
_DECLARATION_WINDOW = 8192
_FAMILIES = {
    "utf8": "utf-8",
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb231280", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "big5hkscs", "cp950"), "big5"),
}
_CODECS = {"utf-8": "utf-8", "gb18030": "gb18030", "big5": "big5hkscs"}
# Pieces of a file that may be in encodings of their own: no byte of these is part of a
# character of GB18030 or Big5. A shorter piece says too little of its encoding.
_PIECE = re.compile(rb"([\n<>]+)")
_SHORTEST_PIECE = 8
_PLAUSIBLE = 0.3
# A file in which more than this share of the characters is undecodable or a control
# character is no text. Real damaged pages of the measured sets stay under 0.5 %.
GARBAGE_SHARE = 0.05
# UTF-16 without a mark: ASCII (mark-up, figures, line ends) makes every second byte zero.
_ZERO_SHARE_UTF16 = 0.1
# An element spelled in single bytes, which are no characters of a text in UTF-16.
_ELEMENT = re.compile(rb"<(?:!doctype|html|head|meta|body|div|table)", re.IGNORECASE)
# A declared charset wins where another reads only this much better.
_DECLARED_BONUS = 0.02
_CONTROLS = bytes((*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F))
# Zero bytes come into text by faulty programs; a file of them is none.
_ZERO_SHARE_GARBAGE = 0.5


def decode(data: bytes) -> tuple[str, str]:
    r"""The text of `data` and the encoding it was read in (`utf-8`, `gb18030`, …).

    A file that holds pieces of two encodings is read in both, and named so
    (`gb18030+utf-8`). Text that was decoded wrongly before it was stored is repaired where
    that can be done. Never raises; bytes that fit nowhere become U+FFFD.

    >>> decode("关于印发要点的通知".encode("gbk"))
    ('关于印发要点的通知', 'gb18030')
    >>> decode(b"<meta charset=gb2312>" + "教育".encode())
    ('<meta charset=gb2312>教育', 'utf-8')
    """
    text, encoding = _decode(data)
    return repair(text), encoding


def _decode(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace"), name
    wide = _wide_codec(data)
    if wide is not None:
        return data.decode(wide, "replace"), "utf-16"
    try:
        # Text in another encoding is as good as never valid UTF-8.
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _declared(data)
    texts = {name: data.decode(codec, "replace") for name, codec in _CODECS.items()}
    name = max(texts, key=lambda n: plausibility(texts[n]) + _DECLARED_BONUS * (n == declared))
    return _piecewise(data, name) or (texts[name], name)


def _piecewise(data: bytes, name: str) -> tuple[str, str] | None:
    """The text of `data`, its pieces that are no `name` read in what they are; None without."""
    pieces: list[str] = []
    names = {name}
    for piece in _PIECE.split(data):
        text = piece.decode(_CODECS[name], "replace")
        if len(piece) >= _SHORTEST_PIECE and not piece.isascii():
            for other, codec in _CODECS.items():
                if other == name or (other != "utf-8" and name != "utf-8"):
                    continue
                with suppress(UnicodeDecodeError):
                    read = piece.decode(codec)
                    if plausibility(read) > max(_PLAUSIBLE, plausibility(text)):
                        text = read
                        names.add(other)
        pieces.append(text)
    return ("".join(pieces), "+".join(sorted(names))) if len(names) > 1 else None


def decode_source(data: bytes, relative: str) -> tuple[str, str]:
    """As `decode`, for the file called `relative`; raises SourceError where it is no text."""
    text, encoding = _decode(data)
    if is_garbage(text):
        raise SourceError("reader.not_text", relative=relative)
    return repair(text), encoding


def is_garbage(text: str) -> bool:
    r"""Whether `text` is no text at all: a picture, an archive, a damaged disk block.

    >>> is_garbage("教育\x01\ufffd\ufffd"), is_garbage("教\x00育局")
    (True, False)
    """
    if text.count("\x00") > _ZERO_SHARE_GARBAGE * len(text):
        return True
    # To compare two lengths is five times as fast as to look for the characters.
    data = text.encode("utf-8", "surrogatepass")
    found = text.count("\ufffd") + len(data) - len(data.translate(None, _CONTROLS))
    return found > GARBAGE_SHARE * len(text)


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_DECLARATION_WINDOW])
    word = match.group(1).decode("ascii").lower() if match else ""
    return _FAMILIES.get(word.replace("-", "").replace("_", ""))


def _wide_codec(data: bytes) -> str | None:
    """What UTF-16 without a mark is in; None where `data` is none."""
    sample = data[:_DECLARATION_WINDOW]
    zeros = sample.count(0) >= _ZERO_SHARE_UTF16 * len(sample)
    if len(sample) < 4 or (not zeros and _ELEMENT.search(sample)):
        return None
    texts = {
        codec: sample[: len(sample) // 2 * 2].decode(codec, "ignore")
        for codec in ("utf-16-le", "utf-16-be")
    }
    if zeros:
        for codec, text in texts.items():
            likely = sum(c in COMMON or c < "\x80" for c in text)
            if text and not is_garbage(text) and likely > len(text) / 3:
                return codec
        return None
    # Chinese has few zero bytes. Taken for it, other encodings yield rare characters.
    codec = max(texts, key=lambda codec: plausibility(texts[codec]))
    others = (sample.decode(codec, "ignore") for codec in _CODECS.values())
    best = max(_PLAUSIBLE, *map(plausibility, others))
    return codec if plausibility(texts[codec]) > best else None
