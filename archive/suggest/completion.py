"""Completion: the archive's wordings, titles and values that begin with what is being typed.

A wording is completed by the wordings that begin with it, read from a sample of the
passages that hold it and then counted exactly; next to them stand the numbers and titles of
documents that contain it, and the facet values that do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archive.fields import FACETS, FIELDS, Field, field_of_key
from archive.query.ast import FieldFilter, Phrase
from archive.query.parser import MINUS
from archive.query.query import Query
from archive.search.results import Results
from archive.serializers import Printed
from archive.suggest.spelling import Searchable
from archive.text.fold import fold
from archive.text.tokenize import tokenize

MAX_COMPLETIONS = 10
_MAX_WORDINGS = 6
_MAX_CONTAINED = 3
_MAX_VALUES = 3

# Passages read for how the typed characters go on; those that tie the ranking most closely
# to them come first, and near-duplicates count once.
_SAMPLE = 60
# Among so many passages what occurs in one alone is no help.
_MANY = 5
# A longer wording is a sentence.
_MAX_WORDS = 3
_MAX_LENGTH = 16
# Characters before the match that are cut into words with it, so that 学前教 is seen to be
# the beginning of 学前教育 and not a word by itself.
_CONTEXT = 8
# A shorter wording that nearly always continues in the same way is only the beginning of the
# longer one.
_MOSTLY = 0.8
# A wording does not end in these: they lead on to the next word.
_LEADS_ON = frozenset("的地得了着过和与及或并而是在对为把被将向于从以就也都不中上下等")
# What is longer than this is being pasted, not typed.
MAX_STEM_LENGTH = 20

# What is being typed: the characters behind the last sign of the grammar, and before them,
# where there is one, the field that they are a value of.
_LAST = re.compile(
    r'(?:(?P<field>[^\s()（）|｜"“”:：-]+)[:：])?(?P<stem>[^\s()（）|｜"“”:：]+)$'
    # A value whose quotation is still open may have any sign but its end.
    r'|(?P<quoting>[^\s()（）|｜"“”:：-]+)[:：]["“＂](?P<quoted>[^"“”＂]+)$'
)
_SIGNS = re.compile("[?？…*＊\\[\\]［］{}｛｝#＃]")

# The beginning of a number in brackets that are signs elsewhere: 国办发[2019
_BRACKETED = re.compile(r"(?<=[㐀-鿿])[\[［(（](\d{1,4})(?:[\]］)）](第?\d*))?$")

# Facets have values to offer, lookups those of the documents found; the key that asks for one
# stands before it.
_FACETS = frozenset(field.name for field in FACETS)
_OFFERED = {f.keys[0]: f for f in FIELDS if f.offered and f.completes in _FACETS}
_LOOKED_UP = tuple(f for f in FIELDS if f.offered and f.completes not in _FACETS)


@dataclass(frozen=True, slots=True)
class Completion(Printed):
    """One way to go on.

    `kind` is `wording` or the name of a field; `text` is what is shown, `query`
    the whole text of the query with it, `count` the paragraphs that hold it.
    """

    kind: str
    text: str
    query: str
    count: int


def complete(archive: Searchable, typed: str) -> tuple[Completion, ...]:
    """Return completions of `typed`, the beginning of a query, at most MAX_COMPLETIONS.

    Nothing for a pattern, for what is pasted, and after a space.
    """
    typed = _BRACKETED.sub(_as_printed, typed)
    last = _LAST.search(typed)
    if last is None:
        return ()
    key, typing = last["field"] or last["quoting"], last["stem"] or last["quoted"]
    if _SIGNS.search(typing) or len(typing) > MAX_STEM_LENGTH:
        return ()
    before, stem = typed[: last.start()], typing.lstrip(MINUS)
    if not stem.strip():
        return ()
    if key is not None:
        field = field_of_key(key)
        if field and field.match == "contains" and field.completes == field.name:
            return tuple(_contained(archive, field, before + key, stem))
        asked = {key: field} if field and field.completes in _FACETS else {}
        return tuple(_values(archive, before, stem, asked))[:MAX_COMPLETIONS]
    before += "-" * typing.startswith(tuple(MINUS))
    return (
        *_wordings(archive, before, stem),
        *(one for f in _LOOKED_UP for one in _contained(archive, f, before + f.keys[0], stem)),
        *tuple(_values(archive, before, stem, _OFFERED))[:_MAX_VALUES],
    )[:MAX_COMPLETIONS]


def _as_printed(found: re.Match[str]) -> str:
    return f"〔{found[1]}" if found[2] is None else f"〔{found[1]}〕{found[2]}"


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
    likely = [wording for wording, _ in _closed(seen, least).most_common(2 * _MAX_WORDINGS)]
    counted = [(wording, archive.count(Query(node=Phrase(wording)))) for wording in likely]
    counted.sort(key=lambda item: (-item[1], item[0]))
    return [
        Completion("wording", wording, before + wording, count)
        for wording, count in counted[:_MAX_WORDINGS]
    ]


def _going_on(text: str, start: int, end: int) -> Iterator[str]:
    """The wordings of one to three more words that begin with the match, folded."""
    left = max(0, start - _CONTEXT)
    piece = fold(text[left : end + _MAX_LENGTH])
    at, stop = len(fold(text[left:start])), len(fold(text[left:end]))
    words, reached = 0, stop
    for token in tokenize(piece):
        if token.end < stop or (token.end == stop and token.start < stop):
            continue
        # Only what follows without a sign between; the last word may be cut off by the edge.
        if token.start > reached or not token.text[0].isalpha() or token.end == len(piece):
            return
        words, reached = words + 1, token.end
        if words > _MAX_WORDS or reached - at > _MAX_LENGTH:
            return
        if token.text not in _LEADS_ON:
            yield piece[at:reached]


def _closed(seen: Counter[str], least: int) -> Counter[str]:
    """The wordings seen `least` times that are more than the beginning of another."""
    kept: Counter[str] = Counter()
    for wording, count in seen.items():
        goes_on = (n for other, n in seen.items() if other != wording and other.startswith(wording))
        longer = max(goes_on, default=0)
        if count >= least and longer < _MOSTLY * count:
            kept[wording] = count
    return kept


def _contained(archive: Searchable, field: Field, key: str, stem: str) -> Iterator[Completion]:
    """Values of `field` that contain the stem; `key` is what stands before them in the query."""
    wanted = FieldFilter(field.name, stem)
    values = dict.fromkeys(
        value
        for paragraph in archive.first_of_documents(Query(node=wanted), _SAMPLE)
        for value in field.values(paragraph)
        if field.holds((value,), stem) and '"' not in value
    )
    for value in list(values)[:_MAX_CONTAINED]:
        count = archive.count(Query(node=FieldFilter(field.name, value)))
        yield Completion(field.name, value, f'{key}:"{value}"', count)


def _values(
    archive: Searchable, before: str, stem: str, fields: Mapping[str, Field]
) -> Iterator[Completion]:
    """Values, under any of their names, that contain the stem; `fields` by the key to write."""
    everything: Results = archive.search(Query(limit=0, fold=False))
    wanted = fold(stem)
    found: list[tuple[int, str, str, str]] = []
    for key, field in fields.items():
        for bucket in everything.facet(field.completes).buckets:
            names = (bucket.value, *field.vocabulary.get(bucket.value, ()))
            fitting = [name for name in names if wanted in fold(name) and '"' not in name]
            if fitting:
                found.append((bucket.count, fitting[0], field.completes, key))
    for count, name, facet, key in sorted(found, key=lambda item: (-item[0], item[1])):
        quoted = name if name.isalnum() else f'"{name}"'
        yield Completion(facet, name, f"{before}{key}:{quoted}", count)
