"""Clustering the rows of an archive: from signatures to near-duplicate clusters.

A cluster holds the manglings of one text. The rules, in order:

1. Paragraphs of sixteen letters or more whose wording is the same but for masks and
   punctuation are one text; so are body paragraphs of eight letters or more.
2. Two texts are copies where their sketches say so (`strong`) and their figures do not
   contradict each other. The shorter the text, the more must agree, because a short
   formula (违反本条例规定,有下列行为之一的) is written by many hands.
3. Two articles are copies where they share most of the letters of the shorter one.
4. Between two such articles a weak resemblance is enough, and what is too short to judge
   by itself (a heading, a title, a line) belongs together where it is equal. A heading by
   itself never does: 一、存在问题 stands over a thousand independent texts, and to fold
   them would hide all but one.
5. Texts join a leader that they resemble themselves (see `grouping`), so nothing chains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from archive.ids import build_paragraph_id
from archive.model import Form, Membership
from archive.store.source_groups import Sources
from indexer.duplicates.grouping import Ints, components, distinct, run_places, run_starts, stars
from indexer.duplicates.pairs import LONG, Verdicts, figures_conflict, judge, similarity
from indexer.duplicates.signatures import SIGNATURE, Signatures

# One paragraph as the index keeps it: its ordinal in the document, its article's number in
# the document, its form (a place in FORMS), and its signature; `noise` has the cut fragments
# added.
FORMS = tuple(Form)
ROW = np.dtype(
    [
        ("ordinal", np.uint32),
        ("article", np.uint32),
        ("form", np.uint8),
        ("signature", SIGNATURE),
    ],
    align=True,
)
Rows = npt.NDArray[np.void]

# Letters from which an equal body paragraph is a repetition worth folding; shorter ones
# (同志们, 特此报告) are everybody's.
_EQUAL = 8

# So many probable pairs between the same two articles make copies of both.
_SEVERAL = 3

# The same between articles that are copies elsewhere: independent ones in one field stay below
# 0.2, a paragraph that a site glued to its neighbour still reaches 0.35 with either.
_WEAK = 0.33

# Comparisons between two articles beyond which only equal paragraphs are looked for: two
# codes of law of 2,000 articles each, half a second.
_MAX_WEAK = 4_000_000

# Articles are copies where they share this part of the shorter one's letters, and at least
# so many letters: one common formula makes no copy.
_SHARE = 0.5
_SHARED_LETTERS = 100

# An article is compared with so many others that hold the same text, the first in id order.
_PIVOTS = 8

# Letters over which an article's noise is felt in each of its paragraphs: a site that masks
# here has deleted there, where nothing shows it.
_NOISE_REACH = 1000

# Rows beyond so many bytes lie in a file: 170,000 paragraphs.
MAX_IN_MEMORY = 1 << 25


def joined(parts: Sequence[Rows], scratch: Path | None = None) -> Rows:
    """Put rows one after another: in memory, or beyond some size in a file in `scratch`.

    As bytes: of records, numpy compares the fields of every part. The file has no name and
    is gone with the rows.
    """
    if not parts:
        return np.zeros(0, dtype=ROW)
    raw = (np.ascontiguousarray(part).view(np.uint8) for part in parts)
    if scratch is None or sum(part.nbytes for part in parts) < MAX_IN_MEMORY:
        return np.concatenate(list(raw)).view(ROW)
    with TemporaryFile(dir=scratch) as file:
        for part in raw:
            file.write(part.data)
        file.flush()
        return np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), dtype=ROW)


class Clustering:
    """One computation over all rows, in id order."""

    def __init__(
        self,
        documents: Mapping[str, Rows],
        known: Verdicts | None = None,
        scratch: Path | None = None,
    ) -> None:
        """Take the rows of all documents, the verdicts of an earlier run, a folder to use."""
        self._known = known
        self._ids = [name for name in sorted(documents) if len(documents[name])]
        parts = [documents[name] for name in self._ids]
        rows = joined(parts, scratch)
        self._document = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        self.rows = rows
        self._signed: Signatures = rows["signature"]
        self._letters = self._signed["length"].astype(np.int64)
        # A site numbers its titles (工作总结简短一, 简短二): all alike, and none a copy.
        title = rows["form"] == FORMS.index(Form.ARTICLE_TITLE)
        self._long = (self._letters >= LONG) & ~title
        self._articles = run_starts(self._document, rows["article"])
        self._article: Ints = np.searchsorted(self._articles, np.arange(len(rows)), "right") - 1
        self._node, self._row_of, self._sketched = self._nodes()

    def _nodes(self) -> tuple[Ints, Ints, int]:
        """The text of each row, a row of each text, and how many texts have a sketch.

        Texts with a sketch come first, in the order of their hashes: by content, not by
        arrival. What must not be folded by equality alone is a text of its own.
        """
        exact = self._signed["exact"]
        short = ~self._long & (self.rows["form"] == FORMS.index(Form.BODY))
        short &= self._letters >= _EQUAL
        single = ~self._long & ~short
        node = np.empty(len(exact), dtype=np.int64)
        row_of: list[Ints] = []
        count = 0
        for rows in (np.flatnonzero(self._long), np.flatnonzero(short)):
            _, first, inverse = np.unique(exact[rows], return_index=True, return_inverse=True)
            node[rows] = inverse + count
            row_of.append(rows[first])
            count += len(first)
        rest = np.flatnonzero(single)
        node[rest] = np.arange(len(rest)) + count
        return node, np.concatenate([*row_of, rest]), len(row_of[0])

    def memberships(self) -> dict[str, Membership]:
        """Return the membership of every paragraph that resembles another one.

        Rank 0 is the cleanest member: fewest marks (masks, debris, spun words, cut
        fragments), its article's marks weighed in; then the longer, then id order.
        """
        first, second, strong = self.verdicts.pairs()
        weak = self._weak(*self._links)
        leaders = stars(
            len(self._row_of),
            np.concatenate([first[strong], weak[0]]),
            np.concatenate([second[strong], weak[1]]),
        )
        return self._ranked(leaders[self._node])

    def sources(self) -> Sources:
        """Return for each document its articles' first ordinals, each with its source.

        Articles of one source are copies of each other or of a third. A source is named
        after the first paragraph of its first article in id order.
        """
        group = components(len(self._articles), *self._links)
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        opens = self._articles
        for row, first in zip(opens.tolist(), opens[group].tolist(), strict=True):
            ordinal = int(self.rows["ordinal"][row])
            found[self._ids[self._document[row]]].append((ordinal, self._name(first)))
        return {document_id: tuple(articles) for document_id, articles in found.items()}

    @cached_property
    def verdicts(self) -> Verdicts:
        """Which texts are probably copies: what the next run may begin with."""
        return judge(self._signed, self._row_of[: self._sketched], self._known)

    @cached_property
    def _links(self) -> tuple[Ints, Ints]:
        """The pairs of articles that are copies of each other."""
        first, second, strong = self.verdicts.pairs()
        count = len(self._row_of)
        sure = stars(count, first[strong], second[strong])[self._node]
        probable = stars(count, first, second)[self._node]
        found = [self._sharing(sure, least=1), self._sharing(probable, least=_SEVERAL)]
        packed = distinct(np.concatenate(found))
        return packed // len(self._articles), packed % len(self._articles)

    def _sharing(self, leaders: Ints, least: int) -> Ints:
        """The pairs of articles, packed, that share most letters of the shorter one.

        `leaders` is the cluster of each row; `least` clusters must be shared.
        """
        count = len(self._articles)
        total = np.bincount(
            self._article, weights=np.where(self._long, self._letters, 0), minlength=count
        )
        rows = np.flatnonzero(self._long)
        rows = rows[np.lexsort((self._article[rows], leaders[rows]))]
        rows = rows[run_starts(leaders[rows], self._article[rows])]
        article = self._article[rows]
        place = run_places(run_starts(leaders[rows]), len(rows))
        pairs: list[Ints] = []
        shared: list[Ints] = []
        for step in range(_PIVOTS):
            # Each member against the one that stands `step` places from its cluster's first.
            at = np.flatnonzero(place > step)
            pivot = at - place[at] + step
            pairs.append(article[pivot] * count + article[at])
            shared.append(np.minimum(self._letters[rows[pivot]], self._letters[rows[at]]))
        packed, inverse = np.unique(np.concatenate(pairs), return_inverse=True)
        common = np.bincount(inverse, weights=np.concatenate(shared), minlength=len(packed))
        texts = np.bincount(inverse, minlength=len(packed))
        shorter = np.minimum(total[packed // max(count, 1)], total[packed % max(count, 1)])
        copies = (common >= np.maximum(_SHARE * shorter, _SHARED_LETTERS)) & (texts >= least)
        return packed[copies]

    def _weak(self, first: Ints, second: Ints) -> tuple[Ints, Ints]:
        """The pairs of texts that are copies because their articles are."""
        ends = np.append(self._articles[1:], len(self.rows))
        found = [(first[:0], first[:0])]
        for a, b in zip(first.tolist(), second.tolist(), strict=True):
            mine = np.arange(self._articles[a], ends[a])
            theirs = np.arange(self._articles[b], ends[b])
            found.append(self._weak_between(mine, theirs))
        left, right = (np.concatenate(side) for side in zip(*found, strict=True))
        return self._node[left], self._node[right]

    def _weak_between(self, mine: Ints, theirs: Ints) -> tuple[Ints, Ints]:
        """The rows of two articles that are equal, or resemble each other most.

        Where a site glued two paragraphs, the whole resembles both; it goes with the one
        that it resembles more, or two different paragraphs would end in one cluster.
        """
        exact = self._signed["exact"]
        known, place = np.unique(exact[theirs], return_index=True)
        at = np.minimum(np.searchsorted(known, exact[mine]), len(known) - 1)
        same = (known[at] == exact[mine]) & (self._letters[mine] > 0)
        equal = mine[same], theirs[place[at[same]]]
        mine, theirs = mine[self._long[mine]], theirs[self._long[theirs]]
        if not 0 < len(mine) * len(theirs) <= _MAX_WEAK:
            return equal
        grid = np.repeat(mine, len(theirs)), np.tile(theirs, len(mine))
        alike = similarity(self._signed, *grid).reshape(len(mine), len(theirs))
        best = (alike >= alike.max(axis=1, keepdims=True)) & (alike >= alike.max(axis=0))
        a, b = np.nonzero(best & (alike >= _WEAK))
        sound = ~figures_conflict(self._signed, mine[a], theirs[b])
        return (
            np.concatenate([equal[0], mine[a[sound]]]),
            np.concatenate([equal[1], theirs[b[sound]]]),
        )

    def _ranked(self, leaders: Ints) -> dict[str, Membership]:
        """Number the members of each cluster by their cleanness."""
        sizes = np.bincount(leaders, minlength=len(self._row_of))
        rows = np.flatnonzero(sizes[leaders] > 1)
        noise = self._signed["noise"].astype(np.float64)
        count = len(self._articles)
        letters = np.bincount(self._article, weights=self._letters, minlength=count)
        marks = np.bincount(self._article, weights=noise, minlength=count)
        rate = marks * _NOISE_REACH / np.maximum(letters, _NOISE_REACH)
        score = (noise + rate[self._article])[rows]
        order = np.lexsort((rows, -self._letters[rows], score, leaders[rows]))
        rows = rows[order]
        cluster = leaders[rows]
        starts = run_starts(cluster)
        ranks = run_places(starts, len(rows)).tolist()
        names = [self._name(row) for row in rows.tolist()]
        # A cluster is named after its first row.
        lowest = np.minimum.reduceat(rows, starts).tolist() if len(rows) else []
        heads = dict(zip(cluster[starts].tolist(), map(self._name, lowest), strict=True))
        return {
            name: Membership(heads[leader], rank)
            for name, leader, rank in zip(names, cluster.tolist(), ranks, strict=True)
        }

    def _name(self, row: int) -> str:
        return build_paragraph_id(self._ids[self._document[row]], int(self.rows["ordinal"][row]))
