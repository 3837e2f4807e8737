"""Completion: how what is being typed goes on in the archive.

A wording is completed by the wordings that begin with it, read from a sample of the
passages that hold it and then counted exactly; beside them stand the titles that contain
it and the facet values that do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from archive.analysis import tokenize
from archive.grammar import MINUS
from archive.nodes import Phrase, Title, ValueFacet
from archive.query import Query
from archive.results import Results
from archive.suggesting.spelling import Searchable
from archive.text import fold

MOST_COMPLETIONS = 10
_MOST_WORDINGS = 6
_MOST_TITLES = 3
_MOST_VALUES = 3

# Passages read for how the typed characters go on; those that tie the ranking most closely
# to them come first, and near-duplicates count once.
_SAMPLE = 60
# Among so many passages what occurs in one alone is no help.
_MANY = 5
# A wording that goes on longer than this is a sentence.
_MOST_WORDS = 3
_LONGEST = 16
# Characters before the match that are cut into words with it, so that 学前教 is seen to be
# the beginning of 学前教育 and not a word by itself.
_CONTEXT = 8
# A shorter wording that nearly always goes on in the same way is only the beginning of the
# longer one.
_MOSTLY = 0.8
# A wording does not end in these: they lead on to the next word.
_LEADS_ON = frozenset("的地得了着过和与及或并而是在对为把被将向于从以就也都不中上下等")
# What is longer than this is being pasted, not typed.
LONGEST_STEM = 20

# What is being typed: the characters behind the last sign of the grammar, and before them,
# where there is one, the field that they are a value of.
_LAST = re.compile(r'(?:(?P<field>[^\s()（）|｜"“”:：-]+)[:：])?(?P<stem>[^\s()（）|｜"“”:：]+)$')
_SIGNS = re.compile("[?？…*＊\\[\\]［］{}｛｝#＃]")

_FIELDS: dict[str, ValueFacet] = {
    **{facet: facet for facet in get_args(ValueFacet)},
    "章节": "section",
    "专题": "topic",
    "部分": "part",
    "文种": "kind",
    "来源": "site",
}
# Facets whose values are offered unasked, with the field that asks for them.
_OFFERED: dict[ValueFacet, str] = {
    "topic": "专题",
    "part": "部分",
    "kind": "文种",
    "site": "来源",
    "section": "章节",
}


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on.

    `kind` is `wording`, `title` or the name of a facet; `text` is what is shown, `query`
    the whole text of the query with it, `count` the paragraphs that hold it.
    """

    kind: str
    text: str
    query: str
    count: int

    def to_dict(self) -> dict[str, Any]:
        """The completion in the words of the API."""
        return {"kind": self.kind, "text": self.text, "query": self.query, "count": self.count}


def complete(archive: Searchable, typed: str) -> tuple[Completion, ...]:
    """Return how `typed`, the beginning of a query, goes on: at most MOST_COMPLETIONS.

    Nothing for a pattern, for what is pasted, and after a space.
    """
    last = _LAST.search(typed)
    if last is None or _SIGNS.search(last["stem"]) or len(last["stem"]) > LONGEST_STEM:
        return ()
    before, stem = typed[: last.start()], last["stem"].lstrip(MINUS)
    if not stem:
        return ()
    if last["field"] is not None:
        facet = _FIELDS.get(fold(last["field"]))
        named = {facet: last["field"]} if facet else {}
        return tuple(_values(archive, before, stem, named))[:MOST_COMPLETIONS]
    before += "-" * last["stem"].startswith(tuple(MINUS))
    return (
        *_wordings(archive, before, stem),
        *_titles(archive, before, stem),
        *tuple(_values(archive, before, stem, _OFFERED))[:_MOST_VALUES],
    )[:MOST_COMPLETIONS]


def _wordings(archive: Searchable, before: str, stem: str) -> list[Completion]:
    sample = archive.search(Query(text=stem, node=Phrase(stem), limit=_SAMPLE))
    seen = Counter(
        wording
        for hit in sample.hits
        for wording in dict.fromkeys(
            one for start, end in hit.spans for one in _going_on(hit.paragraph.text, start, end)
        )
    )
    least = 2 if len(sample.hits) >= _MANY else 1
    likely = [wording for wording, _ in _closed(seen, least).most_common(2 * _MOST_WORDINGS)]
    counted = [(wording, archive.count(Query(node=Phrase(wording)))) for wording in likely]
    counted.sort(key=lambda item: (-item[1], item[0]))
    return [
        Completion("wording", wording, before + wording, count)
        for wording, count in counted[:_MOST_WORDINGS]
    ]


def _going_on(text: str, start: int, end: int) -> Iterator[str]:
    """The wordings of one to three more words that begin with the match, folded."""
    left = max(0, start - _CONTEXT)
    piece = fold(text[left : end + _LONGEST])
    at, stop = len(fold(text[left:start])), len(fold(text[left:end]))
    words, reached = 0, stop
    for token in tokenize(piece):
        if token.end < stop or (token.end == stop and token.start < stop):
            continue
        # Only what follows without a sign between; the last word may be cut off by the edge.
        if token.start > reached or not token.text[0].isalpha() or token.end == len(piece):
            return
        words, reached = words + 1, token.end
        if words > _MOST_WORDS or reached - at > _LONGEST:
            return
        if token.text not in _LEADS_ON:
            yield piece[at:reached]


def _closed(seen: Counter[str], least: int) -> Counter[str]:
    """The wordings seen `least` times that are more than the beginning of another."""
    kept: Counter[str] = Counter()
    for wording, count in seen.items():
        longer = max((n for other, n in seen.items() if _begins(other, wording)), default=0)
        if count >= least and longer < _MOSTLY * count:
            kept[wording] = count
    return kept


def _begins(longer: str, shorter: str) -> bool:
    return len(longer) > len(shorter) and longer.startswith(shorter)


def _titles(archive: Searchable, before: str, stem: str) -> Iterator[Completion]:
    found = archive.search(Query(text=stem, node=Title(stem), limit=_SAMPLE))
    wanted = fold(stem)
    titles = dict.fromkeys(
        title
        for hit in found.hits
        for title in (hit.paragraph.title, hit.paragraph.article)
        if title and wanted in fold(title) and '"' not in title
    )
    for title in list(titles)[:_MOST_TITLES]:
        count = archive.count(Query(node=Title(title)))
        yield Completion("title", title, f'{before}标题:"{title}"', count)


def _values(
    archive: Searchable, before: str, stem: str, fields: dict[ValueFacet, str]
) -> Iterator[Completion]:
    everything: Results = archive.search(Query(limit=0, fold=False))
    wanted = fold(stem)
    found = [
        (bucket.count, facet, bucket.value)
        for facet in fields
        for bucket in everything.facet(facet).buckets
        if wanted in fold(bucket.value) and '"' not in bucket.value
    ]
    for count, facet, value in sorted(found, key=lambda item: (-item[0], item[2])):
        quoted = value if value.isalnum() else f'"{value}"'
        yield Completion(facet, value, f"{before}{fields[facet]}:{quoted}", count)
