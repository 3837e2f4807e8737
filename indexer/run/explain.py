"""Explanation: how one file is read, equal to what a reindex stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import SourceError, warning_message
from archive.serializers import blocks_to_dicts, paragraph_to_dict, record_to_dict, to_dict
from archive.store.home import Home
from indexer.corrections import read_corrections
from indexer.page import Reading
from indexer.pipeline import SUFFIXES, read_source
from indexer.rules import current_guide
from indexer.run import workers


@dataclass(frozen=True, slots=True)
class Explanation:
    """One document of a file, and where the file lies."""

    file: Path
    reading: Reading

    def to_dict(self) -> dict[str, Any]:
        """The explanation in the words of `--json`."""
        document = self.reading.document
        return {
            "file": str(self.file),
            "title": document.title,
            **record_to_dict(document.record),
            "record": [to_dict(one) for one in document.evidence],
            "relations": [to_dict(one) for one in document.relations],
            "url": document.url,
            "encoding": document.encoding,
            "blocks": blocks_to_dicts(document.blocks),
            "paragraphs": [paragraph_to_dict(p) for p in self.reading.paragraphs],
        }

    def to_text(self) -> str:
        """The explanation for a terminal: the facts, what was dropped, what was kept."""
        document = self.reading.document
        known = (document.site, document.published, document.encoding)
        lines = [f"# {document.title}", " · ".join(filter(None, known)), ""]
        for code in document.warnings:
            lines.insert(-1, f"! {code}: {warning_message(code, 'zh')}")
        lines += [f"- [{b.rule}] {b.text}" for b in document.blocks if not b.keep]
        lines.append("")
        for paragraph in self.reading.paragraphs:
            dating = paragraph.dating
            year = dating.year or "—"
            facts = (str(year), dating.basis.value, paragraph.topic, paragraph.part)
            cut = f" ✂ {' '.join(paragraph.cut)}" if paragraph.cut else ""
            place = " > ".join(filter(None, (paragraph.article, *paragraph.heading_path)))
            lines.append(f"+ [{paragraph.form.value}] {' · '.join(filter(None, facts))}{cut}")
            if place:
                lines.append(f"    {place}")
            lines.append(f"    {paragraph.text}")
        return "\n".join(lines)


def explain_file(file: Path, relative: str, home: Home) -> Iterator[Explanation]:
    """Yield how each document of `file` is read, under the path `relative` to the corpus.

    It is read as a reindex of `home` would: by the user's rules, the learned templates and
    the readers' corrections too. Raises SourceError where the file or a rule cannot be read,
    StaleIndexError where the home's generation is gone, NotesError where the corrections
    cannot be read.
    """
    if not relative.lower().endswith(SUFFIXES):
        known = " ".join(SUFFIXES)
        raise SourceError("reader.type_unknown", known=known)
    corrected = read_corrections(home)
    try:
        for reading in read_source(file, relative, current_guide(home), corrected):
            yield Explanation(file, reading)
    except (OSError, MemoryError, RecursionError) as error:
        raise workers.as_failure(error).error from error
