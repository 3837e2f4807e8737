"""HTML as a page: parsed by BeautifulSoup over lxml, cut into blocks in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bs4 import Tag

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.features import MAX_LINK_DENSITY
from indexer.page import Page, PageBlock, Share
from indexer.readers.encoding import decode_source
from indexer.readers.html.blocks import cut_blocks
from indexer.readers.html.frames import Frames
from indexer.readers.html.hidden import (
    elements_to_show,
    prose,
    unfold,
    with_carried,
    without_previews,
)
from indexer.readers.html.profiles import Profile, Signs, find_marks, load_profiles
from indexer.readers.html.scripts import stated_values
from indexer.readers.html.tree import Tree, parse
from indexer.text.spacing import collapse

# A tag takes about 1 KB and 10 µs; the measured pages have at most 6,000.
MAX_TAGS = 100_000
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)", re.IGNORECASE)
_HEAD_WINDOW = 4096
_PICTURES = ["img", "image", "canvas", "embed", "object"]
# Fewer characters of text than this are no document's.
_MIN_TEXT = 10
# Hidden elements inside hidden ones that are shown one after the other.
_MAX_LAYERS = 5


def read_html(
    data: bytes,
    relative: str,
    profiles: Sequence[Profile] | None = None,
    address: str | None = None,
) -> Page:
    """The page of an HTML file that came from `address`, where that is known.

    `profiles` are the site profiles to try (None: our own).

    Raises SourceError where `data` is no text or holds more tags than a page can have.
    """
    text, encoding = decode_source(data, relative)
    return parse_html(text, relative, encoding, profiles, address)


def parse_html(
    text: str,
    relative: str = "",
    encoding: str | None = None,
    profiles: Sequence[Profile] | None = None,
    address: str | None = None,
) -> Page:
    """The page of HTML that is already decoded (part of an archive, a search result).

    >>> page = parse_html("<title>总结</title><p>一、工作<p>二、打算")
    >>> page.title, [block.text for block in page.blocks]
    ('总结', ['一、工作', '二、打算'])
    """
    if text.count("<") > MAX_TAGS:
        raise SourceError("html.too_many_tags", relative=relative, max_tags=MAX_TAGS)
    tree = parse(_XML_DECLARATION.sub("", _CONTROLS.sub("", text), count=1))
    soup, named = tree.soup, tree.named
    meta = {**dict(stated_values(named["script"])), **_meta(named["meta"])}
    saved = _SAVED_FROM.search(text[:_HEAD_WINDOW])
    title = collapse("".join(named["title"][0].strings)) if named["title"] else ""
    url = _canonical(named["link"]) or meta.get("og:url") or (saved.group(1) if saved else None)
    known = load_profiles() if profiles is None else profiles
    profile, shares = find_marks(soup, Signs(text, meta, url or address), known)
    blocks, warnings = _blocks(tree, shares)
    if _shows_pictures_only(soup, blocks):
        warnings.append(ReadingWarning.PICTURES.value)
    return Page(
        path=relative,
        blocks=blocks,
        encoding=encoding,
        title=title or None,
        url=url,
        meta=meta,
        profile=profile,
        warnings=tuple(warnings),
    )


def _blocks(tree: Tree, shares: Mapping[int, Share]) -> tuple[tuple[PageBlock, ...], list[str]]:
    """The blocks, those of hidden elements shown where they are the text, and the warnings."""
    frames = Frames()
    shown: frozenset[int] = frozenset()
    previews: set[str] = set()
    for layer in range(_MAX_LAYERS):
        cut = cut_blocks(tree, shares, shown, frames)
        kept = unfold(cut.blocks)
        revealed = cut.revealed or kept != cut.blocks
        if layer:
            kept = without_previews(kept, previews)
        else:
            previews = {block.text for block in kept if not block.hidden}
        more = elements_to_show(kept, cut.roots)
        if not more:
            break
        shown |= more
    blocks = with_carried(kept, (tree, *frames.trees.values()))
    warnings = [
        (has_text(b for b in blocks if not cut.frames.isdisjoint(b.place)), ReadingWarning.FRAMES),
        (revealed or has_text(blocks[len(kept) :]), ReadingWarning.HIDDEN),
        (frames.unread, ReadingWarning.UNREAD),
    ]
    return blocks, [warning.value for holds, warning in warnings if holds]


def has_text(blocks: Iterable[PageBlock]) -> bool:
    """Whether some of `blocks` is running text that is shown."""
    return any(not block.hidden and prose(block.text) for block in blocks)


def _shows_pictures_only(soup: Tag, blocks: Sequence[PageBlock]) -> bool:
    """Whether a page shows pictures and, its links aside, no text."""
    shown = (b for b in blocks if not b.hidden and b.link_density < MAX_LINK_DENSITY)
    return sum(len(block.text) for block in shown) < _MIN_TEXT and soup.find(_PICTURES) is not None


def _meta(tags: list[Tag]) -> dict[str, str]:
    """The page's `<meta>` statements by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for tag in tags:
        name = tag.get("name") or tag.get("property") or tag.get("itemprop")
        content = tag.get("content")
        if isinstance(name, str) and isinstance(content, str) and (value := collapse(content)):
            found.setdefault(name.strip().lower(), value)
    return found


def _canonical(links: list[Tag]) -> str | None:
    for tag in links:
        address = tag.get("href")
        if tag.get("rel") == "canonical" and isinstance(address, str) and address.strip():
            return address.strip()
    return None
