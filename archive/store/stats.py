"""Stats: the state of an archive, for the start page and the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from archive.fields import named
from archive.serializers import Printed, to_dict
from archive.store.catalog import SourceRecord, Warned

# What is counted by value; one entry is called by the name without its `s`.
COUNTED = ("years", "sites", "kinds", "warnings")

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


def warning_lines(counts: Iterable[tuple[str, int]]) -> list[str]:
    """The documents of each warning as lines, each with the command that lists them.

    >>> warning_lines([("garbled", 3)])
    ['有乱码 / garbled: 3  → xianli stats --warning garbled']
    """
    names = named("warnings").vocabulary
    return [
        f"{names[code][0]} / {names[code][-1]}: {count}  → xianli stats --warning {code}"
        for code, count in counts
    ]


@dataclass(frozen=True, slots=True)
class Stats(Printed):
    """The state of an archive.

    `built` is when the generation was made (ISO 8601), `characters` counts the
    paragraphs' text, `years`, `sites` and `kinds` give paragraphs per value (None: not
    known). Sites and kinds are the most frequent; `sites_more` and `kinds_more` count the
    others. `skipped` and `failed` are the sources that are not, or not wholly, in it, with the
    reason, `held` those that a mark of secrecy keeps out, wholly or in part, `stale_templates`
    the sites that have outgrown the templates learned of them, `warned` the documents whose
    reading is uncertain.
    """

    json_keys: ClassVar = (
        *("generation", "built", "sources", "documents", "articles", "paragraphs", "characters"),
        *("sites_more", "kinds_more", "skipped", "failed", "held", "stale_templates", "warned"),
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
    held: tuple[SourceRecord, ...] = ()
    stale_templates: tuple[str, ...] = ()
    sites_more: int = 0
    kinds_more: int = 0
    warned: tuple[Warned, ...] = ()

    @property
    def warnings(self) -> tuple[tuple[str, int], ...]:
        """The documents of each warning, the most frequent first."""
        counts = Counter(code for document in self.warned for code in document.warnings)
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def to_dict(self) -> dict[str, Any]:
        """The state in the words of `--json`."""
        return to_dict(self, self.json_keys) | {
            name: [{name.removesuffix("s"): v, "count": n} for v, n in getattr(self, name)]
            for name in COUNTED
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
            *(f"  {source.path}: {source.reason}" for source in self.failed),
            f"涉密 / held          {len(self.held)}",
            *(f"  {source.path}: {source.reason}" for source in self.held),
        ]
        lines += warning_lines(self.warnings)
        if self.stale_templates:
            sites = "、".join(self.stale_templates)
            lines.append(
                f"这些来源的页面已大增，请运行 xianli reindex --full 重学其模板："
                f"{sites}\n  (these sites have grown: run xianli reindex --full to learn their "
                "templates anew)"
            )
        return "\n".join(lines)
