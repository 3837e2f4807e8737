"""Stats: the state of an archive, for the start page and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.catalog import SourceRecord


@dataclass(frozen=True, slots=True)
class Stats:
    """The state of an archive.

    `built` is when the generation was made (ISO 8601), `characters` counts the
    paragraphs' text, `years`, `sites` and `kinds` give paragraphs per value (None: not
    known), `skipped` and `failed` the sources that are not in it, with the reason.
    """

    generation: str
    built: str
    sources: int
    documents: int
    articles: int
    paragraphs: int
    characters: int
    years: tuple[tuple[int | None, int], ...]
    sites: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    skipped: tuple[SourceRecord, ...]
    failed: tuple[SourceRecord, ...]

    def to_dict(self) -> dict[str, Any]:
        """The state in the words of `--json`."""
        return {
            "generation": self.generation,
            "built": self.built,
            "sources": self.sources,
            "documents": self.documents,
            "articles": self.articles,
            "paragraphs": self.paragraphs,
            "characters": self.characters,
            "years": [{"year": year, "count": count} for year, count in self.years],
            "sites": [{"site": site, "count": count} for site, count in self.sites],
            "kinds": [{"kind": kind, "count": count} for kind, count in self.kinds],
            "skipped": [source.to_dict() for source in self.skipped],
            "failed": [source.to_dict() for source in self.failed],
        }

    def to_text(self) -> str:
        """The state as a few lines for a terminal."""
        known = [year for year, _ in self.years if year is not None]
        span = f"{min(known)}–{max(known)}" if known else "—"
        lines = [
            f"建立于 / built       {self.built}（{self.generation}）",
            f"来源 / sources       {self.sources}",
            f"文档 / documents     {self.documents}",
            f"篇 / articles        {self.articles}",
            f"段落 / paragraphs    {self.paragraphs}",
            f"字数 / characters    {self.characters}",
            f"年份 / years         {span}",
            f"跳过 / skipped       {len(self.skipped)}",
            f"失败 / failed        {len(self.failed)}",
        ]
        lines += [f"  {source.path}: {source.reason}" for source in self.failed]
        return "\n".join(lines)
