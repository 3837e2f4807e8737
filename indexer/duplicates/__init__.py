"""Near-duplicate clusters of an archive's paragraphs, and the articles that are copies.

The rules of a cluster are in indexer.duplicates.clustering. They are a function of the signatures
alone: those are kept from run to run, the clusters are computed from them afresh, so that
any sequence of changes ends where a fresh run ends.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from archive.independence import Sources
from archive.model import Clusters, Form, Paragraph
from indexer.duplicates.clustering import FORMS, ROW, Clustering, Rows, joined
from indexer.duplicates.signatures import MOST_DIRT, signature_stamp, signatures

__all__ = ["ClusterIndex", "Rows", "sign"]

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
        rows[i]["form"] = FORMS.index(paragraph.form)
    cut = np.array([len(paragraph.cut) for paragraph in paragraphs], dtype=np.int64)
    dirt = rows["signature"]["dirt"]
    dirt[:] = np.minimum(dirt + cut, MOST_DIRT)
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
        return self.clustering().memberships()

    def sources(self) -> Sources:
        """Return for each document its articles' first ordinals, each with its source.

        Articles of one source are copies of each other or of a third. A source is named
        after the first paragraph of its first article in id order.
        """
        return self.clustering().sources()

    def clustering(self) -> Clustering:
        """Return the computation over all rows, for who wants clusters and sources of one."""
        return Clustering(self._documents)

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
                    stamp=np.array(signature_stamp()),
                    ids=np.frombuffer("\n".join(ids).encode(), dtype=np.uint8),
                    counts=np.array([len(part) for part in rows], dtype=np.int64),
                    rows=joined(rows),
                )
            unfinished.replace(folder / _FILE)
        finally:
            unfinished.unlink(missing_ok=True)

    @classmethod
    def load(cls, folder: Path) -> ClusterIndex | None:
        """Read the index kept in `folder`.

        None where there is none, or where it is damaged or was signed by other rules: then every
        document has to be signed again.
        """
        try:
            # Opened here: numpy leaves a damaged file open.
            with (folder / _FILE).open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["stamp"]) != signature_stamp() or kept["rows"].dtype != ROW:
                    return None
                names, counts, rows = kept["ids"].tobytes().decode(), kept["counts"], kept["rows"]
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None
        ids = names.split("\n") if names else []
        ends = np.cumsum(counts).tolist()
        if len(ids) != len(ends) or (ends[-1] if ends else 0) != len(rows):
            return None
        starts = [0, *ends][: len(ends)]
        return cls({name: rows[a:b] for name, a, b in zip(ids, starts, ends, strict=True)})
