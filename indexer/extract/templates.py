"""Blocks that a site prints on many of its pages: what a page shows of them, and their label.

Which blocks these are is learned over a whole corpus (`indexer.extract.template_learning`);
here a page's blocks are made comparable, with what speaks for and against each, and learned
ones get their label, `template:learned`.
"""

from __future__ import annotations

import re
import tomllib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from archive.text.fold import fold
from indexer.features import CELLS, MIN_BROKEN, Mark
from indexer.text.shapes import is_salutation, is_small

LABEL = "template:learned"
# Longer blocks are texts: the longest notice of a site in the measured pages has 160.
MAX_LENGTH = 200
# Shorter ones are too common to be anyone's.
MIN_LENGTH = 4
_WORDS = Path(__file__).with_name("templates.toml")
_SPACES = re.compile(r"\s+")
_FIGURES = re.compile(r"\d+")


class Sign(IntFlag):
    """What speaks for a block's being boilerplate, or against it.

    NEVER: structure, address, date or signature; CRUST: the site speaks of itself;
    OFFICIAL: words that documents are made of; OUTSIDE: it stands beside the text's own
    element; BROKEN: it stands in the middle of a sentence.
    """

    NEVER = 1
    CRUST = 2
    OFFICIAL = 4
    OUTSIDE = 8
    BROKEN = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """The kept blocks of a page of `site` before templates, in order.

    `exact` and `slotted` are digests of each block's folded text (unsigned, 64 bits), as it
    stands and with figures as slots; `signs` one Sign a block; `texts` the text of those
    that may be learned, "" for the others.
    """

    site: str
    exact: array[int]
    slotted: array[int]
    signs: bytes
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Templates:
    """The learned blocks: for each site the folded texts, figures as `#`."""

    by_site: Mapping[str, frozenset[str]] = field(default_factory=dict)


def comparable(text: str) -> str:
    """A block's text as blocks are compared: folded, without spaces, figures as slots.

    >>> comparable("阅读 １２ 次") == comparable("阅读3次")
    True
    """
    return slots(_SPACES.sub("", fold(text)))


def slots(key: str) -> str:
    """A folded text with its figures as slots.

    >>> slots("阅读12次"), slots("阅读3次")
    ('阅读#次', '阅读#次')
    """
    return _FIGURES.sub("#", key)


def label_learned(marks: Sequence[Mark], site: str | None, templates: Templates) -> None:
    """Drop the learned blocks of `site`, unless the page holds nothing else."""
    known = templates.by_site.get(site or "")
    if not known:
        return
    kept = [mark for mark in marks if mark.kept]
    found = [mark for mark in kept if len(mark.key) <= MAX_LENGTH and slots(mark.key) in known]
    if len(found) < len(kept):
        for mark in found:
            mark.drop(LABEL)


def observe(marks: Sequence[Mark], site: str | None) -> Seen | None:
    """What a page shows of its site's templates; None where no site is known."""
    kept = [mark for mark in marks if mark.kept]
    if not site or not kept:
        return None
    place = _text_place(kept)
    signs = [
        _signs(kept[max(0, at - 1)], mark, kept[min(at + 1, len(kept) - 1)], site)
        | (Sign.OUTSIDE if place and _is_beside(mark, place) else 0)
        for at, mark in enumerate(kept)
    ]
    return Seen(
        site,
        array("Q", (digest_of(mark.key) for mark in kept)),
        array("Q", (digest_of(slots(mark.key)) for mark in kept)),
        bytes(signs),
        tuple(
            "" if sign & Sign.NEVER else mark.text for mark, sign in zip(kept, signs, strict=True)
        ),
    )


def _signs(before: Mark, mark: Mark, after: Mark, site: str) -> Sign:
    key = mark.key
    words = _words()
    signs = Sign(0)
    if not MIN_LENGTH <= len(key) <= MAX_LENGTH or _is_structure(mark) or words.never.search(key):
        return Sign.NEVER
    named = site in mark.text and not words.office.search(site)
    if named or words.boilerplate.search(key):
        signs |= Sign.CRUST
    if words.official.search(key) or words.office.search(key):
        signs |= Sign.OFFICIAL
    open_sentence = (
        before is not mark
        and len(before.text) >= MIN_BROKEN
        and not (before.is_closed or before.is_heading or before.is_article_title)
    )
    if open_sentence and after is not mark and not (after.is_heading or after.is_article_title):
        signs |= Sign.BROKEN
    return signs


def _is_structure(mark: Mark) -> bool:
    return (
        mark.is_heading
        or mark.is_article_title
        or mark.block.tag in CELLS
        or is_salutation(mark.text)
        or is_small(mark.text)
        or mark.key[-1] in ":,、;"
    )


def _text_place(kept: Sequence[Mark]) -> tuple[int, ...]:
    """The place of the element that holds most running text; empty for plain text."""
    amount: Counter[tuple[int, ...]] = Counter()
    for mark in kept:
        amount[mark.block.place[:-1]] += mark.prose
    return amount.most_common(1)[0][0]


def _is_beside(mark: Mark, place: tuple[int, ...]) -> bool:
    return mark.block.place[: len(place)] != place


def digest_of(key: str) -> int:
    """The digest of a folded text, unsigned, 64 bits."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class _Words:
    never: re.Pattern[str]
    boilerplate: re.Pattern[str]
    official: re.Pattern[str]
    office: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return _Words(*(re.compile("|".join(data[name])) for name in _Words.__slots__))
