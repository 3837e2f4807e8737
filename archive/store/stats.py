"""Stats: the state of an archive, for the start page and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from archive.serializers import Printed, to_dict
from archive.store.catalog import SourceRecord

# Templates of a site are worth learning again once it has doubled, from so many pages on.
_GROWN = 2
_MIN_PAGES = 4


def outgrown(learned: Mapping[str, int], now: Mapping[str, int]) -> tuple[str, ...]:
    """The sites whose pages have doubled since templates were `learned`, by name.

    >>> outgrown({"甲": 3, "乙": 10}, {"甲": 6, "乙": 19, "丙": 4, "丁": 3})
    ('丙', '甲')
    """
    return tuple(
        sorted(
            site
            for site, count in now.items()
            if count >= max(_MIN_PAGES, _GROWN * learned.get(site, 0))
        )
    )


@dataclass(frozen=True, slots=True)
class Stats(Printed):
    """The state of an archive.

    `built` is when the generation was made (ISO 8601), `characters` counts the
    paragraphs' text, `years`, `sites` and `kinds` give paragraphs per value (None: not
    known). Sites and kinds are the most frequent; `sites_more` and `kinds_more` count the
    others. `skipped` and `failed` are the sources that are not in it, with the reason,
    `stale_templates` the sites that have outgrown the templates learned of them.
    """

    json_keys: ClassVar = (
        *("generation", "built", "sources", "documents", "articles", "paragraphs", "characters"),
        *("sites_more", "kinds_more", "skipped", "failed", "stale_templates"),
    )

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
    stale_templates: tuple[str, ...] = ()
    sites_more: int = 0
    kinds_more: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The state in the words of `--json`."""
        counted = {"year": self.years, "site": self.sites, "kind": self.kinds}
        return to_dict(self, self.json_keys) | {
            f"{name}s": [{name: value, "count": count} for value, count in pairs]
            for name, pairs in counted.items()
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
        if self.stale_templates:
            sites = "、".join(self.stale_templates)
            lines.append(
                f"这些来源的页面已大增，请运行 xianli reindex --full 重学其模板："
                f"{sites}\n  (these sites have grown: run xianli reindex --full to learn their "
                "templates anew)"
            )
        return "\n".join(lines)
