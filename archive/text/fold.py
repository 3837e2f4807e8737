"""Folding text for matching, with the way back to the original; sentences.

Folding makes characters equal that a reader takes for equal: width, case, brackets,
Traditional and Simplified, radicals and the ideographs that look the same; what no reader
sees folds to nothing. It is defined per character and free of context, so that
fold(a + b) = fold(a) + fold(b): a phrase that stands in a text also stands in its
folded form, and the reverse check on the original is never needed. Only of the TABs
between the cells of a table's row those vanish that shut off an empty cell, so that a row
can be typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

# Lenticular and tortoise-shell brackets stand for round ones in document numbers and
# article titles (〔2022〕1号, 【篇一】); the full-width round ones fall to NFKC.
# The last two are blanks that NFKC leaves alone; a line break is none, it ends a sentence.
_SIGNS = {"〔": "(", "〕": ")", "【": "(", "】": ")", "\t": " ", "\u1680": " "}

# Pairs of a Traditional character and its Simplified one, from OpenCC's single-character
# table (Apache License 2.0): kept as data, because loading OpenCC takes longer than a search
# and another version of it would fold otherwise than the index was written.
_SIMPLIFIED = Path(__file__).with_name("simplified.txt")
# Pairs of a radical or stroke and the ideograph that looks the same, as Unicode's
# EquivalentUnifiedIdeograph.txt has them, where the radical has no compatibility mapping.
_RADICALS = Path(__file__).with_name("radicals.txt")

# Unicode's Default_Ignorable_Code_Point, as the inside of a character class: joiners, marks
# of direction, variation selectors, fillers, the soft hyphen, the byte order mark.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IGNORED = re.compile(f"[{IGNORABLE}]")
# Digits that readers tell from plain ones (10⁵ is not 105); ² and ³ are those of m² and m³.
_RAISED = frozenset("⁰¹⁴⁵⁶⁷⁸⁹")

# The TABs of a row that stand beside an empty cell; between two others one is left.
_EMPTY_CELLS = re.compile(r"\A\t+|(?<=\t)\t+|\t+\Z")

# A sentence ends at these, in either width, at a line break or a cell's edge. Everything that
# can begin an end stands in front: so written, it is looked for twice as fast as three
# alternatives are.
_SENTENCE_END = re.compile(
    r"[。!！?？;；\n\r\t](?:(?<![\n\r\t])[。!！?？;；]*[”’」』\")）]*|(?<=\r)\n)?"
)
# All that such an end can be made of: what holds one may run across two sentences.
END_SIGNS = frozenset('。!！?？;；\n\r\t”’」』")）')


@lru_cache(maxsize=2)
def _pairs(file: Path) -> dict[str, str]:
    """The pairs of characters of a data file (read at first use)."""
    pairs = file.read_text("utf-8").replace("\n", "")
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def ideograph(character: str) -> str:
    """Return the ideograph that a radical, stroke or compatibility ideograph stands for.

    >>> "".join(map(ideograph, "⼀、⼈⺠教育"))
    '一、人民教育'
    """
    return _pairs(_RADICALS).get(character) or unicodedata.normalize("NFKC", character)


def _fold_character(character: str) -> str:
    if character in _RAISED or unicodedata.decomposition(character).startswith("<fraction>"):
        return character
    normal = ideograph(character).lower()
    if (number := unicodedata.numeric(character, None)) is not None and "CIRCLED" in (
        unicodedata.name(character)
    ):
        # ① and ❶ as ⑴ is by itself; ㊀ as ㈠ is.
        normal = f"({normal if normal in '一二三四五六七八九十' else int(number)})"
    simplified = _pairs(_SIMPLIFIED)
    return "".join(_SIGNS.get(c) or simplified.get(c, c) for c in _IGNORED.sub("", normal))


class _FoldTable(dict[int, str]):
    """A str.translate table that learns each character at its first sight."""

    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = folded = _fold_character(chr(codepoint))
        return folded


_TABLE = _FoldTable()

# A longer text is searched for the few characters that change; a shorter one is translated at
# once, because a search has no time to make the table of those that may change.
_LONG = 64


@lru_cache(maxsize=1)
def _changing() -> re.Pattern[str]:
    """What finds each character that folding may change; made at the first long text.

    Of the block of common ideographs only the Traditional ones change: none of them has a
    compatibility decomposition or a case.
    """
    same = [
        c
        for c in (*range(0x80), *range(0x2010, 0x2040), *range(0x3000, 0x3020))
        if _TABLE[c] == chr(c)
    ]
    traditional = set(map(ord, _pairs(_SIMPLIFIED)))
    same += [c for c in range(0x4E00, 0xA000) if c not in traditional]
    # As ranges: a class of as many single characters takes twenty times as long to compile.
    breaks = [at for at in range(1, len(same)) if same[at] != same[at - 1] + 1]
    starts, ends = [0, *breaks], [*breaks, len(same)]
    ranges = [(chr(same[a]), chr(same[b - 1])) for a, b in zip(starts, ends, strict=True)]
    return re.compile("[^" + "".join(f"{re.escape(a)}-{re.escape(b)}" for a, b in ranges) + "]")


def fold(text: str) -> str:
    """Return `text` folded: NFKC, lower case, Simplified, round brackets.

    Quotes are kept as they are, every blank is a space. One character may fold to several,
    one that is not seen to none.

    >>> fold("〔2022〕１號ＡＢＣ")
    '(2022)1号abc'
    >>> fold("\\t第一中学\\t\\t46\\t")
    '第一中学 46'
    >>> fold("义務") + fold("教育") == fold("义務教育")
    True
    """
    if "\t" in text:
        text = _EMPTY_CELLS.sub("", text)
    if len(text) < _LONG:
        return text.translate(_TABLE)
    # What a character folds to folds to itself, so one may be replaced after the other.
    for character in set(_changing().findall(text)):
        text = text.replace(character, _TABLE[ord(character)])
    return text


def empty_cells(text: str) -> set[int]:
    """Return where the TABs stand that fold to nothing.

    >>> sorted(empty_cells("\\t甲\\t\\t乙\\t\\t"))
    [0, 3, 5, 6]
    """
    return {at for cells in _EMPTY_CELLS.finditer(text) for at in range(*cells.span())}


def fold_with_offsets(text: str) -> tuple[str, list[int] | None]:
    """Return the folded text and, for each of its characters, the offset it came from.

    The list is None where folding changed no length, that is, where every offset is its
    own.

    >>> fold_with_offsets("Ａ…b")
    ('a...b', [0, 1, 1, 1, 2])
    >>> fold_with_offsets("甲乙")
    ('甲乙', None)
    >>> fold_with_offsets("甲\\u200b…")
    ('甲...', [0, 2, 2, 2])
    """
    if "\t" in text and (gone := empty_cells(text)):
        kept = [at for at in range(len(text)) if at not in gone]
        folded, inner = fold_with_offsets("".join(map(text.__getitem__, kept)))
        return folded, kept if inner is None else [kept[at] for at in inner]
    folded = fold(text)
    if len(folded) == len(text) and not _IGNORED.search(text):
        return folded, None
    # Few characters fold to several or to none: between them offsets run on one by one.
    uneven = [c for c in set(text) if len(_TABLE[ord(c)]) != 1]
    offsets: list[int] = []
    done = 0
    for at in sorted(at for c in uneven for at in find_all(c, text)):
        offsets.extend(range(done, at))
        offsets.extend([at] * len(_TABLE[ord(text[at])]))
        done = at + 1
    offsets.extend(range(done, len(text)))
    return folded, offsets


def original_span(start: int, end: int, offsets: list[int] | None) -> tuple[int, int]:
    """Map the non-empty span [start, end) of a folded text back to the original.

    A span that begins or ends inside a character's expansion takes the whole character.

    >>> folded, offsets = fold_with_offsets("第…章")
    >>> original_span(2, 3, offsets)
    (1, 2)
    """
    if offsets is None:
        return start, end
    return offsets[start], offsets[end - 1] + 1


def find_all(needle: str, text: str) -> Iterator[int]:
    """Yield the offset of each occurrence of `needle`, overlapping ones included.

    >>> list(find_all("人人", "人人人"))
    [0, 1]
    """
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each sentence of `text`; together they cover all of it.

    A sentence ends at 。！？； in either width, closing quotes and brackets included, at a
    line break or the edge of a table's cell (TAB); not at a comma.

    >>> text = "成绩突出。存在“两张皮”；要改进！"
    >>> [text[a:b] for a, b in sentences(text)]
    ['成绩突出。', '存在“两张皮”；', '要改进！']
    """
    return sentences_around(text, 0, len(text))


def sentences_around(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences from that of `start` to that which reaches `end`.

    What stands before `start` is not read: the first sentence is cut there, or before the
    signs that stand in front of it, which may end another one.

    >>> text = "成绩突出。存在“两张皮”；要改进！"
    >>> list(sentences_around(text, 6, 9)), list(sentences_around(text, 5, 14))
    ([(6, 13)], [(4, 5), (5, 13), (13, 17)])
    """
    # A reading that begins inside the end of a sentence would not find this end.
    while start and text[start - 1] in END_SIGNS:
        start -= 1
    for sign in _SENTENCE_END.finditer(text, start):
        yield start, sign.end()
        start = sign.end()
        if start >= end:
            return
    if start < len(text):
        yield start, len(text)


def merge_spans(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return `spans` sorted, with overlapping and touching ones joined.

    >>> merge_spans([(4, 6), (0, 2), (1, 3), (3, 4)])
    ((0, 6),)
    """
    if len(spans) < 2:
        return tuple(spans)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
