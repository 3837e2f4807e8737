"""Text that a page holds but does not show: what of it belongs to the reader all the same.

Document sites fold the rest of a text behind 展开全文, hand it over in `<noscript>` or put it
into a script as JSON. Such text comes out once, and only where the visible page lacks it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bs4 import Tag

from indexer.page import PageBlock
from indexer.readers.html.blocks import cut_blocks
from indexer.readers.html.tree import parse
from indexer.text.spacing import collapse

_UNFOLD = re.compile(
    r"(?:点击)?(?:展开|查看|阅读|显示|浏览)(?:阅读)?(?:全文|全部|更多|剩余|余下|所有)|展开阅读|"
    r"继续(?:免费)?阅读|加载(?:更多|全文)|(?:还剩|剩余)\d*.{0,6}(?:未读|内容)"
)
_UNFOLD_LENGTH = 40
# A control stands right above or below what it unfolds.
_UNFOLD_REACH = 6
_HAN = re.compile("[\u3400-\u9fff]")
_NOT_HAN = re.compile("[^\u3400-\u9fff]+")
_STOP = re.compile("[。！？；，,;]")
# A text worth fetching from where a browser would not show it: a few sentences.
MIN_PROSE = 120
# It replaces what is seen only where it is clearly more than that.
_MORE = 1.5
# A text of which this share is visible already is the visible one.
_SEEN = 0.7
_SAMPLE_STEP = 12
_SAMPLE_LENGTH = 8
_JSON_START = re.compile(r"[\[{]")
# One that is never closed goes to the end of the script: so each sign is looked at once.
_LITERAL = re.compile(
    r""""([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)|'([^'\\]*(?:\\.[^'\\]*)*)(?:'|\\?\Z)""", re.DOTALL
)
_MARKUP = re.compile(r"<(?:p|br|div|span|section|h\d)\b", re.IGNORECASE)
_TEXT_KEYS = re.compile(r"content|body|text|html|article|para|detail|line", re.IGNORECASE)
# The place of what is in no element of the page; elements are counted from 1.
_OUTSIDE = 0
_MAX_SCRIPT = 4_000_000
_MAX_JSON_TRIES = 6


def prose(text: str) -> int:
    """How many Chinese characters of running text `text` has: 0 where no sentence is in it."""
    # To take out what is between is quicker than to find each.
    return len(_NOT_HAN.sub("", text)) if _STOP.search(text) else 0


def reveal(blocks: Sequence[PageBlock], scripts: Sequence[Tag]) -> tuple[PageBlock, ...]:
    """`blocks` with the hidden text that belongs to the reader unhidden or added.

    `scripts` are the page's elements that may carry text as data.
    """
    shown = _unfold(list(blocks))
    visible = [block.text for block in shown if not block.hidden and block.link_density < 0.5]
    seen = "".join(visible)
    amount = sum(prose(text) for text in visible)
    spare = [block for block in shown if block.hidden and "noscript" in block.path]
    if _is_missing([block.text for block in spare], seen, amount):
        return tuple(
            replace(block, hidden=False) if block.hidden and "noscript" in block.path else block
            for block in shown
        )
    best: list[PageBlock] = []
    for candidate in _script_texts(scripts):
        texts = [block.text for block in candidate]
        if sum(map(prose, texts)) > sum(prose(block.text) for block in best) and _is_missing(
            texts, seen, amount
        ):
            best = candidate
    return (*shown, *best)


def _unfold(blocks: list[PageBlock]) -> list[PageBlock]:
    """Unhide the hidden runs beside an unfolding control."""
    at = 0
    for folded, group in groupby(tuple(blocks), key=_is_folded):
        run = list(group)
        start, at = at, at + len(run)
        around = blocks[max(0, start - _UNFOLD_REACH) : start] + blocks[at : at + _UNFOLD_REACH]
        if not folded or not any(map(_is_control, around)):
            continue
        seen = "".join(block.text for block in blocks if not block.hidden)
        if _is_missing([block.text for block in run], seen, 0):
            # A preview that is shown above is not shown again.
            blocks[start:at] = [
                block if block.text in seen else replace(block, hidden=False) for block in run
            ]
    return blocks


def _is_folded(block: PageBlock) -> bool:
    return block.hidden and "noscript" not in block.path


def _is_control(block: PageBlock) -> bool:
    return (
        not block.hidden
        and len(block.text) <= _UNFOLD_LENGTH
        and _UNFOLD.search(block.text) is not None
    )


def _is_missing(texts: Sequence[str], seen: str, amount: int) -> bool:
    """Whether `texts` are running text that the visible page (`seen`) does not have."""
    total = sum(map(prose, texts))
    if total < MIN_PROSE or total < _MORE * amount:
        return False
    whole = "".join(texts)
    samples = [
        whole[at : at + _SAMPLE_LENGTH]
        for at in range(0, max(1, len(whole) - _SAMPLE_LENGTH), _SAMPLE_STEP)
    ]
    return sum(sample in seen for sample in samples) < _SEEN * len(samples)


def _script_texts(scripts: Sequence[Tag]) -> Iterator[list[PageBlock]]:
    """Every text that a script of the page carries as data, as blocks."""
    for script in scripts:
        source = "".join(str(part) for part in script.contents)
        if len(source) > _MAX_SCRIPT or len(source) < MIN_PROSE:
            continue
        if not _HAN.search(source) and "\\u" not in source:
            continue
        for strings in _strings(source):
            blocks = _as_blocks(strings)
            if blocks:
                yield blocks


def _strings(source: str) -> Iterator[list[str]]:
    """The texts in a script: lists of strings that belong together."""
    decoder = json.JSONDecoder(strict=False)
    found = False
    for tries, start in enumerate(_JSON_START.finditer(source)):
        if tries >= _MAX_JSON_TRIES:
            break
        try:
            value, end = decoder.raw_decode(source, start.start())
        except (ValueError, RecursionError):
            continue
        if end - start.start() >= MIN_PROSE:
            found = True
            yield from _json_texts(value)
            break
    if not found:
        for literal in _LITERAL.finditer(source):
            text = literal[1] or literal[2] or ""
            if len(text) >= MIN_PROSE and literal.end() > literal.end(literal.lastindex or 0):
                yield [_unescape(text)]


def _json_texts(value: object) -> Iterator[list[str]]:
    stack: list[tuple[str, object]] = [("", value)]
    while stack:
        key, item = stack.pop()
        if isinstance(item, dict):
            stack.extend((str(name), inner) for name, inner in item.items())
        elif isinstance(item, list):
            strings = [_element_text(part) for part in item]
            if any(strings):
                yield [text for text in strings if text]
            stack.extend((key, part) for part in item if isinstance(part, (dict, list)))
        elif isinstance(item, str) and len(item) >= MIN_PROSE:
            yield [item]


def _element_text(item: object) -> str:
    """The text of one element of a list: a string, or an object that holds one."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        texts = [
            value
            for name, value in item.items()
            if isinstance(value, str) and _TEXT_KEYS.search(str(name))
        ]
        return max(texts, key=len, default="")
    return ""


def _unescape(literal: str) -> str:
    plain = literal.replace("\\'", "'").replace("\n", "\\n").replace("\t", " ")
    try:
        value = json.loads(f'"{plain}"')
    except ValueError:
        return literal
    return str(value)


def _as_blocks(strings: list[str]) -> list[PageBlock]:
    text = "\n".join(strings)
    if "&lt;" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    if _MARKUP.search(text):
        return [
            replace(block, place=(_OUTSIDE, *block.place)) for block in cut_blocks(parse(text).soup)
        ]
    return [
        PageBlock(text=line, tag="script", path=("script",), place=(_OUTSIDE,))
        for raw in text.splitlines()
        if (line := collapse(raw))
    ]
