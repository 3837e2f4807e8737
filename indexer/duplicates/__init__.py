"""Near-duplicate clusters of an archive's paragraphs, and the articles that are copies.

The rules of a cluster are in indexer.duplicates.clustering. They are a function of the signatures
alone: those are kept from run to run, the clusters are computed from them afresh, so that
any sequence of changes ends where a fresh run ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from archive.engines.whoosh.arrays import ArrayFile, write_arrays
from archive.errors import EngineError
from archive.model import Clusters, Form, Paragraph
from archive.store.source_groups import Sources
from indexer.duplicates.clustering import (
    FORMS,
    MOST_IN_MEMORY,
    ROW,
    Clustering,
    Rows,
    joined,
)
from indexer.duplicates.judged import Judged
from indexer.duplicates.signatures import MOST_NOISE, signature_stamp, signatures

__all__ = ["ClusterIndex", "Rows", "sign"]

_FILE = "duplicates.arrays"
_JUDGED = tuple(field.name for field in fields(Judged))


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
    noise = rows["signature"]["noise"]
    noise[:] = np.minimum(noise + cut, MOST_NOISE)
    return rows


class ClusterIndex:
    """The rows of all documents of a generation, and the clusters that follow from them.

    The build calls `load`, then `replace` and `remove` for each changed document, then
    `clusters` and `save`. Whatever the sequence, `clusters` answers as a fresh index over
    the same documents would.
    """

    def __init__(
        self, documents: Mapping[str, Rows] | None = None, scratch: Path | None = None
    ) -> None:
        """Begin with the rows of `documents`.

        In the folder `scratch` many rows wait in files, so that memory does not grow with
        the archive.
        """
        self._documents: dict[str, Rows] = dict(documents or {})
        self._scratch = scratch
        # Documents whose rows are in memory, and how many bytes those take.
        self._loose: set[str] = set()
        self._loose_bytes = 0
        # What an earlier run found; what this one has found of the rows as they are now.
        self._judged: Judged | None = None
        self._clustering: Clustering | None = None

    def __len__(self) -> int:
        """The number of documents."""
        return len(self._documents)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._documents

    def replace(self, document_id: str, rows: Rows) -> None:
        """Put the rows of a document (from `sign`) in the place of its old ones, if any."""
        self._documents[document_id] = rows
        self._clustering = None
        self._loose.add(document_id)
        self._loose_bytes += rows.nbytes
        if self._scratch is not None and self._loose_bytes > MOST_IN_MEMORY:
            self._put_away(self._scratch)

    def remove(self, document_id: str) -> None:
        """Forget a document; one that is not there is forgotten already."""
        self._documents.pop(document_id, None)
        self._loose.discard(document_id)
        self._clustering = None

    def _put_away(self, scratch: Path) -> None:
        """Move the rows that are in memory into a file."""
        names = sorted(self._loose)
        parts = [self._documents[name] for name in names]
        rows = joined(parts, scratch)
        ends = np.cumsum([len(part) for part in parts]).tolist()
        for name, start, end in zip(names, [0, *ends], ends, strict=False):
            self._documents[name] = rows[start:end]
        self._loose.clear()
        self._loose_bytes = 0

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
        if self._clustering is None:
            self._clustering = Clustering(self._documents, self._judged, self._scratch)
        return self._clustering

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, replacing an older one in a single step.

        The old file is left as it is for whoever holds a hard link to it. Raises
        EngineError where the disk refuses.
        """
        ids = sorted(self._documents)
        clustering = self.clustering()
        arrays: dict[str, npt.NDArray[Any]] = {
            "stamp": np.frombuffer(signature_stamp().encode(), dtype=np.uint8),
            "ids": np.frombuffer("\n".join(ids).encode(), dtype=np.uint8),
            "counts": np.array([len(self._documents[i]) for i in ids], dtype=np.int64),
            "rows": clustering.rows.view(np.uint8),
        }
        arrays |= {name: getattr(clustering.judged, name) for name in _JUDGED}
        write_arrays(folder / _FILE, arrays)

    @classmethod
    def load(cls, folder: Path, scratch: Path | None = None) -> ClusterIndex | None:
        """Read the index kept in `folder`; `scratch` as for a new one.

        None where there is none, or where it is damaged or was signed by other rules: then every
        document has to be signed again.
        """
        try:
            kept = ArrayFile(folder / _FILE)
            kept.check()
            if kept["stamp"].tobytes().decode() != signature_stamp():
                return None
            names, counts = kept["ids"].tobytes().decode(), kept["counts"]
            rows = kept["rows"].view(ROW)
            judged = Judged(*(kept[name] for name in _JUDGED))
        except (OSError, ValueError, EngineError):
            return None
        ids = names.split("\n") if names else []
        ends = np.cumsum(counts).tolist()
        if len(ids) != len(ends) or (ends[-1] if ends else 0) != len(rows):
            return None
        starts = [0, *ends][: len(ends)]
        parts = {name: rows[a:b] for name, a, b in zip(ids, starts, ends, strict=True)}
        found = cls(parts, scratch)
        found._judged = judged
        return found
