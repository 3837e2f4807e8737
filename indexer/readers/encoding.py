"""Which encoding a file's bytes are in: what they say, unless the text says otherwise.

Chinese pages come as UTF-8, GB18030 (with GBK and GB2312 inside it), Big5 or UTF-16, and
what they declare is often wrong. So every candidate is tried strictly, and among those that
decode, the one whose text reads most like Chinese wins.
"""

from __future__ import annotations

import codecs
import re

from archive.errors import SourceError

# The most frequent characters of written Chinese, Simplified and Traditional, with the
# commonest signs. Running text has about four in ten of its non-ASCII characters in here;
# text decoded wrongly has hardly any.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
    "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体"
    "制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内"
    "数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提"
    "直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计"
    "别手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口"
    "市教育院发导这为个国时来们对会"
    "這為個國時來們對會產種後過說從進業質氣變條沒結問無系軍題員總統見計別論運農幾區強戰處隊給門規"
    "熱領當體與關內數點實現動開還應發學經電機長將組"
    "，。、；：！？“”（）《》　—…"
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
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
# A file in which more than this share of the characters is undecodable or a control
# character is no text. Real damaged pages of the measured sets stay under 0.5 %.
GARBAGE_SHARE = 0.05
# UTF-16 without a mark: ASCII (mark-up, figures, line ends) makes every second byte zero.
_ZERO_SHARE_UTF16 = 0.1
# A declared charset wins where another reads only this much better.
_DECLARED_BONUS = 0.02
_SAMPLE = 200_000
_ASCII = re.compile("[\x00-\x7f]+")
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]+")
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f\ufffd]")
# Zero bytes come into text by faulty programs; a file of them is none.
_ZERO_SHARE_GARBAGE = 0.5


def decode(data: bytes) -> tuple[str, str]:
    r"""The text of `data` and the encoding it was read in (`utf-8`, `gb18030`, …).

    Never raises; bytes that fit nowhere become U+FFFD.

    >>> decode("关于印发要点的通知".encode("gbk"))
    ('关于印发要点的通知', 'gb18030')
    >>> decode(b"<meta charset=gb2312>" + "教育".encode())
    ('<meta charset=gb2312>教育', 'utf-8')
    """
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
    return texts[name], name


def decode_source(data: bytes, relative: str) -> tuple[str, str]:
    """As `decode`, for the file called `relative`; raises SourceError where it is no text."""
    text, encoding = decode(data)
    if is_garbage(text):
        raise SourceError("reader.not_text", relative=relative)
    return text, encoding


def plausibility(text: str) -> float:
    """How much `text` reads like Chinese: -1 to 1.

    The share of common characters among the non-ASCII ones, less the share of signs that
    only wrong decoding yields.

    >>> plausibility("我们的工作") > 0.5 > plausibility("鎴戜滑鐨勫伐浣�")
    True
    """
    foreign = _ASCII.sub("", text[:_SAMPLE])
    if not foreign:
        return 0.0
    common = sum(map(_COMMON.__contains__, foreign))
    broken = len(foreign) - len(_BROKEN.sub("", foreign))
    return (common - broken) / len(foreign)


def is_garbage(text: str) -> bool:
    r"""Whether `text` is no text at all: a picture, an archive, a damaged disk block.

    >>> is_garbage("教育\x01\ufffd\ufffd"), is_garbage("教\x00育局")
    (True, False)
    """
    if text.count("\x00") > _ZERO_SHARE_GARBAGE * len(text):
        return True
    return len(_CONTROLS.findall(text)) > GARBAGE_SHARE * len(text)


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_DECLARATION_WINDOW])
    word = match.group(1).decode("ascii").lower() if match else ""
    return _FAMILIES.get(word.replace("-", "").replace("_", ""))


def _wide_codec(data: bytes) -> str | None:
    sample = data[:_DECLARATION_WINDOW]
    if len(sample) < 4 or sample.count(0) < _ZERO_SHARE_UTF16 * len(sample):
        return None
    for codec in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(codec, "ignore")
        if text and not is_garbage(text) and any(c in _COMMON or c in "<\n" for c in text):
            likely = sum(c in _COMMON or c < "\x80" for c in text)
            if likely > len(text) / 3:
                return codec
    return None
