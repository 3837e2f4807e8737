"""Texts that a page carries as data: in JSON, in the strings of a script, in attributes.

Pages that a script builds (Next.js, Nuxt), and what a page says of itself to search engines
(JSON-LD), hold the article among descriptions, recommendations and the site's own words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import Tag

from indexer.page import PageBlock
from indexer.readers.html.blocks import cut_blocks
from indexer.readers.html.frames import MARKUP
from indexer.readers.html.tree import parse
from indexer.text.spacing import collapse

_HAN = re.compile("[\u3400-\u9fff]")
# A text worth looking at.
_LEAST = 120
_JSON_START = re.compile(r"[\[{]")
# One that is never closed goes to the end of the script: so each sign is looked at once.
_LITERAL = re.compile(
    r""""([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)|'([^'\\]*(?:\\.[^'\\]*)*)(?:'|\\?\Z)""", re.DOTALL
)
# What Next.js streams into a page: strings that hold trees of elements as JSON.
_STREAM = re.compile(r"__next_f\.push\(")
_CHILDREN = re.compile(r'"children":"((?:[^"\\]|\\.)+)"')
_TEXT_KEYS = re.compile(
    r"content|body|text|html|article|para|detail|line|^value$|^txt$", re.IGNORECASE
)
# Words about the text, and texts of the site and of other pages.
_OTHER_KEYS = re.compile(
    r"desc|summary|abstract|intro|digest|excerpt|seo|keyword|copyright|footer|statement|about|"
    r"recommend|related|comment|config|setting|agreement|privacy|context$",
    re.IGNORECASE,
)
# What JSON-LD says of a document, by the words of schema.org.
_STATED = re.compile(r"headline|datePublished|identifier|legislation(?:Identifier|Date|PassedBy)")
_ARTICLE_KEYS = re.compile(r"^articleBody$", re.IGNORECASE)
_MARKUP_TYPES = re.compile(r"html|template|handlebars|mustache|x-tmpl", re.IGNORECASE)
_MIN_PARTS = 3
_MAX_SCRIPT = 4_000_000
_MAX_JSON_TRIES = 6
# The place of what is in no element of the page; elements are counted from 1.
_OUTSIDE = 0
# How surely a text is the page's own: by its key, as one of several parts, or by its length.
STATED, NAMED, PARTS, LONG = 3, 2, 2, 1


@dataclass(frozen=True, slots=True)
class Carried:
    """A text that a page carries as data, and how surely it is the page's own."""

    blocks: list[PageBlock]
    surety: int


def carried_texts(scripts: Iterable[Tag], stated_only: bool = False) -> Iterator[Carried]:
    """Yield every text that a script of the page carries; of `stated_only`, JSON-LD's alone."""
    for script in scripts:
        source = "".join(str(part) for part in script.contents)
        if stated_only and "articleBody" not in source:
            continue
        if not _LEAST <= len(source) <= _MAX_SCRIPT:
            continue
        if not _HAN.search(source) and "\\u" not in source and "&#" not in source:
            continue
        kind = str(script.attrs.get("type", ""))
        if _MARKUP_TYPES.search(kind) and MARKUP.search(source):
            yield Carried(_as_blocks([source]), NAMED)
            continue
        for strings, surety in _strings(source):
            if blocks := _as_blocks(strings):
                yield Carried(blocks, surety)


def stated_values(scripts: Iterable[Tag]) -> Iterator[tuple[str, str]]:
    """Yield what JSON-LD states of the page's document: lower-case names, and texts."""
    for script in scripts:
        if "ld+json" not in str(script.attrs.get("type", "")).lower():
            continue
        source = "".join(str(part) for part in script.contents)
        try:
            data = json.loads(source, strict=False) if len(source) <= _MAX_SCRIPT else None
        except (ValueError, RecursionError):
            continue
        graph = data.get("@graph", data) if isinstance(data, dict) else data
        for item in graph if isinstance(graph, list) else [graph]:
            for name, value in item.items() if isinstance(item, dict) else ():
                said = value.get("name") if isinstance(value, dict) else value
                if _STATED.fullmatch(name) and isinstance(said, str) and (text := collapse(said)):
                    yield name.lower(), text


def attribute_texts(tags: Iterable[Tag]) -> Iterator[Carried]:
    """Yield the pages that attributes of `tags` hold as escaped mark-up."""
    for tag in tags:
        for name, value in tag.attrs.items():
            if name == "srcdoc" or not isinstance(value, str) or len(value) < _LEAST:
                continue
            if MARKUP.search(value) and _HAN.search(value):
                yield Carried(_as_blocks([value]), LONG)


def _strings(source: str) -> Iterator[tuple[list[str], int]]:
    """The texts in a script: lists of strings that belong together, and how sure they are."""
    if _STREAM.search(source):
        yield from _streamed(source)
        return
    decoder = json.JSONDecoder(strict=False)
    for tries, start in enumerate(_JSON_START.finditer(source)):
        if tries >= _MAX_JSON_TRIES:
            break
        try:
            value, end = decoder.raw_decode(source, start.start())
        except (ValueError, RecursionError):
            continue
        if end - start.start() >= _LEAST:
            yield from _json_texts(value)
            return
    for text in _literals(source, _LEAST):
        yield [text], LONG


def _literals(source: str, least: int) -> Iterator[str]:
    """The strings of a script that are closed, from a length of `least` on."""
    for literal in _LITERAL.finditer(source):
        text = literal[1] or literal[2] or ""
        if len(text) >= least and literal.end() > literal.end(literal.lastindex or 0):
            yield _unescape(text)


def _streamed(source: str) -> Iterator[tuple[list[str], int]]:
    whole = "".join(_literals(source, 0))
    parts = [_unescape(part) for part in _CHILDREN.findall(whole)]
    if len(parts) >= _MIN_PARTS:
        yield parts, PARTS
    for text in (*_literals(whole, _LEAST), whole):
        if MARKUP.search(text):
            yield [text], NAMED


def _json_texts(root: object) -> Iterator[tuple[list[str], int]]:
    flat = root if isinstance(root, list) else []
    stack: list[tuple[str, object]] = [("", root)]
    while stack:
        key, item = stack.pop()
        if _OTHER_KEYS.search(key):
            continue
        if isinstance(item, dict):
            stack.extend((str(name), _resolved(inner, flat)) for name, inner in item.items())
        elif isinstance(item, list):
            texts = [text for part in item if (text := _element_text(part))]
            # The list at the root of Nuxt 3 holds everything there is.
            if texts and item is not flat:
                named = any(isinstance(part, dict) for part in item) or _TEXT_KEYS.search(key)
                yield texts, PARTS if named or len(texts) >= _MIN_PARTS else LONG
            elif texts:
                stack.extend(("", part) for part in item if isinstance(part, str))
            stack.extend((key, part) for part in item if isinstance(part, (dict, list)))
        elif isinstance(item, str):
            if _ARTICLE_KEYS.search(key):
                yield [item], STATED
            elif len(item) >= _LEAST or (_TEXT_KEYS.search(key) and MARKUP.search(item)):
                yield [item], NAMED if _TEXT_KEYS.search(key) else LONG


def _resolved(value: object, flat: list[object]) -> object:
    """What a number stands for in a flat list whose objects name the places of their values."""
    if not flat:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < len(flat):
        found = flat[value]
        if isinstance(found, list):
            return [_resolved(part, flat) if isinstance(part, int) else part for part in found]
        return found if isinstance(found, str) else value
    return value


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
    if MARKUP.search(text):
        return cut_blocks(parse(text), place=(_OUTSIDE,)).blocks
    return [
        PageBlock(text=line, tag="script", path=("script",), place=(_OUTSIDE,))
        for raw in text.splitlines()
        if (line := collapse(raw))
    ]
