"""Text as readers take it in: white space, characters that are not seen, radicals, entities.

Each reader passes each text through `collapse`, so that what a file's format or its author's
keyboard did to the characters is undone once and in one way.
"""

from __future__ import annotations

import re
from html import unescape

from archive.text.fold import IGNORABLE, ideograph

_INVISIBLE = re.compile(rf"[{IGNORABLE}\x00-\x08\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3001-\u303f\u2018-\u201d\u2026"
# A line break of the source between two Chinese characters is no space of the text.
_WRAP = re.compile(rf"(?<=[{_HAN}])[ \t]*[\r\n]\s*(?=[{_HAN}])")
# Two ideographic spaces (or four no-break or plain ones) open a paragraph.
INDENT = re.compile("\\s*(?:\u3000{2}|[\u00a0 ]{4}|\t)")
# The same inside a run of text: the page gave no mark-up for its paragraphs. Behind a closed
# sentence, or before a number, a date or a sentence: what it parts elsewhere are the pieces
# of one line, a name and a post.
_NUMBERED = (
    r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十百\d]{1,4}[章节条篇]"
)
_DATED = r"[12二][\d〇○零一二三四五六七八九]{3}年"
PARAGRAPH = re.compile(
    r"(?<!\s)(?=\s?(?:\u3000\s*\u3000|\xa0[\xa0 ]{3}))"
    r"(?:(?:(?<=[。！？!?；;…])|(?<=[。！？!?；;…][”’」』）)]))\s++"
    rf"|\s++(?={_NUMBERED}|{_DATED}|[^\u3000\xa0]{{0,300}}[。！？!?；;]))"
)

# Radicals, strokes and compatibility ideographs; halves of surrogate pairs, which are no text.
_LOOKALIKE = re.compile("[\u2e80-\u2fdf\u31c0-\u31e3\uf900-\ufaff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What is left of an entity that was escaped twice; a plain & is followed by no name and `;`.
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,20});")

# White space that spreads the characters of one word over a line: between ideographs that stand
# alone, no wider than two ideographs. A TAB parts cells.
_ALONE = "\u3007\u25cb\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP = "[ \u00a0\u2000-\u200a\u202f\u3000]{1,6}"
_SPREAD = re.compile(
    rf"(?<![{_ALONE}0-9A-Za-z])[{_ALONE}](?:{_GAP}[{_ALONE}](?![{_ALONE}]))+(?![0-9A-Za-z])"
)
_BETWEEN = re.compile(_GAP)
_WIDEST = 6
# Words of one character that stand beside others: in lists of persons, and to be filled in.
_BY_ITSELF = frozenset("男女是否有无")
_BLANK_DATE = frozenset("年月日时分")
# A line that is spread has this many single characters; short words may stand among them.
_SPREAD_LINE = 4
_SPREAD_WORDS = re.compile(
    rf"(?<![{_ALONE}0-9A-Za-z])[{_ALONE}]{{1,3}}(?P<gap>[ \u3000])[{_ALONE}]{{1,3}}"
    rf"(?:(?P=gap)[{_ALONE}]{{1,3}})+(?![{_ALONE}])"
)
_COUNTED = re.compile("第.{1,3}")
# A list of persons: names of two characters are spread to the width of those of three.
_NAMES = re.compile(r"(?!第)(?=.*\S{3})(?:\S{3}(?:\s|$)|\S\s\S(?:\s|$))+")
_NAME = re.compile(r"(?<!\S)(\S)\s(\S)(?!\S)")
# A number of a document that is spread whole: 清 水 发 〔 2 0 2 1 〕 1 5 号.
_SPREAD_NUMBER = re.compile(
    r"\s?[〔\[［【（(]\s?(?:\d\s){3}\d\s?[〕\]］】）)]\s?第?\s?(?:\d\s){0,5}\d\s?号"
)
# What every spread word has: looked for first, because few texts have it.
_SPREADS = re.compile(rf"{_GAP}[{_ALONE}](?![{_ALONE}0-9A-Za-z])")
# A full-width sign has its space within itself.
_AT_SIGN = re.compile(rf"{_GAP}(?=[，。、；：？！])|([，、；]){_GAP}")

# Nearly all text is made of these, which need no second look, and of the commonest blanks.
_PLAIN = "!-%'-~\u2010-\u2027\u2030-\u205e\u3001-\u3163\u3165-\u31bf\u4e00-\ud7ff\uff01-\uff9f"
_UNEVEN = re.compile(f"[^{_PLAIN}]")
_ODD = re.compile(f"[^{_PLAIN} \t\r\n\u00a0\u3000]")


def collapse(text: str) -> str:
    """`text` with its white space collapsed and its invisible characters gone.

    Spread words are closed up, radicals are written as ideographs, entities that were escaped
    twice as their characters; half of a surrogate pair becomes U+FFFD.

    >>> collapse("\\u3000\\u3000教育\\r\\n局\\xa0\\xa02021  年\\u200b")
    '教育局 2021 年'
    >>> [collapse(text) for text in ("第一章　总　则", "国 务 院 工 作", "⼀、&ldquo;⺠⽣&rdquo;")]
    ['第一章 总则', '国务院工作', '一、“民生”']
    """
    bare = text.strip()
    if not _UNEVEN.search(bare):
        return bare
    if _ODD.search(bare):
        entities = _ENTITY.sub(lambda entity: unescape(unescape(entity.group())), bare)
        bare = _INVISIBLE.sub("", plain(entities))
    if "\n" in bare or "\r" in bare:
        bare = _WRAP.sub("", bare)
    return _SPACE.sub(" ", close_up(bare)).strip()


def plain(text: str) -> str:
    """`text` with ideographs for what looks like them, and no half of a surrogate pair.

    >>> plain("⼀、⼈⺠教育\\ud800")
    '一、人民教育\\ufffd'
    """
    return _SURROGATE.sub("\ufffd", _LOOKALIKE.sub(lambda match: ideograph(match.group()), text))


def close_up(text: str) -> str:
    """`text` with the white space gone that only spreads the characters of a word.

    The widest gaps of a line of single characters part its words; a gap beside a word of
    several characters stays, unless most of the line is spread.

    >>> close_up("主　任：尤　甲　　市政府副秘书长"), close_up("李　明　　王　强")
    ('主任：尤甲　　市政府副秘书长', '李明　　王强')
    >>> close_up("校园 安全 工 作 方 案"), close_up("张三 李四")
    ('校园安全工作方案', '张三 李四')
    >>> close_up("清 水 发〔 2 0 2 1 〕 1 5 号")
    '清水发〔2021〕15号'
    """
    if _SPREADS.search(text):
        text = _SPREAD.sub(_closed, _SPREAD_WORDS.sub(_closed_line, text))
    if "号" in text:
        text = _SPREAD_NUMBER.sub(lambda number: "".join(number.group().split()), text)
    return _AT_SIGN.sub(r"\1", text)


def _closed_line(match: re.Match[str]) -> str:
    """A line of which most characters stand alone, closed up with the short words among them."""
    if _NAMES.fullmatch(match.group()):
        return _NAME.sub(r"\1\2", match.group())
    words = match.group().split(match["gap"])
    alone = sum(len(word) == 1 for word in words)
    if len({len(word) for word in words}) == 1 or not _SPREAD_LINE <= alone > len(words) / 2:
        return match.group()
    if _COUNTED.fullmatch(words[0]):
        return f"{words[0]} {''.join(words[1:])}"
    return "".join(words)


def _closed(match: re.Match[str]) -> str:
    run = match.group()
    gaps = [_width(gap) for gap in _BETWEEN.findall(run)]
    narrow = min(gaps)
    pieces = _BETWEEN.split(run)
    if narrow > _WIDEST or _BLANK_DATE.issuperset(pieces):
        return run
    closed, before = pieces[0], pieces[0]
    for gap, piece in zip(_BETWEEN.finditer(run), pieces[1:], strict=True):
        parted = _width(gap.group()) > narrow or not _BY_ITSELF.isdisjoint((before, piece))
        closed += (gap.group() if parted else "") + piece
        before = piece
    return closed


def _width(gap: str) -> int:
    """The width of a gap, in halves of an ideograph."""
    return len(gap) + gap.count("\u3000")
