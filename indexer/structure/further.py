"""Further regulations and summaries of one page, each below a title of its own.

They have no number above them: a regulation is known by the note of its adoption, or by its
first chapter or clause, a summary by a title that differs from another's in its year alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.record.head import is_numbered, is_serial
from indexer.structure.lines import Line
from indexer.text.numbering import Style, leading
from indexer.text.phrases import ends_sentence
from indexer.text.titles import closes, is_contents, join_lines, title_beside

# The note below a regulation's title: （2016年8月4日…通过　2020年…修正）
_NOTE = re.compile(
    r"[(（](?:19|20)\d{2}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日.*(?:通过|[公发]布|批准|修[订正改]|施行)[)）]"
)
_YEAR = re.compile(r"(?:19|20)\d{2}\s?(?:[-—–至]{1,2}\s?(?:19|20)?\d{2}\s?)?(?:学?年度?)")
# What is written each year, under a title whose other words are no fewer than this.
_YEARLY = re.compile(r"(?:总结|小结|计划|要点|报告|公报)$")
_SHORTEST_STEM = 6


def with_further(lines: list[Line], page_title: str) -> tuple[list[Line], list[Line]]:
    """Return `lines` with the titles of further texts whole, and these titles."""
    # A row is no line of a title.
    texts = ["。" if line.row else line.text for line in lines]
    places = sorted({*_regulations(texts), *_yearly(texts, page_title)})
    whole: list[Line] = []
    found: list[Line] = []
    read = 0
    for first, end in places:
        begun = any(line.row or ends_sentence(line.text) for line in lines[:first])
        # The first of several may stand below the title of them all.
        if first < read or not (begun or (first == 0 and len(places) > 1)):
            continue
        if first and (is_serial(texts[first - 1]) or is_numbered(texts[first - 1])):
            continue
        cut = tuple(fragment for part in lines[first:end] for fragment in part.cut)
        found.append(replace(lines[first], text=join_lines(texts[first:end]), cut=cut))
        whole += [*lines[read:first], found[-1]]
        read = end
    return [*whole, *lines[read:]], found


def _regulations(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the titles of regulations stand, [first, end): not those of a list of contents."""
    for i, text in enumerate(texts):
        if i and closes(texts[i - 1]):
            mark = leading(text)
            first = mark and mark.value == 1 and mark.style in (Style.CHAPTER, Style.CLAUSE)
            title = title_beside(texts[: i + 1], i)
            below = first or is_contents(text) or _NOTE.fullmatch(text)
            if title and below and texts[i - 1] not in texts[i:]:
                yield title


def _yearly(texts: Sequence[str], page_title: str) -> Iterator[tuple[int, int]]:
    """Where titles stand that differ from one another, or from the page's, in the year alone."""
    families: dict[str, dict[str, int]] = defaultdict(dict)
    for i, text in enumerate((page_title, "", *texts), -2):
        years = _YEAR.findall(text)
        stem = "".join(_YEAR.sub("", text).split())
        yearly = len(stem) >= _SHORTEST_STEM and _YEARLY.search(stem) and leading(text) is None
        if len(years) == 1 and yearly:
            families[stem][years[0]] = i
    for family in families.values():
        places = sorted(family.values())
        apart = all(b - a > 1 for a, b in pairwise(places))
        if len(places) > 1 and apart:
            yield from ((i, i + 1) for i in places if i >= 0)
