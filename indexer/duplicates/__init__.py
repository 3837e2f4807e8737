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
from archive.model import Form, Paragraph
from indexer.duplicates.clustering import FORMS, MAX_IN_MEMORY, ROW, Clustering, Rows, joined
from indexer.duplicates.pairs import Verdicts
from indexer.duplicates.signatures import MAX_NOISE, signature_stamp, signatures

__all__ = ["ClusterIndex", "Rows", "sign"]

_FILE = "duplicates.arrays"
_VERDICTS = tuple(field.name for field in fields(Verdicts))


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
    noise[:] = np.minimum(noise + cut, MAX_NOISE)
    return rows


class ClusterIndex:
    """The rows of all documents of a generation, and the clusters that follow from them.

    The build calls `load`, then `replace` and `remove` for each changed document, then
    `clustering` and `save`. Whatever the sequence, `clustering` answers as a fresh index over
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
        self._verdicts: Verdicts | None = None
        self._clustering: Clustering | None = None

    def replace(self, document_id: str, rows: Rows) -> None:
        """Put the rows of a document (from `sign`) in the place of its old ones, if any."""
        self._documents[document_id] = rows
        self._clustering = None
        self._loose.add(document_id)
        self._loose_bytes += rows.nbytes
        if self._scratch is not None and self._loose_bytes > MAX_IN_MEMORY:
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

    def clustering(self) -> Clustering:
        """Return the computation over all rows, which gives the clusters and the sources."""
        if self._clustering is None:
            self._clustering = Clustering(self._documents, self._verdicts, self._scratch)
        return self._clustering

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, replacing an older one in a single step.

        The old file stays as it is under its other hard links. Raises
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
        arrays |= {name: getattr(clustering.verdicts, name) for name in _VERDICTS}
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
            verdicts = Verdicts(*(kept[name] for name in _VERDICTS))
        except (OSError, ValueError, EngineError):
            return None
        ids = names.split("\n") if names else []
        ends = np.cumsum(counts).tolist()
        if len(ids) != len(ends) or (ends[-1] if ends else 0) != len(rows):
            return None
        starts = [0, *ends][: len(ends)]
        parts = {name: rows[a:b] for name, a, b in zip(ids, starts, ends, strict=True)}
        found = cls(parts, scratch)
        found._verdicts = verdicts
        return found
