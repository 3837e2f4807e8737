"""Text that a page holds but does not show: what of it belongs to the reader all the same.

A script shows the text of many pages that hide it in their mark-up. Document sites fold the
rest of a text behind 展开全文, hand it over in `<noscript>` or put it into a script as JSON.
Such text comes out once, and only where the visible page lacks it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import groupby

from bs4 import Tag

from indexer.page import PageBlock, Share
from indexer.readers.html.blocks import UNSHOWN
from indexer.readers.html.scripts import NAMED, STATED, attribute_texts, carried_texts
from indexer.readers.html.tree import Tree

_UNFOLD = re.compile(
    r"(?:点击)?(?:展开|查看|阅读|显示|浏览)(?:阅读)?(?:全文|全部|更多|剩余|余下|所有)|展开阅读|"
    r"继续(?:免费)?阅读|加载(?:更多|全文)|(?:还剩|剩余)\d*.{0,6}(?:未读|内容)"
)
_UNFOLD_LENGTH = 40
# A control stands right above or below what it unfolds.
_UNFOLD_REACH = 6
_NOT_HAN = re.compile("[^\u3400-\u9fff]+")
_STOP = re.compile("[。！？；，,;]")
# A text worth fetching from where a browser would not show it: a few sentences.
MIN_PROSE = 120
# It is shown beside what is seen only where it is clearly more than that; beside a text, far more.
_MORE = 1.5
_FAR_MORE = 3.0
# A text of which this share is visible already is the visible one.
_SEEN = 0.7
_SAMPLE_STEP = 12
_SAMPLE_LENGTH = 8
_MAX_SAMPLES = 400
# Where a page shows no text at all, so much of what is hidden is its text.
_LEAST, _LEAST_NAMED = 16, 4
# A page that shows so much has its text; scripts are looked at for no other.
_LONG_TEXT = 1500
# One element that holds this share of what its like hide is what is looked for.
_ALONE = 0.8
# What sites call the element that holds the text, and what is hidden for good reason.
_CONTENT_WORDS = re.compile(
    r"^(?:js_content|js_article|body|(?:.*[-_])?(?:article|content|detail|zoom|editor|main)"
    r"(?:[-_](?:body|text|content|box|con))?|ucap-content|articlebody|maintext|newstext|bodytext)$"
)
_ASIDE_WORDS = re.compile(
    r"pop(?:up|[-_]|$)|modal|dialog|layer|toast|tip|login|cookie|privacy|agree|menu|nav|foot|share|"
    r"qr|comment|mask|advert|banner|sidebar|copyright|loading|search|form"
)
# Elements of which a page has its text in one as well as in another, but not in several.
_STORES = frozenset(("noscript", "template", "textarea"))
# What other elements hold that are not shown is never the page's text.
_NO_TEXT = UNSHOWN - _STORES
_INLINE = frozenset(("b", "em", "font", "i", "span", "strong"))


def prose(text: str) -> int:
    """How many Chinese characters of running text `text` has: 0 where no sentence is in it."""
    # To take out what is between is quicker than to find each.
    return len(_NOT_HAN.sub("", text)) if _STOP.search(text) else 0


def elements_to_show(blocks: Sequence[PageBlock], roots: Mapping[int, Tag]) -> frozenset[int]:
    """The hidden elements, by their `id()`, that hold text of the page; they may hold others.

    What a page shows is taken as it is where it has a text; else the hidden element with
    the most running text is the one that a script shows.
    """
    if not roots:
        return frozenset()
    hidden: dict[int, list[PageBlock]] = defaultdict(list)
    for block in blocks:
        if block.hidden and (root := next((n for n in block.place if n in roots), None)):
            hidden[root].append(block)
    visible = [b.text for b in blocks if not b.hidden and b.link_density < 0.5]
    seen, amount = "".join(visible), sum(map(prose, visible))
    best, most = frozenset[int](), 0
    for chosen in _candidates(roots, hidden):
        tags = [roots[root] for root in chosen]
        texts = [block.text for root in chosen for block in hidden[root]]
        named = any(_CONTENT_WORDS.match(word) for word in _words(tags[0]))
        total = sum(map(_han if named else prose, texts))
        if total > most and _is_missing(texts, seen, amount, total, named):
            best, most = frozenset(map(id, tags)), total
    return best


def _candidates(
    roots: Mapping[int, Tag], hidden: Mapping[int, Sequence[PageBlock]]
) -> Iterator[list[int]]:
    """Elements that may hold the text: each alone, all of a kind in one place together."""
    like: dict[object, list[int]] = defaultdict(list)
    for root in hidden:
        tag = roots[root]
        if tag.name in _NO_TEXT or any(map(_ASIDE_WORDS.search, _words(tag))):
            continue
        if tag.name not in _STORES:
            # Spans stand in paragraphs of their own.
            around = tag.parent.parent if tag.parent and tag.name in _INLINE else tag.parent
            like[id(around), tag.name].append(root)
            yield [root]
        elif tag.name == "noscript":
            like["noscript"].append(root)
        else:
            yield [root]
    for alike in like.values():
        amounts = [sum(prose(block.text) for block in hidden[root]) for root in alike]
        if max(amounts) < _ALONE * sum(amounts) or roots[alike[0]].name == "noscript":
            yield alike


def _words(tag: Tag) -> list[str]:
    """The class and id words of an element, lower case."""
    return f"{tag.attrs.get('class', '')} {tag.attrs.get('id', '')}".lower().split()


def _han(text: str) -> int:
    return len(_NOT_HAN.sub("", text))


def _is_missing(
    texts: Sequence[str], seen: str, amount: int, total: int, named: bool = False
) -> bool:
    """Whether `texts`, of `total` characters, are a text that the visible page lacks.

    `seen` is what the page shows, with `amount` characters of running text. Less is asked of
    an element that is `named` as the one with the text.
    """
    if named or not amount:
        enough = total >= (_LEAST_NAMED if named else _LEAST) and total >= amount
    else:
        more = _MORE if amount < MIN_PROSE else _FAR_MORE
        enough = total >= MIN_PROSE and total >= more * amount
    return enough and not _is_seen("".join(texts), seen)


def _is_seen(whole: str, seen: str) -> bool:
    """Whether most of a text is seen on the page already."""
    step = max(_SAMPLE_STEP, len(whole) // _MAX_SAMPLES)
    samples = [
        whole[at : at + _SAMPLE_LENGTH]
        for at in range(0, max(1, len(whole) - _SAMPLE_LENGTH), step)
    ]
    return sum(sample in seen for sample in samples) >= _SEEN * len(samples)


def with_carried(blocks: Sequence[PageBlock], trees: Sequence[Tree]) -> tuple[PageBlock, ...]:
    """`blocks` with the text that the page carries as data, where it does not show it.

    `trees` are the page and those inside it. What JSON-LD states as the article's text and the
    page does not show is added hidden, where another text was taken; so is, of a page that shows
    none, what its data name a text and is too short to be taken for one.
    """
    visible = [b.text for b in blocks if not b.hidden and b.link_density < 0.5]
    seen, amount = "".join(visible), sum(map(prose, visible))
    scripts = [tag for tree in trees for tag in tree.named["script"]]
    best: list[PageBlock] = []
    rank = (0, 0)
    stated: list[PageBlock] = []
    found = carried_texts(scripts, stated_only=amount >= _LONG_TEXT)
    attributes = attribute_texts(trees[0].soup.find_all(True)) if amount < MIN_PROSE else ()
    for carried in (*found, *attributes):
        texts = [block.text for block in carried.blocks]
        total = sum(map(prose, texts))
        known = STATED if amount else NAMED
        if carried.surety >= known and not _is_seen("".join(texts), seen):
            stated = carried.blocks
        named = carried.surety == STATED
        if (carried.surety, total) > rank and _is_missing(texts, seen, amount, total, named):
            best, rank = carried.blocks, (carried.surety, total)
    if stated and stated is not best:
        best = [*best, *(replace(block, hidden=True) for block in stated)]
    return (*blocks, *best)


def unfold(given: Sequence[PageBlock]) -> list[PageBlock]:
    """`given` with the hidden runs shown that are folded parts of the text.

    Such a run is a text beside an unfolding control, or sentences inside the body: there the
    control or the site's profile speaks for it.
    """
    blocks = list(given)
    at = 0
    for folded, group in groupby(tuple(blocks), key=_is_folded):
        run = list(group)
        start, at = at, at + len(run)
        if not folded:
            continue
        around = blocks[max(0, start - _UNFOLD_REACH) : start] + blocks[at : at + _UNFOLD_REACH]
        profiled = all(block.share is Share.BODY for block in run)
        if not (profiled or any(map(_is_control, around))):
            continue
        seen = "".join(block.text for block in blocks if not block.hidden)
        texts = [block.text for block in run]
        inside = profiled or (start and _holds(blocks[start - 1], run))
        enough = inside and any(text.endswith("。") for text in texts)
        enough = enough or sum(map(prose, texts)) >= MIN_PROSE
        if enough and not _is_seen("".join(texts), seen):
            # A preview that is shown above is not shown again.
            blocks[start:at] = [
                block if block.text in seen else replace(block, hidden=False) for block in run
            ]
    return blocks


def _holds(before: PageBlock, run: Sequence[PageBlock]) -> bool:
    """Whether the element that holds the line `before` holds all of `run` too."""
    place = before.place[:-1]
    return bool(place) and all(block.place[: len(place)] == place for block in run)


def without_previews(blocks: Sequence[PageBlock], previews: Set[str]) -> list[PageBlock]:
    """`blocks` with every running text once, of those that the page showed from the beginning."""
    found: set[str] = set()
    once = []
    for block in blocks:
        again = not block.hidden and block.text in found
        if not block.hidden and block.text in previews and prose(block.text) >= _LEAST:
            found.add(block.text)
        once.append(replace(block, hidden=True) if again else block)
    return once


def _is_folded(block: PageBlock) -> bool:
    return block.hidden and _STORES.isdisjoint(block.path)


def _is_control(block: PageBlock) -> bool:
    return (
        not block.hidden
        and len(block.text) <= _UNFOLD_LENGTH
        and _UNFOLD.search(block.text) is not None
    )
