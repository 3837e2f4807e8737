"""Learning a site's templates: the blocks that recur over many of its pages and are no text.

To recur is not enough: documents have formulas, headings and signatures that recur too, and
one article may stand on many pages. So a block is learned only where it is short, no part
of a document's structure, stands between different neighbours each time or at the page's
edge, and something beside its recurrence speaks for boilerplate: the site speaks of itself, or
(for words that are in no document) it stands at the edge, beside the text, in the middle of
sentences, or again and again on one page.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from archive.errors import SourceError
from indexer.extract.templates import Seen, Sign, Templates, comparable

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
_LONGEST_RUN = 6
# Shorter blocks that come again and again are headings without numbers.
_MIN_REPEATED = 12
# Shorter blocks at the edge are names and signatures.
_MIN_EDGE = 6
_EXAMPLES = 3
# Stand for the neighbour of a page's first and last block; digests are not negative.
_START, _END = -1, -2


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


def load_lesson(path: Path) -> LearnedTemplates:
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


class _Sight(NamedTuple):
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
    sights: dict[int, list[_Sight]] = defaultdict(list)
    for place, page in enumerate(pages):
        for at, digest in enumerate(page.seen.slotted):
            if digest in recurring:
                sights[digest].append(_sight(place, page.seen, at, recurring))
    # A dictionary keeps the order of the pages, which are in that of their paths.
    for found in sights.values():
        text = texts(pages[found[0].page].number)[found[0].at]
        if _is_template(found, len(text)):
            places = sorted({sight.page for sight in found})
            examples = tuple(pages[place].path for place in places[:_EXAMPLES])
            yield Learned(site, comparable(text), text, len(places), len(pages), examples)


def _sight(number: int, seen: Seen, at: int, recurring: set[int]) -> _Sight:
    """The block `at` a place, with its nearest neighbours that do not recur."""
    left = at - 1
    while left >= 0 and seen.slotted[left] in recurring:
        left -= 1
    right = at + 1
    while right < len(seen.slotted) and seen.slotted[right] in recurring:
        right += 1
    return _Sight(
        number,
        at,
        seen.exact[left] if left >= 0 else _START,
        seen.exact[right] if right < len(seen.slotted) else _END,
        right - left - 1,
        seen.exact[at],
        Sign(seen.signs[at]),
    )


def _is_template(sights: Sequence[_Sight], length: int) -> bool:
    pages = len({sight.page for sight in sights})
    edge = _share(sights, lambda s: s.left == _START or s.right == _END) >= _MOSTLY
    sides = [_is_varied(sights, "left", _START), _is_varied(sights, "right", _END)]
    if max(sight.run for sight in sights) > _LONGEST_RUN or not (edge or any(sides)):
        return False
    signs = Sign(0)
    for sight in sights:
        signs |= sight.sign
    if signs & Sign.NEVER:
        return False
    if signs & Sign.CRUST:
        return True
    if not (edge or all(sides)):
        return False
    # Figures that change belong to a report, unless the site counts its own visitors.
    if signs & Sign.OFFICIAL or len({sight.exact for sight in sights}) > 1:
        return False
    repeated = sum(count > 1 for count in Counter(s.page for s in sights).values())
    return (
        (edge and length >= _MIN_EDGE)
        or _share(sights, lambda s: bool(s.sign & Sign.OUTSIDE)) >= _MOSTLY
        or _share(sights, lambda s: bool(s.sign & Sign.BROKEN)) >= _HALF
        or (length >= _MIN_REPEATED and repeated >= _HALF * pages)
    )


def _is_varied(sights: Sequence[_Sight], side: Literal["left", "right"], edge: int) -> bool:
    """Whether the block has another neighbour on this side on most pages."""
    neighbours = {getattr(sight, side) for sight in sights} - {edge}
    at_edge = {sight.page for sight in sights if getattr(sight, side) == edge}
    return len(neighbours) + len(at_edge) >= _VARIED * len({sight.page for sight in sights})


def _share(sights: Sequence[_Sight], holds: Callable[[_Sight], bool]) -> float:
    return sum(map(holds, sights)) / len(sights)
