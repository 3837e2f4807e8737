"""Near-duplicate clusters of an archive's paragraphs, and the articles that are copies.

A cluster holds the manglings of one text. The rules, in order:

1. Paragraphs of twenty letters or more whose wording is the same but for masks and
   punctuation are one text; so are body paragraphs of eight letters or more.
2. Two texts are copies where their sketches say so (`strong`) and their figures do not
   contradict each other. The shorter the text, the more must agree, because a short
   formula (违反本条例规定,有下列行为之一的) is written by many hands.
3. Two articles are copies where they share most of the letters of the shorter one.
4. Between two such articles a weak resemblance is enough, and what is too short to judge
   by itself (a heading, a line) belongs together where it is equal. A heading by itself
   never does: 一、存在问题 stands over a thousand independent texts, and to fold them
   would hide all but one.
5. Texts join a leader that they resemble themselves (indexer.stars), so nothing chains.

All of it is a function of the signatures alone. They are kept; clustering is recomputed
from them, so that any sequence of changes ends where a fresh run ends.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from archive.ids import build_paragraph_id
from archive.model import Clusters, Form, Membership, Paragraph
from indexer.pairs import candidates, figures_conflict, similarity
from indexer.signatures import SIGNATURE, SIGNATURE_VERSION, Signatures, signatures
from indexer.stars import Ints, labels, stars

# One paragraph as the index keeps it: its ordinal in the document, its article's number in
# the document, its form, and its signature; `dirt` has the cut fragments added.
ROW = np.dtype(
    [
        ("ordinal", np.uint32),
        ("article", np.uint32),
        ("body", np.bool_),
        ("signature", SIGNATURE),
    ],
    align=True,
)
Rows = npt.NDArray[np.void]

# Letters from which a text is judged by its sketch: below, a single replaced word moves
# the estimate by a quarter.
LONG = 20

# Letters from which an equal body paragraph is a repetition worth folding; shorter ones
# (同志们, 特此报告) are everybody's.
_EQUAL = 8

# Similarity that makes copies, at LONG letters and from _SURE_LENGTH on, linear between.
# Read off 100,000 paragraphs of laws and news and the manglings of real document sites:
# independent formulas of 20 to 60 letters reach 0.7, independent long paragraphs 0.45,
# copies of long paragraphs fall to 0.5.
_SHORT_SIMILAR = 0.75
_SIMILAR = 0.5
_SURE_LENGTH = 200

# The same between articles that are copies elsewhere: strangers in one field stay below
# 0.2, a paragraph that a site glued to its neighbour still reaches 0.35 with either.
_WEAK = 0.33

# Articles are copies where they share this part of the shorter one's letters, and at least
# so many letters: one common formula makes no copy.
_SHARE = 0.5
_SHARED_LETTERS = 100

# An article is compared with so many others that hold the same text, the first in id order.
_PIVOTS = 8

# Letters over which an article's dirt is felt in each of its paragraphs: a site that masks
# here has deleted there, where nothing shows it.
_DIRT_REACH = 1000

_FILE = "duplicates.npz"


def sign(paragraphs: Sequence[Paragraph]) -> Rows:
    """Return the rows (dtype ROW) of one document's paragraphs, in their order.

    Pure and picklable: a worker process may compute it. An article ends where the next
    paragraph names another one.
    """
    rows = np.zeros(len(paragraphs), dtype=ROW)
    rows["signature"] = signatures([paragraph.text for paragraph in paragraphs])
    article = 0
    for i, paragraph in enumerate(paragraphs):
        opens = paragraph.form is Form.ARTICLE_TITLE
        if i and (opens or paragraph.article != paragraphs[i - 1].article):
            article += 1
        rows[i]["ordinal"] = paragraph.ordinal
        rows[i]["article"] = article
        rows[i]["body"] = paragraph.form is Form.BODY
    cut = np.array([len(paragraph.cut) for paragraph in paragraphs], dtype=np.uint16)
    rows["signature"]["dirt"] += cut
    return rows


class ClusterIndex:
    """The rows of all documents of a generation, and the clusters that follow from them.

    The build calls `load`, then `replace` and `remove` for each changed document, then
    `clusters` and `save`. Whatever the sequence, `clusters` answers as a fresh index over
    the same documents would.
    """

    def __init__(self, documents: Mapping[str, Rows] | None = None) -> None:
        self._documents: dict[str, Rows] = dict(documents or {})

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._documents)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._documents

    def replace(self, document_id: str, rows: Rows) -> None:
        """Put the rows of a document (from `sign`) in the place of its old ones, if any."""
        self._documents[document_id] = rows

    def remove(self, document_id: str) -> None:
        """Forget a document; one that is not there is forgotten already."""
        self._documents.pop(document_id, None)

    def clusters(self) -> Clusters:
        """Return the membership of every paragraph that resembles another one.

        Rank 0 is the cleanest member: fewest marks (masks, debris, spun words, cut
        fragments), its article's marks weighed in; then the longer, then id order.
        """
        return _Clustering(self._documents).memberships()

    def article_groups(self) -> dict[tuple[str, int], int]:
        """Return the group of each article, by document id and number within the document.

        Articles of one group are copies of each other or of a third, so they count as one
        source. The number of a group is that of its first article in id order.
        """
        return _Clustering(self._documents).article_groups()

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, replacing an older one in a single step.

        The old file is left as it is for whoever holds a hard link to it.
        """
        ids = sorted(self._documents)
        rows = [self._documents[document_id] for document_id in ids]
        unfinished = folder / f"{_FILE}.{os.getpid()}.new"
        try:
            with unfinished.open("wb") as file:
                np.savez(
                    file,
                    version=np.array(SIGNATURE_VERSION),
                    ids=np.frombuffer("\n".join(ids).encode(), dtype=np.uint8),
                    counts=np.array([len(part) for part in rows], dtype=np.int64),
                    rows=_joined(rows),
                )
            unfinished.replace(folder / _FILE)
        finally:
            unfinished.unlink(missing_ok=True)

    @classmethod
    def load(cls, folder: Path) -> ClusterIndex | None:
        """Read the index kept in `folder`.

        None where there is none, or where it is damaged or of another version: then every
        document has to be signed again.
        """
        try:
            with np.load(folder / _FILE, allow_pickle=False) as kept:
                if int(kept["version"]) != SIGNATURE_VERSION or kept["rows"].dtype != ROW:
                    return None
                names, counts, rows = kept["ids"].tobytes().decode(), kept["counts"], kept["rows"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None
        ids = names.split("\n") if names else []
        ends = np.cumsum(counts).tolist()
        if len(ids) != len(ends) or (ends[-1] if ends else 0) != len(rows):
            return None
        starts = [0, *ends[:-1]]
        return cls({name: rows[a:b] for name, a, b in zip(ids, starts, ends, strict=True)})


def independent_sources(
    groups: Mapping[tuple[str, int], int], articles: Iterable[tuple[str, int]]
) -> int:
    """Return how many independent sources `articles` come from.

    `groups` is `ClusterIndex.article_groups()`.

    >>> independent_sources({("a", 0): 0, ("a", 1): 1, ("b", 0): 0}, [("a", 0), ("b", 0)])
    1
    """
    return len({groups[article] for article in articles})


def _joined(parts: Sequence[Rows]) -> Rows:
    """Concatenate rows as bytes: of records, numpy compares the fields of every part."""
    if not parts:
        return np.zeros(0, dtype=ROW)
    joined = np.concatenate([np.ascontiguousarray(part).view(np.uint8) for part in parts])
    return joined.view(ROW)


class _Clustering:
    """One computation over all rows, in id order."""

    def __init__(self, documents: Mapping[str, Rows]) -> None:
        self._ids = [name for name in sorted(documents) if len(documents[name])]
        parts = [documents[name] for name in self._ids]
        rows = _joined(parts)
        self._document = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        self._rows = rows
        self._signed: Signatures = rows["signature"]
        self._letters = self._signed["length"].astype(np.int64)
        self._long = self._letters >= LONG
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (np.diff(self._document) > 0) | (rows["article"][1:] != rows["article"][:-1])
        self._article: Ints = np.cumsum(new) - 1
        self._articles = np.flatnonzero(new)
        self._node, self._row_of, self._judged = self._nodes()

    def _nodes(self) -> tuple[Ints, Ints, int]:
        """The text of each row, a row of each text, and how many texts have a sketch.

        Texts with a sketch come first, in the order of their hashes: by content, not by
        arrival. What must not be folded by equality alone is a text of its own.
        """
        exact = self._signed["exact"]
        short = ~self._long & self._rows["body"] & (self._letters >= _EQUAL)
        single = ~self._long & ~short
        node = np.empty(len(exact), dtype=np.int64)
        row_of: list[Ints] = []
        count = judged = 0
        for rows in (np.flatnonzero(self._long), np.flatnonzero(short)):
            _, first, inverse = np.unique(exact[rows], return_index=True, return_inverse=True)
            node[rows] = inverse + count
            row_of.append(rows[first])
            count += len(first)
            judged = judged or len(first)
        rest = np.flatnonzero(single)
        node[rest] = np.arange(len(rest)) + count
        return node, np.concatenate([*row_of, rest]), len(row_of[0]) if judged else 0

    def memberships(self) -> dict[str, Membership]:
        """See ClusterIndex.clusters."""
        first, second = self._strong()
        count = len(self._row_of)
        leaders = stars(count, first, second)[self._node]
        weak = self._weak(*self._links(leaders))
        leaders = stars(count, np.concatenate([first, weak[0]]), np.concatenate([second, weak[1]]))[
            self._node
        ]
        return self._ranked(leaders)

    def article_groups(self) -> dict[tuple[str, int], int]:
        """See ClusterIndex.article_groups."""
        leaders = stars(len(self._row_of), *self._strong())[self._node]
        group = labels(len(self._articles), *self._links(leaders)).tolist()
        opens = self._articles
        documents, numbers = self._document[opens].tolist(), self._rows["article"][opens].tolist()
        return {
            (self._ids[document], number): label
            for document, number, label in zip(documents, numbers, group, strict=True)
        }

    def _strong(self) -> tuple[Ints, Ints]:
        """The pairs of texts that are copies by themselves."""
        signed = self._signed[self._row_of[: self._judged]]
        first, second = candidates(signed["sketch"])
        shorter = np.minimum(signed["length"][first], signed["length"][second])
        fall = np.clip((shorter - float(LONG)) / (_SURE_LENGTH - LONG), 0.0, 1.0)
        needed = _SHORT_SIMILAR - fall * (_SHORT_SIMILAR - _SIMILAR)
        alike = similarity(signed, first, second) >= needed
        first, second = first[alike], second[alike]
        sound = ~figures_conflict(signed, first, second)
        return first[sound], second[sound]

    def _links(self, leaders: Ints) -> tuple[Ints, Ints]:
        """The pairs of articles that share most of the shorter one, given the clusters."""
        count = len(self._articles)
        total = np.bincount(
            self._article, weights=np.where(self._long, self._letters, 0), minlength=count
        )
        rows = np.flatnonzero(self._long)
        order = np.lexsort((self._article[rows], leaders[rows]))
        rows = rows[order]
        cluster, article = leaders[rows], self._article[rows]
        once = np.ones(len(rows), dtype=bool)
        once[1:] = (np.diff(cluster) > 0) | (np.diff(article) > 0)
        rows, cluster, article = rows[once], cluster[once], article[once]
        starts = np.flatnonzero(np.diff(cluster, prepend=-1))
        place = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
        pairs: list[Ints] = []
        shared: list[Ints] = []
        for step in range(1, _PIVOTS + 1):
            # Each member against the pivot that is `step` places from the cluster's first.
            at = np.flatnonzero(place >= step)
            pivot = at - place[at] + step - 1
            pairs.append(article[pivot] * count + article[at])
            shared.append(np.minimum(self._letters[rows[pivot]], self._letters[rows[at]]))
        packed, inverse = np.unique(np.concatenate(pairs), return_inverse=True)
        common = np.bincount(inverse, weights=np.concatenate(shared), minlength=len(packed))
        a, b = packed // max(count, 1), packed % max(count, 1)
        needed = np.maximum(_SHARE * np.minimum(total[a], total[b]), _SHARED_LETTERS)
        copies = common >= needed
        return a[copies], b[copies]

    def _weak(self, first: Ints, second: Ints) -> tuple[Ints, Ints]:
        """The pairs of texts that are copies because their articles are."""
        ends = np.append(self._articles[1:], len(self._rows))
        found: list[tuple[Ints, Ints]] = []
        for a, b in zip(first.tolist(), second.tolist(), strict=True):
            mine = np.arange(self._articles[a], ends[a])
            theirs = np.arange(self._articles[b], ends[b])
            found.append(self._weak_between(mine, theirs))
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        left = np.concatenate([pair[0] for pair in found])
        right = np.concatenate([pair[1] for pair in found])
        return self._node[left], self._node[right]

    def _weak_between(self, mine: Ints, theirs: Ints) -> tuple[Ints, Ints]:
        """The rows of two articles that are equal, or resemble each other most.

        Where a site glued two paragraphs, the whole resembles both; it goes with the one
        that it resembles more, or two different paragraphs would end in one cluster.
        """
        exact = self._signed["exact"]
        a, b = np.nonzero(
            (exact[mine][:, None] == exact[theirs]) & (self._letters[mine] > 0)[:, None]
        )
        equal = mine[a], theirs[b]
        mine, theirs = mine[self._long[mine]], theirs[self._long[theirs]]
        if not len(mine) or not len(theirs):
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
        dirt = self._signed["dirt"].astype(np.float64)
        count = len(self._articles)
        letters = np.bincount(self._article, weights=self._letters, minlength=count)
        marks = np.bincount(self._article, weights=dirt, minlength=count)
        rate = marks * _DIRT_REACH / np.maximum(letters, _DIRT_REACH)
        score = (dirt + rate[self._article])[rows]
        order = np.lexsort((rows, -self._letters[rows], score, leaders[rows]))
        rows = rows[order]
        cluster = leaders[rows]
        starts = np.flatnonzero(np.diff(cluster, prepend=-1))
        size = np.diff(np.append(starts, len(rows)))
        ranks = (np.arange(len(rows)) - np.repeat(starts, size)).tolist()
        heads = np.repeat(np.minimum.reduceat(rows, starts), size) if len(rows) else rows
        names = {row: self._name(row) for row in rows.tolist()}
        return {
            names[row]: Membership(names[head], rank)
            for row, head, rank in zip(rows.tolist(), heads.tolist(), ranks, strict=True)
        }

    def _name(self, row: int) -> str:
        return build_paragraph_id(self._ids[self._document[row]], int(self._rows["ordinal"][row]))
