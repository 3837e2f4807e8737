"""Templates: the blocks that a site prints on many of its pages, learned and labelled.

To recur is not enough: documents have formulas, headings and signatures that recur too, and
one article may stand on many pages. So a block is learned only where it is short, no part
of a document's structure, stands between different neighbours each time or at the page's
edge, and something beside its recurrence speaks for boilerplate: the site speaks of itself, or
(for words that are in no document) it stands at the edge, beside the text, in the middle of
sentences, or again and again on one page.
"""

from __future__ import annotations

import json
import re
import tomllib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import IntFlag
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple

from archive.errors import SourceError
from archive.text.fold import fold
from indexer.extract.main_content import text_place
from indexer.features import CELLS, MIN_BROKEN, Mark
from indexer.text.shapes import is_salutation, is_small

LABEL = "template:learned"
# Longer blocks are texts: the longest notice of a site in the measured pages has 160.
MAX_LENGTH = 200
# Shorter ones are too common to belong to one site.
MIN_LENGTH = 4
_WORDS = Path(__file__).with_name("templates.toml")
_SPACES = re.compile(r"\s+")
_FIGURES = re.compile(r"\d+")
# A block must stand on so many pages of its site and on this share of them. Over 5,300 real
# documents of 28 collections (laws, rulings, news, reports to congresses), each taken for a
# site, two blocks are learned, both notices of the site that published them; nor is any
# other at 3 pages and 0.2 (run tests/indexer/test_templates.py again after a change).
MIN_DOCUMENTS = 4
MIN_SHARE = 0.3
# Neighbours that differ in this share of the pages; a copied text brings its own along.
_VARIED = 0.75
# At the edge, beside the text or repeated in this share of its pages.
_MOSTLY = 0.8
_HALF = 0.5
# More learned blocks in a row than this are a text that many pages copy.
_MAX_RUN_LENGTH = 6
# Shorter blocks that come again and again are headings without numbers.
_MIN_REPEATED = 12
# Shorter blocks at the edge are names and signatures.
_MIN_EDGE = 6
_EXAMPLES = 3
# Stand for the neighbour of a page's first and last block; digests are not negative.
_START, _END = -1, -2


class Sign(IntFlag):
    """What speaks for a block's being boilerplate, or against it.

    NEVER: structure, address, date or signature; BOILERPLATE: the site speaks of itself;
    OFFICIAL: words that documents are made of; OUTSIDE: it stands beside the text's own
    element; BROKEN: it stands in the middle of a sentence.
    """

    NEVER = 1
    BOILERPLATE = 2
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
    place = text_place(kept)
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
    if _is_structure(mark) or words["never"].search(key):
        return Sign.NEVER
    named = site in mark.text and not words["office"].search(site)
    if named or words["boilerplate"].search(key):
        signs |= Sign.BOILERPLATE
    if words["official"].search(key) or words["office"].search(key):
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
        not MIN_LENGTH <= len(mark.key) <= MAX_LENGTH
        or mark.is_heading
        or mark.is_article_title
        or mark.block.tag in CELLS
        or is_salutation(mark.text)
        or is_small(mark.text)
        or mark.key[-1] in ":,、;"
    )


def _is_beside(mark: Mark, place: tuple[int, ...]) -> bool:
    return mark.block.place[: len(place)] != place


def digest_of(key: str) -> int:
    """The digest of a folded text, unsigned, 64 bits."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


@cache
def _words() -> dict[str, re.Pattern[str]]:
    lists = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in lists.items()}


@dataclass(frozen=True, slots=True)
class Learned:
    """One learned block: its text, its site, and what it stands on.

    `text` as one page prints it, `key` as it is compared; it stood on `documents` of the
    site's `of` pages, of which `examples` are some, by path.
    """

    site: str
    key: str
    text: str
    documents: int
    of: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LearnedTemplates:
    """All that a run learned; `sites` counts the pages of every site it saw."""

    learned: tuple[Learned, ...] = ()
    sites: tuple[tuple[str, int], ...] = ()

    @property
    def templates(self) -> Templates:
        """The learned blocks as pages are compared with them."""
        by_site: dict[str, set[str]] = defaultdict(set)
        for block in self.learned:
            by_site[block.site].add(block.key)
        return Templates({site: frozenset(keys) for site, keys in by_site.items()})

    def save(self, path: Path) -> None:
        """Write the learned templates with their evidence, as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")


def load_learned(path: Path) -> LearnedTemplates:
    """The learned templates saved at `path`; none where there is no such file.

    Raises SourceError where the file cannot be read.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        learned = tuple(
            Learned(**{**row, "examples": tuple(row["examples"])}) for row in data["learned"]
        )
        return LearnedTemplates(learned, tuple((site, count) for site, count in data["sites"]))
    except FileNotFoundError:
        return LearnedTemplates()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError("rules.templates", path=path, error=error) from error


class _Occurrence(NamedTuple):
    """A block on a page: the page's number, its own there, its neighbours, its signs."""

    page: int
    at: int
    left: int
    right: int
    run: int
    exact: int
    sign: Sign


class _Page(NamedTuple):
    """A page: its path, its number among all, what it shows."""

    path: str
    number: int
    seen: Seen


# The texts that a page, by its number, shows (Seen.texts): fetched for learned blocks only.
Texts = Callable[[int], Sequence[str]]


def learn(pages: Sequence[tuple[str, Seen | None]], texts: Texts) -> LearnedTemplates:
    """What `pages`, each with its path, teach of their sites, in whatever order they come."""
    by_site: dict[str, list[_Page]] = defaultdict(list)
    for number, (path, seen) in sorted(enumerate(pages), key=lambda page: page[1][0]):
        if seen is not None:
            by_site[seen.site].append(_Page(path, number, seen))
    counts = tuple((site, len(by_site[site])) for site in sorted(by_site))
    learned = [
        block
        for site, count in counts
        if count >= MIN_DOCUMENTS
        for block in _learn_site(site, by_site[site], texts)
    ]
    return LearnedTemplates(tuple(learned), counts)


def _learn_site(site: str, pages: Sequence[_Page], texts: Texts) -> Iterator[Learned]:
    spread: Counter[int] = Counter()
    for page in pages:
        blocks = zip(page.seen.slotted, page.seen.signs, strict=True)
        spread.update({digest for digest, sign in blocks if not sign & Sign.NEVER})
    enough = max(MIN_DOCUMENTS, MIN_SHARE * len(pages))
    recurring = {digest for digest, count in spread.items() if count >= enough}
    occurrences: dict[int, list[_Occurrence]] = defaultdict(list)
    for place, page in enumerate(pages):
        for at, digest in enumerate(page.seen.slotted):
            if digest in recurring:
                occurrences[digest].append(_occurrence(place, page.seen, at, recurring))
    # A dictionary keeps the order of the pages, which are in that of their paths.
    for found in occurrences.values():
        text = texts(pages[found[0].page].number)[found[0].at]
        if _is_template(found, len(text)):
            places = sorted({each.page for each in found})
            examples = tuple(pages[place].path for place in places[:_EXAMPLES])
            yield Learned(site, comparable(text), text, len(places), len(pages), examples)


def _occurrence(number: int, seen: Seen, at: int, recurring: set[int]) -> _Occurrence:
    """The block `at` a place, with its nearest neighbours that do not recur."""
    places = range(len(seen.slotted))
    left = next((n for n in reversed(places[:at]) if seen.slotted[n] not in recurring), -1)
    right = next((n for n in places[at + 1 :] if seen.slotted[n] not in recurring), len(places))
    return _Occurrence(
        number,
        at,
        seen.exact[left] if left >= 0 else _START,
        seen.exact[right] if right < len(seen.slotted) else _END,
        right - left - 1,
        seen.exact[at],
        Sign(seen.signs[at]),
    )


def _is_template(found: Sequence[_Occurrence], length: int) -> bool:
    pages = len({each.page for each in found})
    edge = _share(found, lambda s: s.left == _START or s.right == _END) >= _MOSTLY
    sides = [_is_varied(found, "left", _START), _is_varied(found, "right", _END)]
    if max(each.run for each in found) > _MAX_RUN_LENGTH or not (edge or any(sides)):
        return False
    signs = Sign(0)
    for each in found:
        signs |= each.sign
    if signs & Sign.NEVER:
        return False
    if signs & Sign.BOILERPLATE:
        return True
    if not (edge or all(sides)):
        return False
    # Figures that change belong to a report, unless the site counts its own visitors.
    if signs & Sign.OFFICIAL or len({each.exact for each in found}) > 1:
        return False
    repeated = sum(count > 1 for count in Counter(s.page for s in found).values())
    return (
        (edge and length >= _MIN_EDGE)
        or _share(found, lambda s: bool(s.sign & Sign.OUTSIDE)) >= _MOSTLY
        or _share(found, lambda s: bool(s.sign & Sign.BROKEN)) >= _HALF
        or (length >= _MIN_REPEATED and repeated >= _HALF * pages)
    )


def _is_varied(found: Sequence[_Occurrence], side: Literal["left", "right"], edge: int) -> bool:
    """Whether the block has another neighbour on this side on most pages."""
    neighbours = {getattr(each, side) for each in found} - {edge}
    at_edge = {each.page for each in found if getattr(each, side) == edge}
    return len(neighbours) + len(at_edge) >= _VARIED * len({each.page for each in found})


def _share(found: Sequence[_Occurrence], holds: Callable[[_Occurrence], bool]) -> float:
    return sum(map(holds, found)) / len(found)
